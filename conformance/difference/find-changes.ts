import { hash } from "node:crypto";
import canonicalize from "canonicalize";
import {
  isJsonObject,
  type JsonValue,
  ok,
  type Place,
  type Problem,
  type Result,
  type Toolchain,
} from "../../src/index.js";
import { type JsonPath, pathText, sameJson } from "./json-path.js";
import type { PolicySide } from "./policy-side.js";
import { type RuleBody, ruleReader } from "./rule-bodies.js";

/** A rule that the two versions state differently: the bodies that only one of them has. */
export type ChangedRule = {
  /** The full name: `token.unexpired`. */
  readonly rule: string;
  readonly old: readonly RuleBody[];
  readonly new: readonly RuleBody[];
};

/** A value of policy data that the two versions have differently; undefined where it is not there. */
export type ChangedValue = {
  readonly path: JsonPath;
  readonly old: JsonValue | undefined;
  readonly new: JsonValue | undefined;
  readonly oldPlace: Place | undefined;
  readonly newPlace: Place | undefined;
};

/** What differs between two policies. */
export type Changes = {
  /** Undefined where one of them is a bundle: it holds no sources. */
  readonly rules: readonly ChangedRule[] | undefined;
  readonly values: readonly ChangedValue[];
  /** The rule bodies of both, as far as sources are at hand; what is in both stands once. */
  readonly bodies: readonly RuleBody[];
  /** SHA-256 over what changed, in neither comments nor layout. */
  readonly sha256: string;
};

/** The most changed values that are looked at one by one; what changed more has changed altogether. */
const maxValues = 5000;

/** Finds what two policies state differently: rules by their syntax, data by its values. */
export async function findChanges(
  old: PolicySide,
  now: PolicySide,
  toolchain: Toolchain,
): Promise<Result<Changes, readonly Problem[]>> {
  const values = [...changedValues(old, now)];
  const read = ruleReader(toolchain);
  const before = await read(old.tree?.modules ?? []);
  if (!before.ok) return before;
  const after = await read(now.tree?.modules ?? []);
  if (!after.ok) return after;
  const rules = old.tree && now.tree ? changedRules(before.value, after.value) : undefined;
  const known = new Set(before.value.map(bodyKey));
  const bodies = [...before.value, ...after.value.filter((body) => !known.has(bodyKey(body)))];
  return ok({ rules, values, bodies, sha256: changeHash(rules, values, old, now) });
}

function bodyKey({ rule, text }: RuleBody): string {
  return `${rule} ${text}`;
}

function changedRules(before: readonly RuleBody[], after: readonly RuleBody[]): ChangedRule[] {
  const names = [...new Set([...before, ...after].map(({ rule }) => rule))].sort();
  return names.flatMap((rule): ChangedRule[] => {
    const [old, now] = [before, after].map((bodies) => bodies.filter((body) => body.rule === rule));
    const only = (these: readonly RuleBody[] = [], those: readonly RuleBody[] = []) =>
      these.filter(({ text }) => !those.some((other) => other.text === text));
    const changed = { rule, old: only(old, now), new: only(now, old) };
    return changed.old.length + changed.new.length === 0 ? [] : [changed];
  });
}

function* changedValues(old: PolicySide, now: PolicySide): Generator<ChangedValue> {
  let left = maxValues;
  function* between(a: JsonValue | undefined, b: JsonValue | undefined, path: JsonPath): Generator<ChangedValue> {
    if (left <= 0 || sameJson(a, b)) return;
    if (isJsonObject(a) && isJsonObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const [one, other] = [a, b].map((object) => (Object.hasOwn(object, key) ? object[key] : undefined));
        yield* between(one, other, [...path, key]);
      }
      return;
    }
    left -= 1;
    yield {
      path,
      old: a,
      new: b,
      oldPlace: a === undefined ? undefined : old.tree?.placeOf(path),
      newPlace: b === undefined ? undefined : now.tree?.placeOf(path),
    };
  }
  yield* between(old.data, now.data, []);
}

/** Names a change: it is the same for the same change, and another for every other. */
function changeHash(
  rules: readonly ChangedRule[] | undefined,
  values: readonly ChangedValue[],
  old: PolicySide,
  now: PolicySide,
): string {
  const said = rules?.map(({ rule, old: before, new: after }) => [rule, before.map(textOf), after.map(textOf)]);
  const modules = [old, now].map(({ bundle }) => hash("sha256", bundle.wasm));
  const data = values.map(({ path, old: before, new: after }) => [pathText(path), before ?? null, after ?? null]);
  return hash("sha256", canonicalize({ rules: said ?? modules, data }) ?? "");
}

function textOf({ text }: RuleBody): string {
  return text;
}
