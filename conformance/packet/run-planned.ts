import type { Gate, Outcome } from "../../src/index.js";
import { redactedOutput } from "./redact-output.js";
import type { PlannedCommand, TestRun } from "./test-plan.js";

/**
 * Runs a command of a test plan through the gate, under the profile `build` and with the rights of who validates.
 *
 * @param workspace - an absolute path: where it runs, and where its path arguments must stay
 * @param task - the packet, which is the task that quotas count for
 * @returns how it ended, with what it wrote as a report may hold it; a refusal says which rules objected and where
 * @requirement MEX-16
 */
export async function runPlanned(
  gate: Pick<Gate, "submit">,
  planned: PlannedCommand,
  workspace: string,
  task: string,
): Promise<TestRun> {
  const outcome = await gate.submit({
    channel: "local",
    command: planned.command,
    profile: "build",
    cwd: workspace,
    workspace,
    env: {},
    stdin: null,
    limits: {},
    credential: null,
    approvalId: null,
    task,
  });
  return { ...planned, ...(await resultOf(outcome, workspace)) };
}

/**
 * How a command ended, with what it wrote. The copy's own path says nothing to a reader, and differs from run to run.
 *
 * @requirement MEX-16
 */
async function resultOf(outcome: Outcome, workspace: string): Promise<Omit<TestRun, "command" | "row">> {
  if (outcome.kind === "refused") {
    const violations = outcome.violations.map(
      ({ rule, message, place }) => `${rule}: ${message}${place === null ? "" : ` (${place.file}:${place.row})`}`,
    );
    return { outcome: "refused", exit_code: null, stdout: "", stderr: "", violations };
  }
  const { end } = outcome;
  const [stdout, stderr] = await Promise.all([redactedOutput(end.stdout), redactedOutput(end.stderr)]);
  return {
    outcome: end.outcome,
    exit_code: end.exitCode,
    stdout: stdout.replaceAll(workspace, "."),
    stderr: stderr.replaceAll(workspace, "."),
    violations: [],
  };
}
