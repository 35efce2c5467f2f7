import { Composer, type CST, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Parser } from "yaml";
import type { ErrorCode } from "./error-codes.js";
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

type Refuse = (code: ErrorCode, message: string, offset: number, hint?: string) => void;

/**
 * Reads one YAML 1.2 document as JSON would be read: text keys, each once; no anchors, aliases, merge keys, tags or
 * directives; numbers that JSON holds exactly. Bounds are `documentBounds`.
 *
 * @param file - only for places in problems
 * @returns on failure `yaml/syntax` or `yaml/forbidden`, at most 20 problems in the order they stand
 */
export function parseStrictYaml(
  text: string,
  file: string,
  bounds: DocumentBounds = documentBounds,
): Result<TextDocument, readonly Problem[]> {
  const at = placesIn(text, file);
  const problems: Problem[] = [];
  const refuse: Refuse = (code, message, offset, hint) => {
    const place = at(Math.max(0, Math.min(offset, text.length)));
    problems.push({ code, message, place, ...(hint === undefined ? {} : { hint }) });
  };
  checkText(text, bounds, refuse);
  const tokens = problems.length === 0 ? [...new Parser().parse(text)] : [];
  checkShape(tokens, bounds, refuse);
  if (problems.length > 0) return err(problems);
  const composer = new Composer({ version: "1.2", schema: "core", uniqueKeys: false, prettyErrors: false });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) return ok({ value: null, placeOf: () => at(0) });
  if (second !== undefined) {
    const hint = "one file holds one document: remove the line ---";
    refuse("yaml/forbidden", "a second document", second.range[0], hint);
  }
  const findings = [...document.errors, ...document.warnings];
  // Tags are refused by the walk, known or not.
  for (const error of findings.filter(({ code }) => code !== "TAG_RESOLVE_FAILED")) {
    refuse("yaml/syntax", error.message, error.pos[0], hintOf(error.message));
  }
  if (problems.length > 0) return err(inOrder(problems));
  const value = document.contents === null ? null : plainValue(document.contents, refuse);
  const [tag] = findings;
  if (tag !== undefined && problems.length === 0) refuse("yaml/forbidden", tag.message, tag.pos[0]);
  if (problems.length > 0) return err(inOrder(problems));
  return ok({ value, placeOf: (path) => at(offsetOf(document.contents, path)) });
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const rank = ({ place }: Problem) => (place?.row ?? 0) * 1_000_000 + (place?.col ?? 0);
  return problems.toSorted((a, b) => rank(a) - rank(b)).slice(0, 20);
}

function hintOf(message: string): string | undefined {
  if (/tabs?\b/i.test(message)) return "indent with spaces";
  return undefined;
}

function checkText(text: string, bounds: DocumentBounds, refuse: Refuse): void {
  if (Buffer.byteLength(text) > bounds.bytes) {
    refuse("yaml/forbidden", `the file is larger than ${bounds.bytes} bytes`, 0);
    return;
  }
  const control = forbiddenCharacter(text);
  if (control !== undefined) {
    refuse("yaml/forbidden", "a control character", control, "write it as an escape in double quotes");
  }
}

/**
 * Bounds depth and size on the tokens, whose parser does not recurse, before anything that does sees the text.
 * Directives are refused here too: they could change what the document means.
 */
function checkShape(tokens: readonly CST.Token[], bounds: DocumentBounds, refuse: Refuse): void {
  let nodes = 0;
  for (const top of tokens) {
    if (top.type === "directive") {
      refuse("yaml/forbidden", "a directive", top.offset, "remove the line");
      return;
    }
    if (top.type !== "document" || top.value === undefined) continue;
    const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token: top.value, depth: 1 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      nodes += 1;
      if (nodes > bounds.nodes) {
        refuse("yaml/forbidden", `more than ${bounds.nodes} nodes`, next.token.offset);
        return;
      }
      if (!("items" in next.token)) continue;
      if (next.depth > bounds.depth) {
        refuse("yaml/forbidden", `nested deeper than ${bounds.depth}`, next.token.offset);
        return;
      }
      for (const item of next.token.items) {
        const depth = next.depth + 1;
        if ("key" in item && item.key != null) open.push({ token: item.key, depth });
        if (item.value !== undefined) open.push({ token: item.value, depth });
      }
    }
  }
}

function plainValue(node: Node, refuse: Refuse): JsonValue {
  const offset = node.range?.[0] ?? 0;
  if (isAlias(node)) {
    refuse("yaml/forbidden", `an alias: *${node.source}`, offset, "write the value out");
    return null;
  }
  if ("anchor" in node && node.anchor !== undefined) {
    refuse("yaml/forbidden", `an anchor: &${node.anchor}`, offset, "write the value out where it is needed");
  }
  // The parser sets tags that it resolves by itself too, but only explicit ones are in the source.
  if (node.tag !== undefined) {
    refuse("yaml/forbidden", `a tag: ${node.tag}`, offset, "remove the tag; quote the value if it is text");
    return null;
  }
  if (isMap<unknown, unknown>(node)) return mapOf(node.items, refuse);
  if (isSeq<unknown>(node)) return node.items.map((item) => (isNode(item) ? plainValue(item, refuse) : null));
  return isScalar(node) ? scalarOf(node.value, offset, refuse) : null;
}

function mapOf(items: readonly Pair<unknown, unknown>[], refuse: Refuse): JsonValue {
  const entries = new Map<string, JsonValue>();
  for (const pair of items) {
    const key = keyOf(pair, refuse);
    const value = isNode(pair.value) ? plainValue(pair.value, refuse) : null;
    if (key === undefined) continue;
    if (entries.has(key)) refuse("yaml/forbidden", `duplicate key: ${key}`, offsetOfKey(pair), "keep one of them");
    entries.set(key, value);
  }
  return Object.fromEntries(entries);
}

function keyOf(pair: Pair<unknown, unknown>, refuse: Refuse): string | undefined {
  const { key } = pair;
  const offset = offsetOfKey(pair);
  if (!isScalar(key) || typeof key.value !== "string") {
    refuse("yaml/forbidden", "a key that is not text", offset, "quote it");
    return undefined;
  }
  const { anchor, tag, value } = key;
  if (anchor !== undefined) refuse("yaml/forbidden", `an anchor: &${anchor}`, offset, "write the value out");
  if (tag !== undefined) refuse("yaml/forbidden", `a tag: ${tag}`, offset, "remove the tag");
  if (value === "<<" && key.type === "PLAIN") {
    refuse("yaml/forbidden", "a merge key: <<", offset, "write the keys out");
  }
  if (value === "__proto__") refuse("yaml/forbidden", "the key __proto__", offset, "choose another name");
  return value;
}

function scalarOf(value: unknown, offset: number, refuse: Refuse): JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  const whole = typeof value === "number" && Number.isInteger(value);
  if (typeof value !== "number" || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) {
    refuse(
      "yaml/forbidden",
      `a number that JSON does not hold exactly: ${String(value)}`,
      offset,
      "quote it if it is text",
    );
    return null;
  }
  return value;
}

function offsetOf(root: unknown, path: DocumentPath): number {
  let node: unknown = root;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const segment of segmentsOf(path)) {
    if (isMap<unknown, unknown>(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(segment));
      if (pair === undefined) return offset;
      offset = offsetOfKey(pair);
      node = pair.value;
    } else if (isSeq<unknown>(node)) {
      const item = node.items[Number(segment)];
      if (item === undefined) return offset;
      node = item;
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function offsetOfKey(pair: Pair<unknown, unknown>): number {
  if (isNode(pair.key) && pair.key.range) return pair.key.range[0];
  return isNode(pair.value) ? (pair.value.range?.[0] ?? 0) : 0;
}

function isNode(value: unknown): value is Node {
  return isAlias(value) || isMap(value) || isSeq(value) || isScalar(value);
}
