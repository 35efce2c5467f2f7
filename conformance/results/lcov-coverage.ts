import { err, ok, type Problem, type Result } from "../../src/index.js";
import { plainPath } from "../evidence/index.js";
import type { CoveredFile } from "./coverage.js";

/**
 * Reads a coverage report in LCOV's tracefile format: which lines of which files ran, how often. Functions and branches
 * are passed over.
 *
 * @see geninfo(1), section FILES
 */
export function readLcov(text: string, report: string): Result<readonly CoveredFile[], Problem> {
  const files: { file: string; hits: Map<number, number> }[] = [];
  let open: { file: string; hits: Map<number, number> } | undefined;
  let row = 0;
  for (const line of text.split("\n")) {
    row += 1;
    const [, key = "", value = ""] = /^([A-Z]+):(.*?)\r?$/.exec(line) ?? [];
    if (line.startsWith("end_of_record")) open = undefined;
    else if (key === "SF") {
      open = { file: plainPath(value), hits: new Map() };
      files.push(open);
    } else if (key === "DA") {
      const [, number, hits] = /^(\d{1,9}),(\d{1,15})(?:,|$)/.exec(value) ?? [];
      if (open === undefined || number === undefined || hits === undefined) {
        const message = "a line of coverage that is not DA:line,hits inside a file";
        return err({ code: "schema/invalid", message, place: { file: report, row } });
      }
      open.hits.set(Number(number), (open.hits.get(Number(number)) ?? 0) + Number(hits));
    }
  }
  if (files.length > 0) return ok(files);
  return err({ code: "schema/invalid", message: "the report speaks of no file", place: { file: report } });
}
