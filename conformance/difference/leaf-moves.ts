import { isJsonObject, type JsonObject, type JsonValue } from "../../src/index.js";
import type { Clues } from "./clues.js";
import { type JsonPart, partsOf, withPart } from "./json-path.js";

/** How much is tried at each part of an input. */
export type Width = "wide" | "narrow";

const most = { numbers: 1200, otherNumbers: 24, keys: 40, valuesOfKey: 16, texts: 60, items: 1100 };

/** How many values a part is tried with before the next part's turn comes, by how near it is to the change. */
const turn = [1, 2, 4, 8] as const;

/** Inputs that differ from a given one in one part. Every part is tried in turn, those near to the change with more values. */
export function* leafMoves(input: JsonValue, clues: Clues, width: Width): Generator<JsonValue> {
  const parts = partsAndGaps(input, clues);
  let open = parts
    .map((part) => ({ part, rank: rankOf(part, clues), values: valuesFor(part, input, clues, width) }))
    .sort((a, b) => b.rank - a.rank);
  while (open.length > 0) {
    const still: typeof open = [];
    for (const one of open) {
      let done = false;
      for (let nth: number = turn[one.rank]; nth > 0 && !done; nth--) {
        const next = one.values.next();
        if (next.done === true) done = true;
        else yield withPart(input, one.part.path, next.value.value);
      }
      if (!done) still.push(one);
    }
    open = still;
  }
}

/** Inputs that differ from a given one in two of the parts that the changed rules read. */
export function* pairMoves(input: JsonValue, clues: Clues): Generator<JsonValue> {
  const parts = partsAndGaps(input, clues).sort((a, b) => rankOf(b, clues) - rankOf(a, clues));
  const near = parts.filter((part) => rankOf(part, clues) > 0).slice(0, 24);
  const values = near.map((part) => [...valuesFor(part, input, clues, "narrow")].slice(0, 14));
  for (const [index, first] of near.entries()) {
    for (const one of values[index] ?? []) {
      const changed = withPart(input, first.path, one.value);
      for (const [later, second] of near.entries()) {
        if (later <= index) continue;
        for (const other of values[later] ?? []) yield withPart(changed, second.path, other.value);
      }
    }
  }
}

/** The parts of an input, and keys that are missing in one object while another has them, and a changed rule reads them. */
function partsAndGaps(input: JsonValue, { fields }: Clues): JsonPart[] {
  const parts = [...partsOf(input)].filter(({ path }) => path.length <= 6);
  const known = new Set(parts.map(({ path }) => path.at(-1)));
  const names = [...fields].filter((field) => known.has(field));
  const gaps = parts.flatMap(({ path, value }) =>
    isJsonObject(value) && path.length === 1
      ? names.filter((name) => !Object.hasOwn(value, name)).map((name) => ({ path: [...path, name], value: null }))
      : [],
  );
  return [...parts, ...gaps.slice(0, 24)];
}

/**
 * How near a part is to the change: 3 where the changed rules read it, 2 where they read what it is in, 1 where rules
 * around them read either.
 */
function rankOf({ path }: JsonPart, { core, fields }: Clues): 0 | 1 | 2 | 3 {
  const steps = path.filter((step) => typeof step === "string");
  if (core.has(steps.at(-1) ?? "")) return 3;
  if (steps.some((step) => core.has(step))) return 2;
  return steps.some((step) => fields.has(step)) ? 1 : 0;
}

/** What to put in the place of a part; undefined takes it away. Wrapped, so that undefined is a value among others. */
export function* valuesFor(
  part: JsonPart,
  input: JsonValue,
  clues: Clues,
  width: Width,
): Generator<{ readonly value: JsonValue | undefined }> {
  const { value } = part;
  const seen = new Set<string>();
  for (const other of alternatives(part, input, clues, width)) {
    const text = JSON.stringify(other) ?? "";
    if (seen.has(text) || text === JSON.stringify(value)) continue;
    seen.add(text);
    yield { value: other };
  }
}

function* alternatives(
  { value }: JsonPart,
  input: JsonValue,
  clues: Clues,
  width: Width,
): Generator<JsonValue | undefined> {
  if (typeof value === "boolean") yield !value;
  if (typeof value === "string") yield* [...almost(value), `${value}x`, ""];
  if (typeof value === "number") yield* [value + 1, value - 1];
  yield* [null, undefined];
  if (typeof value === "number") yield* numbersInstead(input, clues, width);
  if (typeof value === "string") yield* textsInstead(value, input, clues, width);
  if (value === null) {
    yield "c".repeat(64);
    yield* [
      "c".repeat(64),
      ...textsOf(input, clues).slice(0, 4).flatMap(almost),
      ...textsOf(input, clues).filter(isHash).flatMap(almost),
    ];
    yield* [
      ...textsOf(input, clues).slice(0, 12),
      ...clues.numbers.slice(0, 10),
      ...clues.texts.slice(0, 20),
      {},
      { config_keys: ["a.b"] },
    ];
  }
  if (Array.isArray(value)) yield* listsInstead(value, input, clues, width);
  else if (isJsonObject(value)) yield* objectsInstead(value, clues, width);
  if (width === "wide") yield* [0, true, "", "x", [], {}];
}

/** Numbers at which a comparison may turn: of the change, of the other numbers in the input, and sums of these. */
function* numbersInstead(input: JsonValue, clues: Clues, width: Width): Generator<number> {
  const beside = (number: number) => [number, number - 1, number + 1];
  for (const number of clues.numbers.slice(0, width === "wide" ? undefined : 12)) yield* beside(number);
  yield* [0, 1, -1];
  const others = numbersOf(input, clues).slice(0, most.otherNumbers);
  const anchors = [...new Set(others.flatMap((other) => [other, other * 1000, Math.floor(other / 1000)]))];
  for (const anchor of anchors) yield* beside(anchor);
  if (width === "narrow") return;
  let left = most.numbers;
  for (const one of clues.numbers.slice(0, 24)) {
    for (const other of clues.numbers.slice(0, 24)) {
      for (const number of beside(one - other)) if (number > 0 && left-- > 0) yield number;
    }
  }
  for (const anchor of anchors) {
    for (const number of clues.numbers.slice(0, 16)) {
      for (const sum of [...beside(anchor + number), ...beside(anchor - number)]) if (left-- > 0) yield sum;
    }
  }
}

function* textsInstead(value: string, input: JsonValue, clues: Clues, width: Width): Generator<JsonValue> {
  yield value.toUpperCase();
  yield* clues.texts.slice(0, width === "wide" ? undefined : most.texts);
  yield* textsOf(input, clues).slice(0, width === "wide" ? 60 : 12);
  if (value.startsWith("/"))
    yield* ["/", "/etc", `${value}/`, `${value}/..`, `${value}/a/b`, `${value}//a`, `${value}/.`];
  if (width === "narrow") return;
  yield* [
    `x${value}`,
    value.slice(1),
    ` ${value}`,
    `${value} `,
    value.toLowerCase(),
    "0",
    "c".repeat(64),
    `${value}\u{200b}`,
  ];
  for (const text of clues.texts.slice(0, 20)) yield* [`${value}${text}`, `${text}${value}`];
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** The same but for its last letter, and but for its first; of a hash other hashes. */
function almost(text: string): string[] {
  if (text.length < 2) return [];
  const other = (letter: string | undefined) => (letter === "a" ? "b" : "a");
  return [text.slice(0, -1) + other(text.at(-1)), other(text[0]) + text.slice(1)];
}

function* listsInstead(
  value: readonly JsonValue[],
  input: JsonValue,
  clues: Clues,
  width: Width,
): Generator<JsonValue> {
  yield [];
  for (const index of value.keys()) yield value.toSpliced(index, 1);
  const last = value.at(-1) ?? "x";
  yield [...value, last];
  const own = textsOf(input, clues);
  const texts = [...own.slice(0, 5), ...clues.texts.slice(0, width === "wide" ? undefined : 10), ...own.slice(5, 12)];
  for (const text of texts) yield* [[...value, text], [text]];
  if (width === "narrow") return;
  for (const text of texts.slice(0, 40)) {
    for (let at = 1; at < Math.min(value.length, 5); at++) yield value.toSpliced(at, 0, text);
  }
  for (const number of clues.numbers) {
    for (const length of [number, number + 1]) {
      if (length > value.length && length <= most.items) yield filledTo(value, last, length);
      if (length > 100 && length <= 100_000) yield lettersTo(value, length);
    }
  }
}

function filledTo(value: readonly JsonValue[], item: JsonValue, length: number): JsonValue[] {
  return [...value, ...Array.from({ length: length - value.length }, () => item)];
}

/** A list of texts of so many characters over all, none of them long. */
function lettersTo(value: readonly JsonValue[], length: number): JsonValue[] {
  const start = value.slice(0, 2);
  let left = length - start.reduce<number>((sum, item) => sum + String(item).length, 0);
  const rest: string[] = [];
  for (; left > 0; left -= 1000) rest.push("a".repeat(Math.min(left, 1000)));
  return [...start, ...rest];
}

function* objectsInstead(value: JsonObject, clues: Clues, width: Width): Generator<JsonValue> {
  for (const key of Object.keys(value)) yield withPart(value, [key], undefined);
  const [sibling] = Object.values(value);
  const keys = clues.texts.filter((text) => text.length <= 256).slice(0, width === "wide" ? most.keys : 8);
  const said = [...clues.numbers.slice(0, 6), ...clues.texts.slice(0, most.valuesOfKey)];
  const values = [...(sibling === undefined ? [] : [sibling]), ...said, 1, true];
  for (const key of keys) {
    for (const item of values.slice(0, width === "wide" ? undefined : 8)) yield withPart(value, [key], item);
  }
}

/** The texts in an input, those near to the change first. */
function textsOf(input: JsonValue, clues: Clues): string[] {
  return distinctBy(input, clues, (value) => (typeof value === "string" ? value : undefined));
}

/** The numbers in an input, those near to the change first. */
function numbersOf(input: JsonValue, clues: Clues): number[] {
  return distinctBy(input, clues, (value) => (typeof value === "number" ? value : undefined));
}

function distinctBy<T>(input: JsonValue, clues: Clues, wanted: (value: JsonValue) => T | undefined): T[] {
  const found = [...partsOf(input)].flatMap((part) => {
    const value = wanted(part.value);
    return value === undefined ? [] : [{ value, rank: rankOf(part, clues) }];
  });
  return [...new Set(found.sort((a, b) => b.rank - a.rank).map(({ value }) => value))];
}
