import { evidenceInTypeScript, evidenceOfChecks, withTestResults } from "../evidence/index.js";
import type { HarnessFault } from "./verdict-faults.js";
import { lawsOf, wrongWriters } from "./writer-faults.js";
import { writers } from "./writer-laws.js";

const known = new Set(["SND-1"]);

/** What can go wrong where results are read and where they are told. */
export const reportFaults: readonly HarnessFault[] = [
  ...Object.entries(writers).map(([name, writer]) => ({
    id: `failure-is-told-by-${name}`,
    title: `the writer ${name} tells what each report says, and nothing else`,
    noticed: () => lawsOf(name).every((law) => law.holds(writer)),
  })),
  ...wrongWriters.map(({ id, title, writer, laws }) => ({
    id: `writer-${id}`,
    title: `a writer that ${title} is noticed`,
    noticed: () => laws.some((law) => !law.holds(writer)),
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
