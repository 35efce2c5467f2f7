import type { Result } from "../../../src/index.js";
import type { SpecFile } from "../spec-document.js";
import { type Specs, specsOf } from "../specs.js";

/** A file of requirements with the given ids. */
export function requirementsFile(ids: readonly string[], name = "exe"): SpecFile {
  const rows = ids.flatMap((id) => [
    `  - id: ${id}`,
    "    rev: 1",
    "    level: MUST",
    "    method: mutation",
    "    text: The gate MUST do as the tests want.",
    "    source: {doc: card, section: tests}",
    '    since: "0.1"',
  ]);
  const head = ["schema: lockkeeper/requirements/v1", "title: Tests", "sources:"];
  const source = '  card: {title: A card, date: "2026-01-07"}';
  return { file: `specs/requirements/${name}.yaml`, text: [...head, source, "requirements:", ...rows, ""].join("\n") };
}

/** A suite `words`, with the given cases as YAML list items and other top-level lines. */
export function suiteFile(cases: readonly string[], more: readonly string[] = ["notes: {}"]): SpecFile {
  const head = [
    "schema: lockkeeper/suite/v1",
    "suite: words",
    "title: Words",
    "requirements: [EXE-15]",
    'source: {name: Lockkeeper, version: "0.1"}',
  ];
  return { file: "specs/attacks/words.yaml", text: [...head, ...more, "cases:", ...cases, ""].join("\n") };
}

/** A case that is allowed. */
export const twin = "  - {id: words-001, title: allows a plain word, input: {command: ls}, expect: {decision: allow}}";

/** Reads a specification with the requirements EXE-14 and EXE-15, and the given suite and waivers. */
export function readWith(suite: SpecFile, waivers: SpecFile | null = null) {
  return specsOf({ requirements: [requirementsFile(["EXE-14", "EXE-15"])], suites: [suite], waivers });
}

/** The problems, one line each: place, message, code. */
export function problemsIn(
  result: Result<
    Specs,
    readonly { message: string; code: string; place?: { file: string; row?: number; col?: number } }[]
  >,
): readonly string[] {
  if (result.ok) return [];
  return result.error.map(({ code, message, place }) => {
    const at = [place?.file.split("/").at(-1), place?.row, place?.col].filter((part) => part !== undefined).join(":");
    return `${at}: ${message} [${code}]`;
  });
}
