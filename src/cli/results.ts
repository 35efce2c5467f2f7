import type { Command } from "commander";
import { runCommand } from "./terminal.js";

/** The flags of `lockkeeper results`. */
export type ResultsFlags = {
  readonly humanOperator: string;
  readonly aiAssistance: string;
  readonly junit: string;
  readonly coverage: string;
  readonly covered: readonly string[];
  readonly target: string;
  readonly targetConfig?: string;
  readonly signOff?: string;
  readonly workerId: string;
  readonly task: string;
  readonly out: string;
  readonly json?: true;
};

/** Registers `lockkeeper results`. */
export function registerResults(program: Command): void {
  program
    .command("results")
    .description("run the gateway's suites and export their results in the worker-results form")
    .requiredOption("--human-operator <name>", "who runs this")
    .requiredOption("--ai-assistance <text>", "what assistance an AI gave; `none` is an answer")
    .option("--junit <file>", "results of the unit tests, as JUnit XML", "reports/ci/vitest.xml")
    .option("--coverage <file>", "their coverage, as LCOV or Cobertura", "coverage/lcov.info")
    .option("--covered <dir...>", "folders that coverage is counted of", ["src/token", "src/gateway"])
    .option("--target <url>", "a running gateway; `self` for one that is started for it", "self")
    .option("--target-config <file>", "how that gateway gives tokens (docs/target.md)")
    .option("--sign-off <file>", "a person's sign-off of the security checklist")
    .option("--worker-id <id>", "whose results these are", "worker-001")
    .option("--task <text>", "what was to be done", "Execution gateway")
    .option("--out <file>", "where the results go", "worker-001-results.json")
    .option("--json", "print the results too")
    .addHelpText(
      "after",
      `
Everything is computed: by asking the gateway, from the test results and the coverage, and from the repository. What is not
there to compute from is an error. The status is pass only with a signed security checklist: run it once, look at the
checklist, write its hash into a sign-off (docs/target.md), and run it again.

Examples:
  lockkeeper results --human-operator "Ann Example" --ai-assistance "wrote the tests"
  lockkeeper results --human-operator Ann --ai-assistance none --sign-off sign-off.yaml --out results.json

Exit codes: 0 pass; 1 usage or internal error, or something is missing; 2 a check or an item of the checklist failed;
7 the checklist is not signed, or an item of it cannot be told.`,
    )
    .action((flags: ResultsFlags, command: Command) =>
      runCommand(command, async (terminal) => {
        const { writeResults } = await import("./results/write-results.js");
        return writeResults(flags, terminal);
      }),
    );
}
