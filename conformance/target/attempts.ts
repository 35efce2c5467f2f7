import { isRecord } from "../../src/index.js";
import { bypassed, failed, passed, type Verdict } from "./check.js";
import { partsOf } from "./compact-token.js";
import type { Stolen } from "./forgeries.js";
import { excerpt } from "./grants.js";
import type { HttpAnswer } from "./http-client.js";
import { type Granted, NotAskable, type Target } from "./target.js";
import { watched } from "./witness.js";

/** The body of a request for what was granted. */
export const bodyOf = ({ command, approval_id }: Granted) => ({ command, approval_id });

/**
 * Makes an attempt that must be refused: with one of the statuses, in the protocol's form, and without anything having run.
 *
 * @param error - the message that it must be told, where the protocol fixes one
 */
export async function refuses(
  target: Pick<Target, "observers">,
  attempt: () => Promise<HttpAnswer>,
  statuses: readonly number[],
  error?: string,
): Promise<Verdict> {
  const { answers, runs, by } = await watched(target.observers, async () => [await attempt()]);
  const [answer] = answers;
  if (runs > 0) return bypassed(`it ran, as ${by} says: ${answer === undefined ? "" : shownAnswer(answer)}`);
  return answer === undefined ? failed("nothing was answered") : refusedWell(answer, statuses, error);
}

/** Whether an answer is a refusal as it should be: its status, `success: false`, and a message. */
export function refusedWell(answer: HttpAnswer, statuses: readonly number[], error?: string): Verdict {
  const { status, json } = answer;
  if (!statuses.includes(status)) return failed(`expected ${statuses.join(" or ")}: ${shownAnswer(answer)}`);
  // A server may refuse a header that is too large before it knows what was asked.
  if (status === 431) return passed;
  if (!isRecord(json) || json.success !== false) return failed(`expected success: false: ${shownAnswer(answer)}`);
  if (typeof json.error !== "string" || json.error === "") return failed(`it does not say why: ${shownAnswer(answer)}`);
  return error === undefined || json.error === error ? passed : failed(`expected "${error}": ${shownAnswer(answer)}`);
}

/** An answer in few words. */
export function shownAnswer({ status, text }: Pick<HttpAnswer, "status" | "text">): string {
  return `${status} ${excerpt(text)}`;
}

/** A member of an answer. */
export function memberOf({ json }: Pick<HttpAnswer, "json">, name: string): unknown {
  return isRecord(json) ? json[name] : undefined;
}

/** How long a token that was not used is kept for the next forgery, in milliseconds. */
const keptMs = 15_000;
const kept = new WeakMap<Target, { readonly granted: Granted; readonly atMs: number }>();

/** A token that was not used yet. Forgeries share it, for each must be refused; one that was not ends the sharing. */
export async function unusedGrant(target: Target): Promise<Granted> {
  const known = kept.get(target);
  const atMs = target.clock.nowMs();
  const lasts = target.config.approvals.by === "list" || (known !== undefined && atMs - known.atMs < keptMs);
  if (known !== undefined && lasts) return known.granted;
  const granted = await target.grant();
  kept.set(target, { granted, atMs });
  return granted;
}

/** Forgets it: it may have been used. */
export function spend(target: Target): void {
  if (target.config.approvals.by !== "list") kept.delete(target);
}

/** What a forger has who came by a token. */
export function stolenFrom(target: Target, { token }: Granted): Stolen {
  const parts = partsOf(token);
  if (parts === undefined) throw new NotAskable("its tokens are not signed JSON, so that nobody could forge them so");
  return { ...parts, token, key: target.key, nowS: Math.floor(target.clock.nowMs() / 1000) };
}
