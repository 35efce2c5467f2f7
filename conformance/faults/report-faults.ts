import type { Report } from "../../src/index.js";
import { evidenceInTypeScript, evidenceOfChecks, withTestResults } from "../evidence/index.js";
import {
  githubAnnotations,
  htmlReport,
  junitReport,
  markdownReport,
  sarifReport,
  stepSummary,
  terminalSummary,
} from "../report/index.js";
import { judgeWith, soundCheck } from "./sound-world.js";
import type { HarnessFault } from "./verdict-faults.js";

const mark = "planted-failure-4711";
const failing: Report = judgeWith({ checks: [{ ...soundCheck, status: "fail", detail: mark }] });
const known = new Set(["SND-1"]);

const writers: Readonly<Record<string, (report: Report) => string>> = {
  markdown: markdownReport,
  html: (report) => htmlReport(report, new Map()),
  junit: junitReport,
  sarif: (report) => sarifReport(report, new Map()),
  annotations: (report) => githubAnnotations(report, new Map()),
  summary: stepSummary,
  terminal: (report) => terminalSummary(report, new Map(), { colour: false }),
};

/** What can go wrong where results are read and where they are told. */
export const reportFaults: readonly HarnessFault[] = [
  ...Object.entries(writers).map(([name, write]) => ({
    id: `failure-is-told-by-${name}`,
    title: `a failing case is named by the writer ${name}, and not where nothing failed`,
    noticed: () => write(failing).includes(soundCheck.id) && write(failing) !== write(judgeWith({})),
  })),
  {
    id: "test-has-no-result",
    title: "a cited test without a result does not pass",
    noticed: () => {
      const { places } = evidenceInTypeScript(
        { file: "a.test.ts", text: '// @requirement SND-1\nit("x", () => {});\n' },
        known,
      );
      return places.length === 1 && withTestResults(places, [])[0]?.status === "unverified";
    },
  },
  {
    id: "marker-with-unknown-id",
    title: "a marker that names no requirement is a problem",
    noticed: () =>
      evidenceInTypeScript({ file: "a.ts", text: "/** @requirement SND-9 */\nexport const a = 1;\n" }, known).problems
        .length === 1,
  },
  {
    id: "marker-before-nothing",
    title: "a marker at the end of a file is a problem",
    noticed: () =>
      evidenceInTypeScript({ file: "a.ts", text: "export const a = 1;\n/** @requirement SND-1 */\n" }, known).problems
        .length === 1,
  },
  {
    id: "case-in-a-file-that-is-gone",
    title: "a case in a file that is gone is no evidence",
    noticed: () => {
      const { places } = evidenceOfChecks(
        "case",
        [{ id: "a-001", requirements: ["SND-1"], file: "a.yaml", row: 1 }],
        () => undefined,
        known,
      );
      return places[0]?.unresolved !== undefined;
    },
  },
];
