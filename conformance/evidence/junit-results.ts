import { XMLParser, XMLValidator } from "fast-xml-parser";
import { err, ok, type Problem, type Result } from "../../src/index.js";

/** What a test runner says came of one test. */
export type TestResult = {
  /** Where the runner says it stands: JUnit's `classname`, which is a path, a package, a module or a class. */
  readonly file: string;
  /** Its title path joined with ` > `, its function, or what else the runner calls it. */
  readonly name: string;
  /** The source file, where the runner says it apart from `file`. */
  readonly source?: string;
  /** The suites it stands in, outermost first, where the runner lists them. */
  readonly suites?: readonly string[];
  readonly status: "pass" | "fail" | "skip";
  /** A failure's message, at most 2 000 characters. */
  readonly detail?: string;
};

/** Largest report read, in UTF-16 code units. */
export const maxJunitLength = 32 * 1024 * 1024;

/**
 * Reads a JUnit report: `classname`, `name` and, where there is one, `file` of each test.
 * A document type is refused, and with it every entity of its own; the five of XML and characters by number are read.
 *
 * @returns tests in document order; on failure one problem that names the report
 */
export function readJunit(text: string, report = "junit.xml"): Result<readonly TestResult[], Problem> {
  const refuse = (message: string, row?: number) =>
    err<Problem>({
      code: "schema/invalid",
      message,
      place: row === undefined ? { file: report } : { file: report, row },
    });
  if (text.length > maxJunitLength) return refuse(`the report is longer than ${maxJunitLength} characters`);
  if (/<!DOCTYPE/i.test(text)) return refuse("the report has a document type, which is not read");
  const valid = XMLValidator.validate(text);
  if (valid !== true) return refuse(`the report is not well-formed: ${valid.err.msg}`, valid.err.line);
  let document: unknown;
  try {
    document = parser.parse(text);
  } catch (thrown) {
    return refuse(`the report cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const roots = children(document, "testsuites");
  const suites = roots.length > 0 ? roots.flatMap(suitesOf) : suitesOf(document);
  if (roots.length === 0 && suites.length === 0) return refuse("the report has no testsuites");
  return ok(suites.flatMap((suite) => children(suite, "testcase").flatMap(testOf)));
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  isArray: (tag, _path, _leaf, isAttribute) => !isAttribute && lists.has(tag),
});
const lists = new Set(["testsuites", "testsuite", "testcase", "failure", "error", "skipped"]);

type Node = { readonly [key: string]: unknown };

function isObject(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function children(node: unknown, tag: string): readonly unknown[] {
  const found = isObject(node) ? node[tag] : undefined;
  return Array.isArray(found) ? found : [];
}

/** Suites in document order, a nested one after the one that holds it. */
function suitesOf(node: unknown): readonly unknown[] {
  return children(node, "testsuite").flatMap((suite) => [suite, ...suitesOf(suite)]);
}

function testOf(node: unknown): TestResult[] {
  const name = attribute(node, "name");
  const file = attribute(node, "classname");
  if (name === undefined || file === undefined) return [];
  const fault = [...children(node, "failure"), ...children(node, "error")];
  const source = attribute(node, "file");
  const at = { file: plainPath(file), name, ...(source === undefined ? {} : { source: plainPath(source) }) };
  if (fault.length > 0) {
    const detail = (attribute(fault[0], "message") ?? textOf(fault[0])).slice(0, 2000);
    return [{ ...at, status: "fail", detail }];
  }
  return [{ ...at, status: isObject(node) && "skipped" in node ? "skip" : "pass" }];
}

/** A path with `/`, as tools on other systems write it too. */
export function plainPath(path: string): string {
  return path.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
}

function attribute(node: unknown, name: string): string | undefined {
  const value = isObject(node) ? node[`@${name}`] : undefined;
  return typeof value === "string" ? decodedXml(value) : undefined;
}

function textOf(node: unknown): string {
  const value = isObject(node) ? node["#text"] : node;
  return typeof value === "string" ? decodedXml(value).trim() : "";
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Resolves XML's own five entities and characters by number, in one pass: what a reference gives is never read again. */
export function decodedXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g, (whole, decimal, hex, name) => {
    if (typeof name === "string") return named[name] ?? whole;
    const code = typeof decimal === "string" ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
