import { hash } from "node:crypto";
import type { Decision, Entrypoint, JsonValue } from "../../src/index.js";
import { sameJson } from "./json-path.js";

/** A question: an entrypoint and its input. */
export type Probe = { readonly entrypoint: Entrypoint; readonly input: JsonValue };

/** Both decisions about one input. */
export type Pair = { readonly old: Decision; readonly new: Decision };

/**
 * What the new policy does with an input: `loosened`, it allows what was denied; `tightened`, it denies what was allowed;
 * `changed`, the answer is the same, but its reasons or its obligations are not.
 */
export type DifferenceKind = "loosened" | "tightened" | "changed";

/** Differences of one kind in the same rules are one class. */
export type DifferenceClass = {
  readonly kind: DifferenceKind;
  readonly entrypoint: Entrypoint;
  /** Rules that objected and do not any more, sorted. */
  readonly lost: readonly string[];
  /** Rules that object now and did not, sorted. */
  readonly gained: readonly string[];
  /** Obligations that differ where both allow, or `detail` where the same rules object to something else; sorted. */
  readonly obligations: readonly string[];
};

/** Compares two decisions about the same input. @returns undefined where they are the same */
export function compareDecisions(entrypoint: Entrypoint, pair: Pair): DifferenceClass | undefined {
  const { old, new: now } = pair;
  // Most are the same to the letter.
  if (JSON.stringify(old) === JSON.stringify(now)) return undefined;
  const [before, after] = [rulesOf(old), rulesOf(now)];
  const lost = [...before.difference(after)].sort();
  const gained = [...after.difference(before)].sort();
  if (old.allow !== now.allow) {
    return { kind: now.allow ? "loosened" : "tightened", entrypoint, lost, gained, obligations: [] };
  }
  const obligations = [
    ...Object.keys(now.obligations).filter((key) => !sameJson(memberOf(old, key), memberOf(now, key))),
    ...(lost.length + gained.length === 0 && !sameJson(jsonOf(old.violations), jsonOf(now.violations))
      ? ["detail"]
      : []),
  ].sort();
  if (lost.length + gained.length + obligations.length === 0) return undefined;
  return { kind: "changed", entrypoint, lost, gained, obligations };
}

/** One text for each class. */
export function classKey({ kind, entrypoint, lost, gained, obligations }: DifferenceClass): string {
  return JSON.stringify([kind, entrypoint, lost, gained, obligations]);
}

/**
 * Names a class of one change: a review of it speaks of no other change to the same rules.
 *
 * @param change - see `changeHash`
 */
export function classHash(found: DifferenceClass, change: string): string {
  return hash("sha256", `lockkeeper/difference/v1\n${change}\n${classKey(found)}\n`);
}

/** Whether a class is told by another already: the same kind of difference, in fewer rules. */
export function isWithin(inner: DifferenceClass, outer: DifferenceClass): boolean {
  const fits = (a: readonly string[], b: readonly string[]) => a.every((item) => b.includes(item));
  return (
    inner.kind === outer.kind &&
    inner.entrypoint === outer.entrypoint &&
    fits(inner.lost, outer.lost) &&
    fits(inner.gained, outer.gained) &&
    fits(inner.obligations, outer.obligations)
  );
}

/** The ids of the rules that object. */
export function rulesOf({ violations }: Decision): Set<string> {
  return new Set(violations.map(({ rule }) => rule));
}

function memberOf(decision: Decision, key: string): JsonValue | undefined {
  return jsonOf(Object.entries(decision.obligations).find(([name]) => name === key)?.[1]);
}

/** A decision came from JSON, so its parts are JSON. */
function jsonOf(value: unknown): JsonValue {
  const text = JSON.stringify(value);
  return text === undefined ? null : JSON.parse(text);
}
