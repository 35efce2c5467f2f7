import Type from "typebox";
import { err, ok, type Problem, parserOf, parseStrictJson, problemsOfIssues, type Result } from "../../src/index.js";
import { plainPath, type TestResult } from "../evidence/index.js";

/**
 * What is read of a report in the Common Test Report Format. Keys that are not read here may be there.
 *
 * Source: https://ctrf.io/docs/specification/overview
 */
const CtrfReport = Type.Object(
  {
    results: Type.Object({
      tests: Type.Array(
        Type.Object({
          name: Type.String(),
          status: Type.Enum(["passed", "failed", "skipped", "pending", "other"]),
          filePath: Type.Optional(Type.String()),
          /** A list since version 1 of the format; one text before. */
          suite: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
          message: Type.Optional(Type.String()),
        }),
      ),
    }),
  },
  { $id: "lockkeeper/ctrf" },
);

const parse = parserOf(CtrfReport);
const bounds = { bytes: 64 * 1024 * 1024, depth: 50, nodes: 4_000_000 };
const statuses = { passed: "pass", failed: "fail", skipped: "skip", pending: "skip", other: "skip" } as const;

/** Reads a CTRF report. A test that is pending, or of a status that the format does not name, has not run. */
export function readCtrf(text: string, report: string): Result<readonly TestResult[], readonly Problem[]> {
  const document = parseStrictJson(text, report, bounds);
  if (!document.ok) return document;
  const parsed = parse(document.value.value);
  if (!parsed.ok) return err(problemsOfIssues(document.value, parsed.error));
  return ok(
    parsed.value.results.tests.map(({ name, status, filePath, suite, message }): TestResult => {
      const suites = typeof suite === "string" ? [suite] : suite;
      return {
        file: filePath === undefined ? (suites?.join("::") ?? "") : plainPath(filePath),
        name,
        status: statuses[status],
        ...(filePath === undefined ? {} : { source: plainPath(filePath) }),
        ...(suites === undefined ? {} : { suites }),
        ...(status === "failed" ? { detail: (message ?? "failed").slice(0, 2000) } : {}),
      };
    }),
  );
}
