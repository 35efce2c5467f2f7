import type { JsonValue } from "./json-value.js";
import type { Problem } from "./problem.js";
import { err, ok, type Result } from "./result.js";
import {
  type DocumentBounds,
  type DocumentPath,
  documentBounds,
  forbiddenCharacter,
  placesIn,
  segmentsOf,
  type TextDocument,
} from "./text-document.js";

/** Told of every key and item as it is met: the way to it, and where it stands. */
type Visit = (path: readonly (string | number)[], offset: number) => void;

/**
 * Reads one JSON text (RFC 8259) in which no object has a key twice, no key is `__proto__`, every number is held
 * exactly, and no string holds half a surrogate pair: what every other reader would read the same.
 *
 * @param file - only for places in problems
 * @returns on failure one problem, `json/syntax`, at its place
 */
export function parseStrictJson(
  text: string,
  file: string,
  bounds: DocumentBounds = documentBounds,
): Result<TextDocument, readonly Problem[]> {
  const fail = (message: string, offset: number) =>
    err([{ code: "json/syntax" as const, message, place: placesIn(text, file)(Math.min(offset, text.length)) }]);
  if (Buffer.byteLength(text) > bounds.bytes) return fail(`larger than ${bounds.bytes} bytes`, 0);
  const control = forbiddenCharacter(text);
  if (control !== undefined) return fail("a control character or half a surrogate pair", control);
  const value = read(text, bounds);
  if (!value.ok) return fail(value.error.message, value.error.offset);
  return ok({ value: value.value, placeOf: (path) => placesIn(text, file)(offsetOf(text, path)) });
}

/** Reads again to find a place: places are needed only when something is wrong. */
function offsetOf(text: string, path: DocumentPath): number {
  const wanted = segmentsOf(path).map(String);
  let best = 0;
  let depth = -1;
  read(text, documentBounds, (at, offset) => {
    if (at.length <= depth || !at.every((part, index) => String(part) === wanted[index])) return;
    depth = at.length;
    best = offset;
  });
  return best;
}

/** Ends the reading from any depth; never leaves this file. */
class Stop extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

function read(
  text: string,
  bounds: DocumentBounds,
  visit?: Visit,
): Result<JsonValue, { message: string; offset: number }> {
  const reader = new Reader(text, bounds, visit);
  try {
    return ok(reader.document());
  } catch (error) {
    if (error instanceof Stop) return err({ message: error.message, offset: error.offset });
    throw error;
  }
}

const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const stringEnd = /(?:[^"\\\n\r\t]|\\.)*"/y;
const blank = /[ \t\n\r]*/y;
const words: readonly (readonly [string, JsonValue])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
];

/** One pass over one text. */
class Reader {
  readonly #text: string;
  readonly #bounds: DocumentBounds;
  readonly #visit: Visit | undefined;
  readonly #path: (string | number)[] = [];
  #at = 0;
  #nodes = 0;

  constructor(text: string, bounds: DocumentBounds, visit: Visit | undefined) {
    this.#text = text;
    this.#bounds = bounds;
    this.#visit = visit;
  }

  document(): JsonValue {
    this.#skip(blank);
    const value = this.#value();
    this.#skip(blank);
    if (this.#at < this.#text.length) throw new Stop("something after the end", this.#at);
    return value;
  }

  #value(): JsonValue {
    this.#nodes += 1;
    if (this.#nodes > this.#bounds.nodes) throw new Stop(`more than ${this.#bounds.nodes} nodes`, this.#at);
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(): JsonValue {
    const entries = new Map<string, JsonValue>();
    this.#items("}", () => {
      const offset = this.#at;
      if (this.#text[offset] !== '"') throw new Stop("a key in double quotes is expected", offset);
      const key = this.#string();
      if (key === "__proto__") throw new Stop("the key __proto__", offset);
      if (entries.has(key)) throw new Stop(`duplicate key: ${key}`, offset);
      this.#skip(blank);
      if (this.#text[this.#at] !== ":") throw new Stop("a colon is expected", this.#at);
      this.#at += 1;
      this.#skip(blank);
      this.#path.push(key);
      this.#visit?.(this.#path, offset);
      entries.set(key, this.#value());
      this.#path.pop();
    });
    return Object.fromEntries(entries);
  }

  #array(): JsonValue {
    const items: JsonValue[] = [];
    this.#items("]", () => {
      this.#path.push(items.length);
      this.#visit?.(this.#path, this.#at);
      items.push(this.#value());
      this.#path.pop();
    });
    return items;
  }

  #items(end: "}" | "]", item: () => void): void {
    if (this.#path.length >= this.#bounds.depth) throw new Stop(`nested deeper than ${this.#bounds.depth}`, this.#at);
    this.#at += 1;
    this.#skip(blank);
    if (this.#text[this.#at] === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      item();
      this.#skip(blank);
      const next = this.#text[this.#at];
      if (next !== "," && next !== end) throw new Stop(`a comma or ${end} is expected`, this.#at);
      this.#at += 1;
      if (next === end) return;
      this.#skip(blank);
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    if (!this.#skip(stringEnd)) throw new Stop("a string without an end, or with a tab or line end in it", start);
    const raw = this.#text.slice(start, this.#at);
    if (!raw.includes("\\")) return raw.slice(1, -1);
    const text = unescaped(raw);
    if (text === undefined) throw new Stop("an escape that JSON does not know", start);
    if (!text.isWellFormed()) throw new Stop("half a surrogate pair", start);
    return text;
  }

  #scalar(): JsonValue {
    for (const [word, value] of words) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    const start = this.#at;
    if (!this.#skip(number)) throw new Stop("a value is expected", start);
    const value = Number(this.#text.slice(start, this.#at));
    const exact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    if (!exact) throw new Stop("a number that is not held exactly", start);
    return value;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }
}

function unescaped(raw: string): string | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
