import type { IsolationFacts } from "../../src/index.js";
import type { PacketFinding } from "./packet-rules.js";
import type { PacketField } from "./parse-packet.js";

/** A command of TEST_PLAN, for our own parser: words and quotes, no shell. */
export type PlannedCommand = { readonly command: string; readonly row: number };

/** How a command of TEST_PLAN ended. Outputs are filtered and bounded already. */
export type TestRun = PlannedCommand & {
  /** `refused` where the gate let nothing run. */
  readonly outcome:
    | "exited"
    | "signalled"
    | "timeout"
    | "output_limit"
    | "not_started"
    | "interrupted"
    | "stopped"
    | "refused";
  readonly exit_code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Who refused, and why; empty where nobody did. */
  readonly violations: readonly string[];
};

/** All runs of a plan, and what held them in. */
export type TestRuns = { readonly isolation: IsolationFacts; readonly runs: readonly TestRun[] };

/** Most commands of one plan. */
export const maxCommands = 50;

/**
 * The commands of TEST_PLAN: the lines of its code blocks, comments and `$` aside, and the first code span of each line of
 * text. Prose without code is no command.
 *
 * @requirement MEX-16
 */
export function plannedCommands({ lines, code }: PacketField): PlannedCommand[] {
  const fenced = code.map(({ text, row }) => ({ command: text.trim().replace(/^\$\s+/, ""), row }));
  const spans = lines.flatMap(({ codes, row }) =>
    codes.slice(0, 1).map((command) => ({ command: command.trim(), row })),
  );
  return [...spans, ...fenced]
    .filter(({ command }) => command !== "" && !command.startsWith("#"))
    .toSorted((one, other) => one.row - other.row);
}

/** What is wrong with the runs: each that was refused, or did not exit with 0. */
export function testFindings(runs: readonly TestRun[], file: string): PacketFinding[] {
  return runs.flatMap(({ command, row, outcome, exit_code, violations }): PacketFinding[] => {
    if (outcome === "exited" && exit_code === 0) return [];
    if (outcome === "refused") {
      return [{ rule: "TEST-REFUSED", message: `${command}: ${violations.join("; ")}`, file, row }];
    }
    const how = outcome === "exited" ? `exit code ${exit_code}` : outcome.replace("_", " ");
    return [{ rule: "TEST-FAILED", message: `${command}: ${how}`, file, row }];
  });
}

/**
 * Runs the commands of TEST_PLAN, no more than the first {@link maxCommands}.
 *
 * @param block - why later stages are blocked, if they are
 * @param runTests - `null` where nothing may run
 * @returns how they ended, or why none was run
 * @requirement MEX-13, MEX-16
 */
export async function runPlan(
  field: PacketField | undefined,
  block: string | undefined,
  runTests: ((commands: readonly PlannedCommand[]) => Promise<TestRuns>) | null,
): Promise<TestRuns | { readonly reason: string }> {
  const commands = field === undefined ? [] : plannedCommands(field);
  if (commands.length === 0) return { reason: "TEST_PLAN missing" };
  if (block !== undefined) return { reason: block };
  if (runTests === null) return { reason: "a check runs nothing" };
  return runTests(commands.slice(0, maxCommands));
}
