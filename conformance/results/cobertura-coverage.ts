import { XMLParser, XMLValidator } from "fast-xml-parser";
import { err, isRecord, ok, type Problem, type Result } from "../../src/index.js";
import { decodedXml, plainPath } from "../evidence/index.js";
import type { CoveredFile } from "./coverage.js";

/** The document type that such reports name. One with declarations of its own is refused. */
const doctype = /<!DOCTYPE\s+coverage\b[^[\]<>]*>/;
const lists = new Set(["source", "package", "class", "line"]);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  isArray: (tag, _path, _leaf, isAttribute) => !isAttribute && lists.has(tag),
});

/**
 * Reads a coverage report in Cobertura's XML: which lines of which files ran, how often. A file's name is as it stands;
 * `sources` say what it may be relative to.
 */
export function readCobertura(text: string, report: string): Result<readonly CoveredFile[], Problem> {
  const refuse = (message: string) => err<Problem>({ code: "schema/invalid", message, place: { file: report } });
  const plain = text.replace(doctype, "");
  if (/<!DOCTYPE/i.test(plain)) return refuse("the report has a document type of its own, which is not read");
  const valid = XMLValidator.validate(plain);
  if (valid !== true) return refuse(`the report is not well-formed: ${valid.err.msg}`);
  let document: unknown;
  try {
    document = parser.parse(plain);
  } catch (thrown) {
    return refuse(`the report cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const coverage = member(document, "coverage");
  if (!isRecord(coverage)) return refuse("the report has no coverage");
  const sources = items(member(coverage, "sources"), "source").flatMap((one) =>
    typeof one === "string" ? [plainPath(decodedXml(one.trim()))] : [],
  );
  const files: CoveredFile[] = [];
  for (const one of items(member(coverage, "packages"), "package")) {
    for (const covered of items(member(one, "classes"), "class")) {
      const file = attribute(covered, "filename");
      if (file === undefined) return refuse("a class without a file's name");
      const hits = new Map<number, number>();
      for (const line of items(member(covered, "lines"), "line")) {
        const [number, count] = [numberOf(line, "number"), numberOf(line, "hits")];
        if (number === undefined || count === undefined) return refuse(`a line of ${file} without number and hits`);
        hits.set(number, (hits.get(number) ?? 0) + count);
      }
      files.push({ file: plainPath(decodedXml(file)), hits, sources });
    }
  }
  return files.length > 0 ? ok(files) : refuse("the report speaks of no file");
}

function member(node: unknown, key: string): unknown {
  return isRecord(node) ? node[key] : undefined;
}

function items(node: unknown, key: string): readonly unknown[] {
  const found = member(node, key);
  return Array.isArray(found) ? found : [];
}

function attribute(node: unknown, name: string): string | undefined {
  const value = member(node, `@${name}`);
  return typeof value === "string" ? value : undefined;
}

function numberOf(node: unknown, name: string): number | undefined {
  const text = attribute(node, name);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
