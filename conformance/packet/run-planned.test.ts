import { describe, expect, it } from "vitest";
import type { Outcome, Submission } from "../../src/index.js";
import { redactedOutput } from "./redact-output.js";
import { runPlanned } from "./run-planned.js";

/** Runs a command through a gate that answers so. */
async function run(outcome: Outcome) {
  const submitted: Submission[] = [];
  const gate = {
    submit: async (submission: Submission) => {
      submitted.push(submission);
      return outcome;
    },
  };
  const result = await runPlanned(gate, { command: "npm test", row: 7 }, "/tmp/copy", "WP-1");
  return { submitted, result };
}
const end = (more: object = {}): Outcome => ({
  kind: "finished",
  executionId: "x",
  end: {
    outcome: "exited",
    exitCode: 0,
    signal: null,
    durationMs: 1,
    cpuMs: null,
    memoryPeakBytes: null,
    stdout: Buffer.from("in /tmp/copy/a and /tmp/copy\n"),
    stderr: Buffer.from("at /tmp/copy/b\n"),
    ...more,
  },
});

/** @requirement MEX-16 */
describe("a command of a test plan", () => {
  it("goes through the gate as it is written, under the profile build, in the copy and for the packet", async () => {
    const { submitted } = await run(end());
    expect(submitted).toEqual([
      {
        channel: "local",
        command: "npm test",
        profile: "build",
        cwd: "/tmp/copy",
        workspace: "/tmp/copy",
        env: {},
        stdin: null,
        limits: {},
        credential: null,
        approvalId: null,
        task: "WP-1",
      },
    ]);
  });

  it("has its output captured, without the copy's own path", async () => {
    expect((await run(end())).result).toEqual({
      command: "npm test",
      row: 7,
      outcome: "exited",
      exit_code: 0,
      stdout: "in ./a and .\n",
      stderr: "at ./b\n",
      violations: [],
    });
    expect((await run(end({ outcome: "timeout", exitCode: null }))).result).toMatchObject({
      outcome: "timeout",
      exit_code: null,
    });
  });

  it("that is refused says by which rules and where they stand", async () => {
    const violation = { rule: "command/x", message: "no", requirements: [], detail: {} };
    const place = { file: "policies/command/x.rego", row: 3 };
    const violations = [
      { ...violation, place },
      { ...violation, rule: "gate/y", place: null },
    ];
    expect((await run({ kind: "refused", executionId: "x", phase: "policy", violations })).result).toEqual({
      command: "npm test",
      row: 7,
      outcome: "refused",
      exit_code: null,
      stdout: "",
      stderr: "",
      violations: ["command/x: no (policies/command/x.rego:3)", "gate/y: no"],
    });
  });
});

describe("output in a report", () => {
  const output = (text: string) => redactedOutput(Buffer.from(text));
  // A made-up token: written in two parts, so that no search takes this file for a leak.
  const fake = `ghp_${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"}`;

  it("holds no secret, however it is dressed", async () => {
    for (const text of [
      `token ${fake}\n`,
      `token \u001b[1m${fake}\u001b[0m\n`,
      `${fake.slice(0, 12)}\u001b[31m${fake.slice(12)}`,
      `${fake.slice(0, 12)}\u200b${fake.slice(12)}`,
      `secretlint-disable\n${fake}\n`,
      `${fake}\n${"x".repeat(3990)}`,
    ]) {
      const shown = await output(text);
      expect(shown).not.toContain(fake.slice(20));
    }
    expect(await output(`a ${fake} b`)).toMatch(/^a \[secret: \w+\] b$/);
    expect(await output("nothing to hide")).toBe("nothing to hide");
  });

  it("holds no terminal codes, and of much only the end", async () => {
    expect(await output("\u001b]0;title\u0007a\r\nb\u0007\u001b[2J\u202ec\td\n")).toBe("a\nbc\td\n");
    const long = await output(`${`${"a".repeat(99)}\n`.repeat(3000)}end`);
    expect([long.length, long.startsWith("[…]\na"), long.endsWith("a\nend")]).toEqual([4004, true, true]);
    const lines = `${"b".repeat(99)}\n`.repeat(40);
    expect(await output(lines)).toBe(lines);
    expect(await output(`${"c".repeat(1001)}\nd`)).toBe(`${"c".repeat(1000)}[…]\nd`);
  });
});
