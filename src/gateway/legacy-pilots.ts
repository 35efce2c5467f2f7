import { err, ok, type Problem, type Result, type Subject } from "../model/index.js";

/** What the older header counts for. */
export type LegacyPilots = {
  /** The role of each pilot that it may name; null where it counts for nothing. */
  readonly roles: ReadonlyMap<string, string> | null;
  /** Told each use before anything comes of it: one that cannot be told is none. */
  readonly onUse: (pilot: Subject, route: string) => Promise<void>;
};

/**
 * Whom `X-Pilot-ID` names, once the use of it was told. Whoever can send a request can send this header: for what it is good
 * nevertheless is the rules' to say (`access/legacy_off`).
 *
 * @returns on failure `token/missing`, for the header is no token; or `audit/store` where its use could not be told
 */
export async function legacySubject(
  { roles, onUse }: LegacyPilots,
  pilotId: string,
  route: string,
): Promise<Result<Subject, Problem>> {
  const pilot = pilotNamed(roles, pilotId);
  if (!pilot.ok) return pilot;
  try {
    await onUse(pilot.value, route);
    return pilot;
  } catch (error) {
    return err({ code: "audit/store", message: error instanceof Error ? error.message : String(error) });
  }
}

/** @requirement WFL-01 */
export function pilotNamed(roles: LegacyPilots["roles"], id: string): Result<Subject, Problem> {
  if (roles === null) return missing("X-Pilot-ID proves nothing and is switched off");
  const role = roles.get(id);
  return role === undefined ? missing("X-Pilot-ID names nobody who may use it") : ok({ id, roles: [role] });
}

function missing(why: string): Result<never, Problem> {
  return err({ code: "token/missing", message: `${why}: send a Bearer token` });
}
