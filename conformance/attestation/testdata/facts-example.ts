import type { Status } from "../../../src/index.js";
import { verdictExample } from "../../verdict/testdata/verdict-example.js";
import { judgeRun } from "../../verdict/index.js";
import type { AttestedFacts } from "../statements.js";

const digest = (letter: string) => letter.repeat(64);

/** What is found in a repository whose small run passed. */
export function factsExample(over: Partial<AttestedFacts> = {}): AttestedFacts {
  return {
    report: judgeRun(verdictExample()),
    reportSha256: digest("1"),
    commit: "2".repeat(40),
    dirty: false,
    specs: digest("3"),
    corpus: digest("4"),
    waivers: digest("5"),
    bundle: { sha256: digest("6"), wasm: digest("7"), data: digest("8") },
    tools: { lockkeeper: "0.1.0", opa: "1.22.0", node: "v24.0.0", platform: "linux-x64" },
    ...over,
  };
}

/** The example's report with another status of EXE-15. */
export function reportWith(status: Status, over: Partial<AttestedFacts["report"]> = {}): AttestedFacts["report"] {
  const { report } = factsExample();
  const requirements = report.requirements.map((one) => (one.id === "EXE-15" ? { ...one, status } : one));
  return { ...report, requirements, ...over };
}
