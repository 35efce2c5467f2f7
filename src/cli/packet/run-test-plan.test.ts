import { describe, expect, it } from "vitest";
import { validatePacket, validationReport } from "../../../conformance/packet/index.js";
import { packetText, packetWorld, validationOf } from "../../../conformance/packet/testdata/packet-world.js";
import type { Terminal } from "../terminal.js";
import { packetRepository } from "./open-packet.js";
import { runTestPlan } from "./run-test-plan.js";

const quiet: Terminal = {
  out: () => undefined,
  note: () => undefined,
  progress: () => undefined,
  paint: (_, text) => text,
  json: false,
  colour: false,
};

/** Validates a packet whose commands the real gate runs, in a copy of two files. Nothing is scanned. */
async function validate(tests: string) {
  using world = packetWorld();
  const repository = await packetRepository(world.root);
  const files = ["src/gate.ts", "src/grants.ts"];
  const text = packetText({ tests });
  const validation = await validatePacket({
    ...validationOf(world.root, text),
    runTests: (commands) => runTestPlan(repository, commands, files, "WP-1", quiet),
  });
  return { validation, report: validationReport(validation, 1) };
}

/** @requirement MEX-16 */
describe("the commands of a test plan", () => {
  it("are run by the real gate, and the report holds what they wrote", async () => {
    const { validation, report } = await validate(
      "## TEST_PLAN\n```sh\n$ echo hello gate\ngrep -c grants src/gate.ts\ngrep -c nowhere src/gate.ts\n```",
    );
    const run = { outcome: "exited", exit_code: 0, stderr: "", violations: [] };
    expect(validation.tests?.runs).toEqual([
      { ...run, command: "echo hello gate", row: 21, stdout: "hello gate\n" },
      { ...run, command: "grep -c grants src/gate.ts", row: 22, stdout: "2\n" },
      { ...run, command: "grep -c nowhere src/gate.ts", row: 23, stdout: "0\n", exit_code: 1 },
    ]);
    expect(report).toContain("`echo hello gate`: exit code 0\n\nstdout:\n\n```text\nhello gate\n```\n");
    expect(report).toContain("`grep -c nowhere src/gate.ts`: exit code 1\n\nstdout:\n\n```text\n0\n```\n");
    expect(validation.findings.map(({ rule, row }) => `${rule}@${row}`)).toEqual(["TEST-FAILED@23"]);
  });

  it("are refused by the real gate where the rules do not allow them, and the report says by which", async () => {
    const { validation, report } = await validate("## TEST_PLAN\n```\nrm -rf src\n```");
    expect(validation.tests?.runs).toMatchObject([
      { command: "rm -rf src", outcome: "refused", exit_code: null, stdout: "", stderr: "" },
    ]);
    expect(validation.tests?.runs[0]?.violations.length).toBeGreaterThan(0);
    expect(report).toContain("`rm -rf src`: refused\n- ");
    expect(validation.findings.map(({ rule }) => rule)).toEqual(["TEST-REFUSED"]);
  });
});
