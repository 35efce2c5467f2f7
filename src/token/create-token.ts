import { type Clock, err, ok, type Problem, type Random, type Result } from "../model/index.js";
import { maxBearerLifeS, mintBearer } from "./bearer-token.js";
import type { MintedToken } from "./capability-token.js";
import type { KeySet } from "./signing-key.js";

/** Roles of people, and of machines, that policies come with. What each may do is theirs to say. */
export const humanRoles = ["ADMIN", "OPERATOR", "VIEWER"] as const;
export const machineRoles = ["requester", "auditor", "metrics", "decider"] as const;

/** Minutes that a bearer token lives at most: a week. */
export const maxExpiresMinutes = maxBearerLifeS / 60;

/** Whom a token is for. */
export type TokenRequest = {
  /** A person's or a machine's id, 1 to 256 characters. */
  readonly pilotId: string;
  /** One of the roles that the issuer knows. */
  readonly role: string;
  /** Whole minutes from 1 to 10 080. */
  readonly expiresMinutes: number;
};

/** What bearer tokens are made from. */
export type TokenIssuerParts = {
  /** Asked each time, so that a rotation is seen. */
  readonly keySet: () => KeySet;
  readonly clock: Clock;
  readonly random: Random;
  /** The roles that may be given; default: those of people and machines that policies come with. */
  readonly roles?: readonly string[];
};

/**
 * Makes a bearer token that says who somebody is and which role they have.
 *
 * @returns the token; on failure `schema/invalid` or `key/missing`
 * @requirement WFL-07
 */
export async function createToken(request: TokenRequest, parts: TokenIssuerParts): Promise<Result<string, Problem>> {
  const minted = await mintForPilot(request, parts);
  return minted.ok ? ok(minted.value.token) : minted;
}

/** As `createToken`, and tells what to record: the token's id and its times. */
export async function mintForPilot(
  request: TokenRequest,
  { keySet, clock, random, roles = [...humanRoles, ...machineRoles] }: TokenIssuerParts,
): Promise<Result<MintedToken, Problem>> {
  const fault = faultOf(request, roles);
  if (fault !== undefined) return err({ code: "schema/invalid", message: fault });
  const { pilotId: sub, role, expiresMinutes } = request;
  return mintBearer(keySet(), { sub, roles: [role], life_s: expiresMinutes * 60 }, clock, random);
}

/** @requirement WFL-07 */
function faultOf({ pilotId, role, expiresMinutes }: TokenRequest, roles: readonly string[]): string | undefined {
  if (!/^[^\p{C}\s](?:[^\p{C}]*[^\p{C}\s])?$/u.test(pilotId)) return "pilotId is empty, or holds what cannot be seen";
  if (!roles.includes(role)) return `role is none of ${roles.join(", ")}`;
  const whole = Number.isInteger(expiresMinutes) && expiresMinutes >= 1 && expiresMinutes <= maxExpiresMinutes;
  return whole ? undefined : `expiresMinutes is not a whole number from 1 to ${maxExpiresMinutes}`;
}

/** Makes `createToken({pilotId, role, expiresMinutes})` of a program's own parts. */
export function createTokenIssuer(
  parts: TokenIssuerParts,
): (request: TokenRequest) => Promise<Result<string, Problem>> {
  return (request) => createToken(request, parts);
}
