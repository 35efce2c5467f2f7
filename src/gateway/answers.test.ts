import { describe, expect, it } from "vitest";
import type { CitedViolation, ExecutionEnd, Outcome } from "../gate/index.js";
import { answerOf, leading, reasonOf, retryAfterS, statusOf } from "./answers.js";

const violation = (rule: string, detail: Record<string, unknown> = {}, message = rule): CitedViolation => ({
  rule,
  message,
  requirements: [],
  detail,
  place: null,
});
const ended = (over: Partial<ExecutionEnd> = {}): Outcome => ({
  kind: "finished",
  executionId: "execution-1",
  end: {
    outcome: "exited",
    exitCode: 0,
    signal: null,
    durationMs: 12.4,
    cpuMs: null,
    memoryPeakBytes: null,
    stdout: Buffer.from("test\n"),
    stderr: Buffer.from(""),
    ...over,
  },
});
const refused = (...violations: CitedViolation[]): Outcome => ({
  kind: "refused",
  executionId: "execution-1",
  phase: "policy",
  violations,
});

// @requirement EXE-01
describe("a command that went well", () => {
  it("is answered with its output less one trailing line end", () => {
    expect(answerOf(ended(), [], 0)).toEqual({
      status: 200,
      body: { success: true, output: "test", execution_id: "execution-1" },
    });
    const outputOf = (text: string) => answerOf(ended({ stdout: Buffer.from(text) }), [], 0).body.output;
    expect(outputOf("a\n\n")).toBe("a\n");
    expect(outputOf("a\r\n")).toBe("a");
    expect(outputOf("\na")).toBe("\na");
    expect(outputOf("")).toBe("");
  });

  it("is answered with its exact bytes, its time and no violations where that is asked for", () => {
    expect(answerOf(ended(), ["stdout", "duration_ms", "violations"], 0).body).toEqual({
      success: true,
      output: "test",
      execution_id: "execution-1",
      stdout: "test\n",
      duration_ms: 12,
      violations: [],
    });
    expect(answerOf(ended({ stdout: Buffer.from([0xff, 0x0a]) }), ["stdout"], 0).body).toMatchObject({
      output: "\ufffd",
      stdout_base64: "/wo=",
    });
  });
});

// @requirement EXE-01
// @requirement EXE-13
describe("a command that failed", () => {
  it("is answered with its exit code and always its standard error", () => {
    const end = { exitCode: 3, stdout: Buffer.from("half\n"), stderr: Buffer.from("no\n") };
    expect(answerOf(ended(end), [], 0)).toEqual({
      status: 200,
      body: {
        success: false,
        error: "The command failed",
        outcome: "exited",
        exit_code: 3,
        stderr: "no\n",
        output: "half",
        execution_id: "execution-1",
      },
    });
  });

  it.each([
    ["signalled", "The command was ended by a signal"],
    ["timeout", "The command took too long"],
    ["output_limit", "The command wrote too much"],
    ["stopped", "The command was stopped"],
    ["interrupted", "The command was interrupted"],
    ["not_started", "The command did not run"],
  ] as const)("is told how it ended: %s", (outcome, error) => {
    expect(answerOf(ended({ outcome, exitCode: null }), [], 0).body).toMatchObject({
      success: false,
      error,
      outcome,
      exit_code: null,
      stderr: "",
    });
  });

  it("is no success because it exited, nor because it has the exit code 0", () => {
    expect(answerOf(ended({ outcome: "timeout", exitCode: 0 }), [], 0).body.success).toBe(false);
  });
});

// @requirement EXE-12
describe("why a credential was refused", () => {
  it.each([
    ["token/missing", "missing", 401],
    ["token/malformed", "malformed", 401],
    ["token/forged", "forged", 401],
    ["token/wrong_type", "forged", 401],
    ["token/wrong_issuer", "forged", 401],
    ["token/wrong_audience", "forged", 401],
    ["token/lifetime_too_long", "forged", 401],
    ["token/expired", "expired", 401],
    ["token/not_yet_valid", "not_yet_valid", 401],
    ["token/issued_in_future", "not_yet_valid", 401],
    ["token/replay", "replay", 401],
    ["token/replayed", "replay", 401],
    ["token/issued_before_store", "replay", 401],
    ["gate/replay", "replay", 401],
    ["token/wrong_subject", "wrong_binding", 403],
    ["token/wrong_binding", "wrong_binding", 401],
    ["token/approval_mismatch", "wrong_binding", 403],
    ["token/command_mismatch", "wrong_binding", 403],
    ["token/bundle_mismatch", "wrong_binding", 403],
    ["token/revoked", "revoked", 401],
    ["approval/revoked", "revoked", 403],
    ["command/not_allowed", undefined, 403],
  ])("%s", (rule, reason, status) => {
    expect(reasonOf([violation("quota/exceeded"), violation(rule)])).toBe(reason);
    expect(statusOf(violation(rule))).toBe(status);
  });

  it("is nothing where nobody objected", () => {
    expect(reasonOf([])).toBeUndefined();
  });
});

describe("the status of a refusal", () => {
  it("is 429 for rates and 403 for other quotas", () => {
    expect(statusOf(violation("quota/exceeded", { resource: "executions" }))).toBe(429);
    expect(statusOf(violation("gate/quota", { resource: "executions" }))).toBe(429);
    expect(statusOf(violation("quota/exceeded", { resource: "cpu_ms" }))).toBe(403);
    expect(statusOf(violation("quota/exceeded"))).toBe(403);
  });

  it("is the error table's where the gate itself refused", () => {
    expect(statusOf(violation("gate/store"))).toBe(503);
    expect(statusOf(violation("request/malformed"))).toBe(400);
    expect(statusOf(violation("constructor"))).toBe(403);
  });

  it("comes from what leads: stores, then who asks, then what is asked", () => {
    const rules = ["command/not_allowed", "quota/exceeded", "token/expired", "gate/store"].map((rule) =>
      violation(rule, { resource: "executions" }),
    );
    expect(leading(rules)?.rule).toBe("gate/store");
    expect(leading(rules.slice(0, 3))?.rule).toBe("token/expired");
    expect(leading(rules.slice(0, 2))?.rule).toBe("quota/exceeded");
    expect(leading(rules.slice(0, 1))?.rule).toBe("command/not_allowed");
    expect(leading([])).toBeUndefined();
  });
});

// @requirement EXE-02
it("answers an expired token with 401 and its name, whatever else is wrong", () => {
  const both = [violation("command/not_allowed"), violation("token/expired", {}, "Token expired")];
  expect(answerOf(refused(...both), [], 0)).toEqual({
    status: 401,
    body: { success: false, error: "Token expired", code: "token/expired", execution_id: "execution-1" },
  });
});

describe("a refusal", () => {
  it("says when a rate frees, in whole seconds from 1", () => {
    const over = (frees_at_ms: unknown) => violation("quota/exceeded", { resource: "executions", frees_at_ms });
    expect(answerOf(refused(over(3500)), [], 1000)).toMatchObject({ status: 429, retryAfterS: 3 });
    expect(retryAfterS(over(1000), 1000)).toBe(1);
    expect(retryAfterS(over(null), 1000)).toBeUndefined();
    expect(answerOf(refused(over(null)), [], 1000)).not.toHaveProperty("retryAfterS");
  });

  it("shows its violations with the policy's lines where that is asked for", () => {
    const place = { file: "command/argv.rego", row: 7 };
    const { body } = answerOf(refused({ ...violation("command/not_allowed"), place }), ["violations"], 0);
    expect(body.violations).toEqual([
      { rule: "command/not_allowed", message: "command/not_allowed", requirements: [], detail: {}, ...place },
    ]);
    const { body: unplaced } = answerOf(refused(violation("gate/store")), ["violations"], 0);
    expect(unplaced.violations).toEqual([{ rule: "gate/store", message: "gate/store", requirements: [], detail: {} }]);
  });

  it("without a reason is our mistake", () => {
    expect(answerOf(refused(), [], 0)).toMatchObject({ status: 500, body: { code: "internal/bug" } });
  });
});
