import {
  type DocumentPath,
  documentBounds,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Place,
  type Problem,
  parseStrictJson,
  parseStrictYaml,
  segmentsOf,
  type TextDocument,
} from "../model/index.js";
import { keepRecent } from "./keep-recent.js";

/** A data file as text, and the path in `data` that its keys stand under: those of its folder. */
export type DataSource = { readonly file: string; readonly mount: readonly string[]; readonly text: string };

/** The data of all files together. */
export type PolicyData = {
  readonly data: JsonObject;
  /** Where a path of `data` is written; undefined where no file says anything of it. */
  placeOf(path: DocumentPath): Place | undefined;
};

/** JSON may be generated, so it may be larger than what a person writes. */
const jsonBounds = { ...documentBounds, bytes: 64 * 1024 * 1024, nodes: 10_000_000 };

/** Data files are many and change one at a time, so a watcher reads only the changed one. */
const parseData = keepRecent(
  (file = "", text = "") =>
    file.endsWith(".json") ? parseStrictJson(text, file, jsonBounds) : parseStrictYaml(text, file),
  200,
);

type Read = { readonly source: DataSource; readonly document: TextDocument; readonly value: JsonObject };

/** A tree of who gave what: `owner` where a file gave the key, `below` for what others gave under it. */
type Owners = { owner: Read | undefined; readonly below: Map<string, Owners> };

/**
 * Merges data files. Each path of `data` comes from exactly one file: a key that two files give, be it as a whole or
 * in part, is a `policy/data_invalid` that names both places.
 */
export function mergeData(sources: readonly DataSource[]): {
  readonly data: PolicyData;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const root: Owners = { owner: undefined, below: new Map() };
  const data: Record<string, JsonValue> = {};
  for (const source of sources) {
    const read = readSource(source, problems);
    if (read === undefined) continue;
    for (const [key, value] of Object.entries(read.value)) {
      const clash = claim(root, [...source.mount, key], read);
      if (clash === undefined) put(data, [...source.mount, key], value);
      else problems.push(clashOf(clash, read, [...source.mount, key]));
    }
  }
  return { data: { data, placeOf: (path) => placeIn(root, segmentsOf(path).map(String)) }, problems };
}

function readSource(source: DataSource, problems: Problem[]): Read | undefined {
  const { file, text } = source;
  const document = parseData(file, text);
  if (!document.ok) {
    problems.push(...document.error);
    return undefined;
  }
  const { value } = document.value;
  if (isJsonObject(value)) return { source, document: document.value, value };
  problems.push({
    code: "policy/data_invalid",
    message: "a data file holds keys and values at its top",
    place: document.value.placeOf(""),
    hint: `they become data${source.mount.map((part) => `.${part}`).join("")}.<key>`,
  });
  return undefined;
}

/** Notes that a file gives a path, and answers the file that gave it, a part of it, or what holds it, before. */
function claim(root: Owners, path: readonly string[], read: Read): Read | undefined {
  let at = root;
  for (const part of path) {
    if (at.owner !== undefined) return at.owner;
    let next = at.below.get(part);
    if (next === undefined) {
      next = { owner: undefined, below: new Map() };
      at.below.set(part, next);
    }
    at = next;
  }
  const before = at.owner ?? firstOwner(at);
  if (before === undefined) at.owner = read;
  return before;
}

function firstOwner(at: Owners): Read | undefined {
  for (const next of at.below.values()) {
    const owner = next.owner ?? firstOwner(next);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function clashOf(before: Read, read: Read, path: readonly string[]): Problem {
  const other = before.document.placeOf(path.slice(before.source.mount.length));
  return {
    code: "policy/data_invalid",
    message: `data.${path.join(".")} is given twice: it is also at ${other.file}:${other.row}`,
    place: read.document.placeOf(path.slice(read.source.mount.length)),
    hint: "keep it in one of the two files",
  };
}

/** INVARIANT: `claim` has said that nobody gave the path or anything it goes through, so every step is ours to write. */
function put(data: Record<string, JsonValue>, path: readonly string[], value: JsonValue): void {
  let at = data;
  for (const part of path.slice(0, -1)) {
    const existing = at[part];
    const next: Record<string, JsonValue> = isJsonObject(existing) ? existing : {};
    at[part] = next;
    at = next;
  }
  at[path.at(-1) ?? ""] = value;
}

function placeIn(root: Owners, path: readonly string[]): Place | undefined {
  let at = root;
  for (const part of path) {
    const next = at.below.get(part);
    if (next === undefined) break;
    at = next;
    if (at.owner !== undefined) break;
  }
  if (at === root && path.length > 0) return undefined;
  const read = at.owner ?? firstOwner(at);
  return read?.document.placeOf(path.slice(read.source.mount.length));
}
