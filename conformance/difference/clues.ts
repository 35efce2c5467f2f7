import { isJsonObject, type JsonValue } from "../../src/index.js";
import type { Changes } from "./find-changes.js";
import { type JsonPath, partAt, partsOf, pathText } from "./json-path.js";
import type { PolicySide } from "./policy-side.js";
import type { RuleBody } from "./rule-bodies.js";
import { textsBetween, textsMatching } from "./text-samples.js";

/** What the changes say about where to look. Lists are short and have what is nearest to the change first. */
export type Clues = {
  readonly texts: readonly string[];
  /** Numbers of the change, and those beside them. */
  readonly numbers: readonly number[];
  /** Names of keys that the changed rules read, themselves or through the rules they ask. */
  readonly core: ReadonlySet<string>;
  /** Those, and the names of keys that rules around them read. */
  readonly fields: ReadonlySet<string>;
  /** Full names of the rules that changed and of those around them. */
  readonly rules: ReadonlySet<string>;
  /** Paths of changed data. */
  readonly paths: readonly JsonPath[];
  /** First names of the packages and of the data that changed: `token`, `command`. */
  readonly areas: ReadonlySet<string>;
};

const most = { names: 20, texts: 150, numbers: 60, near: 40 };

/** Gathers clues from what changed, from what is around it in the rules, and from the data that these rules read. */
export function cluesOf(changes: Changes, sides: readonly PolicySide[], seed: number): Clues {
  const changed = [...(changes.rules ?? []).flatMap((rule) => [...rule.old, ...rule.new]), ...readersOf(changes)];
  const asked = askedBy(changed, changes);
  const near = [...new Set([...asked, ...neighboursOf(changed, changes)])];
  const texts = new Set<string>();
  const numbers = new Set<number>();
  const fields = new Set<string>();
  for (const { path } of changes.values) {
    // The last names are the nearest, and all are few.
    for (const step of path.slice(1).reverse())
      if (typeof step === "string" && texts.size < most.names) texts.add(step);
  }
  for (const pair of changedTexts(changes)) for (const text of textsBetween(...pair, seed)) texts.add(text);
  for (const { old, new: now } of changes.values) {
    for (const value of [old, now]) {
      gatherConstants(value, texts, numbers);
      for (const text of spelledOut(value, seed)) texts.add(text);
    }
  }
  for (const body of [...changed, ...asked]) gatherTerms(body.syntax, texts, numbers, fields);
  const core = new Set(fields);
  for (const body of near) gatherTerms(body.syntax, texts, numbers, fields);
  for (const value of dataRead([...changed, ...near], sides)) gatherConstants(value, texts, numbers);
  const areas = new Set([
    ...changed.map(({ rule }) => rule.split(".")[0] ?? ""),
    ...changes.values.map(({ path }) => String(path[0])),
  ]);
  return {
    texts: [...texts].filter((text) => text.length <= 10_000).slice(0, most.texts),
    numbers: [...numbers].slice(0, most.numbers),
    core,
    fields,
    rules: new Set([...changed, ...near].map(({ rule }) => rule)),
    paths: changes.values.map(({ path }) => path),
    areas,
  };
}

/** Rules that read data which changed: what they look at decides whether the change shows. */
function readersOf({ values, bodies }: Changes): RuleBody[] {
  const isOnTheWay = (read: JsonPath, path: JsonPath) =>
    read.every((step, index) => index >= path.length || path[index] === step);
  const read = bodies.filter((body) =>
    [...partsOf(body.syntax)].some(({ value }) => {
      const path = dataPath(value);
      return (
        path !== undefined &&
        path.length > 1 &&
        values.slice(0, most.near).some((changed) => isOnTheWay(path, changed.path))
      );
    }),
  );
  return read.slice(0, most.near);
}

/** Rules of the same packages that the changed rules ask, and those that these ask. */
function askedBy(changed: readonly RuleBody[], { bodies }: Changes): RuleBody[] {
  const found = new Set<RuleBody>();
  let asking = changed;
  for (let step = 0; step < 2; step++) {
    const packages = new Set(asking.map(packageOf));
    const next = bodies.filter(
      (body) =>
        !found.has(body) &&
        !changed.includes(body) &&
        packages.has(packageOf(body)) &&
        asking.some(({ text }) => text.includes(`"type":"var","value":${JSON.stringify(lastName(body.rule))}`)),
    );
    for (const body of next) found.add(body);
    asking = next;
  }
  return [...found].slice(0, most.near);
}

function packageOf({ rule }: RuleBody): string {
  return rule.split(".").slice(0, -1).join(".");
}

/** Rules that mention what changed, and those that mention them, three steps far. */
function neighboursOf(changed: readonly RuleBody[], { bodies }: Changes): RuleBody[] {
  const near = new Set<RuleBody>();
  let names = new Set(changed.map(({ rule }) => lastName(rule)));
  for (let step = 0; step < 3 && names.size > 0 && near.size < most.near; step++) {
    const next = new Set<string>();
    for (const body of bodies) {
      if (near.has(body) || changed.includes(body)) continue;
      if (![...names].some((name) => body.text.includes(`"value":${JSON.stringify(name)}`))) continue;
      near.add(body);
      next.add(lastName(body.rule));
    }
    names = next;
  }
  return [...near].slice(0, most.near);
}

function lastName(rule: string): string {
  return rule.split(".").at(-1) ?? "";
}

/** The texts that stood where others stand now. */
function* changedTexts({ rules = [], values }: Changes): Generator<[string, string]> {
  for (const { old, new: now } of values) if (typeof old === "string" && typeof now === "string") yield [old, now];
  for (const rule of rules) {
    const [before, after] = [rule.old, rule.new].map(
      (bodies) => new Set(bodies.flatMap(({ syntax }) => textsOf(syntax))),
    );
    const gone = [...(before ?? [])].filter((text) => !after?.has(text)).slice(0, 3);
    const come = [...(after ?? [])].filter((text) => !before?.has(text)).slice(0, 3);
    for (const one of gone) for (const other of come) yield [one, other];
  }
}

function textsOf(syntax: JsonValue): string[] {
  return [...partsOf(syntax)].flatMap(({ value }) =>
    isJsonObject(value) && value.type === "string" && typeof value.value === "string" ? [value.value] : [],
  );
}

function gatherConstants(value: JsonValue | undefined, texts: Set<string>, numbers: Set<number>): void {
  if (value === undefined) return;
  for (const { path, value: part } of [{ path: [], value }, ...partsOf(value)]) {
    const step = path.at(-1);
    if (typeof step === "string") texts.add(step);
    if (typeof part === "string") texts.add(part);
    if (typeof part === "number") numbers.add(part);
    if (texts.size > 2 * most.texts) return;
  }
}

/** Texts that a value of data could be about: numbers as words, words of that length, words that match a pattern. */
function spelledOut(value: JsonValue | undefined, seed: number): string[] {
  if (value === undefined) return [];
  return [{ path: [], value }, ...partsOf(value)].slice(0, 50).flatMap(({ value: part }) => {
    if (typeof part === "string") return /[[({\\]/.test(part) ? textsMatching(part, 4, seed) : [];
    if (typeof part !== "number" || !Number.isInteger(part)) return [];
    const lengths = [part, part + 1].filter((length) => length > 1 && length <= 9000);
    return [...[part - 1, part, part + 1].map(String), ...lengths.map((length) => "a".repeat(length))];
  });
}

/** Constants of a rule, and the names in its references. */
function gatherTerms(syntax: JsonValue, texts: Set<string>, numbers: Set<number>, fields: Set<string>): void {
  for (const { value } of partsOf(syntax)) {
    if (!isJsonObject(value)) continue;
    if (value.type === "number" && typeof value.value === "number") numbers.add(value.value);
    if (value.type !== "string" || typeof value.value !== "string") continue;
    texts.add(value.value);
    // Names of keys stand in references, and as texts where `object.get` is asked.
    if (/^\w+$/.test(value.value)) fields.add(value.value);
  }
}

/** Data that rules refer to, but for what is too large to be a clue. */
function dataRead(bodies: readonly RuleBody[], sides: readonly PolicySide[]): JsonValue[] {
  const paths = new Map<string, JsonPath>();
  for (const body of bodies) {
    for (const { value } of partsOf(body.syntax)) {
      const path = dataPath(value);
      if (path !== undefined) paths.set(pathText(path), path);
    }
  }
  const values = [...paths.values()].flatMap((path) => sides.flatMap(({ data }) => partAt(data, path) ?? []));
  return values.filter((value) => JSON.stringify(value).length <= 20_000);
}

/** `data.a.b` of a reference `data.a.b[c].d`. */
function dataPath(value: JsonValue): JsonPath | undefined {
  if (!isJsonObject(value) || value.type !== "ref" || !Array.isArray(value.value)) return undefined;
  const [head, ...steps] = value.value;
  if (!isJsonObject(head) || head.value !== "data") return undefined;
  const path: string[] = [];
  for (const step of steps) {
    if (!isJsonObject(step) || step.type !== "string" || typeof step.value !== "string") break;
    path.push(step.value);
  }
  return path.length === 0 ? undefined : path;
}
