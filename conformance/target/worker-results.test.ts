import { describe, expect, it } from "vitest";
import type { Exchange } from "./index.js";
import {
  auditSample,
  closingLine,
  coveredPercent,
  minutesBetween,
  outcomeOf,
  type ResultsInput,
  responseTimeMs,
  said,
  statusOfRun,
  unitTests,
  workerResults,
} from "./index.js";
import { resultExample } from "./testdata/result-example.js";

const exchange = (path: string, status: number, json: unknown = {}, durationMs = 1): Exchange => ({
  request: { method: "POST", path },
  answer: { status, headers: {}, text: "", json, durationMs },
});
const lines = (...counts: number[]) => ({
  file: "src/token/a.ts",
  hits: new Map(counts.map((count, line) => [line + 1, count])),
});
const resultOf = (status: "pass" | "fail" | "skip") => ({ file: "a.test.ts", name: "holds", status });
const security = { verdict: "pass", items: [], checklist_sha256: "0".repeat(64), signed_off: null } as const;
const ended = { execution_id: "abc", end: { outcome: "exited" } };
const input: ResultsInput = {
  workerId: "worker-001",
  task: "Execution gateway",
  results: [
    resultExample("http-execute-valid", ["EXE-01"], "pass", { twin: true }),
    resultExample("http-tokens-expired", ["EXE-02"]),
    resultExample("http-tokens-forged", ["EXE-03"]),
    resultExample("http-replay-sequence", ["EXE-04"]),
    resultExample("http-execute-recorded", ["EXE-09"], "pass", { twin: true }),
  ],
  exchanges: [exchange("/gateway/execute", 200, {}, 12.34), exchange("/executions/abc", 200, ended)],
  tests: [resultOf("pass"), resultOf("skip")],
  coverage: [lines(1, 1, 0)],
  deliverables: ["src/gateway/answers.ts"],
  security,
  startedMs: 1_767_787_200_000,
  nowMs: 1_767_787_290_000,
  humanOperator: "Ann Example",
  aiAssistance: "none",
};
const computed = (more: Partial<ResultsInput> = {}) => workerResults({ ...input, ...more });

// @requirement EXE-20
describe("worker results", () => {
  it("have the source's form, computed from the run", () => {
    expect(computed()).toEqual({
      ok: true,
      value: {
        worker_id: "worker-001",
        task: "Execution gateway",
        status: "pass",
        deliverables_created: ["src/gateway/answers.ts"],
        test_results: {
          unit_tests_pass: true,
          coverage_percent: 66.6,
          manual_valid_token_test: true,
          manual_expired_token_test: true,
          manual_forged_token_test: true,
          manual_replay_token_test: true,
          audit_log_write: true,
        },
        evidence: {
          pytest_output: "Tests  0 failed | 1 passed | 1 skipped (2)",
          audit_log_sample: ended,
          gateway_response_time_ms: 12.3,
        },
        duration_minutes: 1.5,
        timestamp: "2026-01-07T12:01:30.000Z",
        human_operator: "Ann Example",
        ai_assistance: "none",
        bypasses: { attempts: 3, bypasses: 0 },
        security,
      },
    });
  });

  it.each([
    [0, "manual_valid_token_test"],
    [1, "manual_expired_token_test"],
    [2, "manual_forged_token_test"],
    [3, "manual_replay_token_test"],
    [4, "audit_log_write"],
  ] as const)("fail with check %i under %s alone, and say so where it was not run", (index, name) => {
    const { check } = input.results[index] ?? resultExample("none", []);
    const failing = computed({
      results: input.results.with(index, resultExample(check.id, check.requirements, "fail")),
    });
    if (!failing.ok) throw new Error("not computed");
    expect(failing.value.status).toBe("fail");
    expect(Object.entries(failing.value.test_results).filter(([, value]) => value === false)).toEqual([[name, false]]);
    const missing = computed({
      results: input.results.with(index, resultExample(check.id, check.requirements, "skip")),
    });
    expect(missing).toMatchObject({ ok: false, error: [{ code: "usage/missing" }] });
  });

  it("are not computed from nothing: each thing that is missing is told, and none made up", () => {
    const nothing = computed({
      results: [],
      exchanges: [],
      tests: [],
      coverage: [],
      humanOperator: " ",
      aiAssistance: "",
    });
    expect(nothing.ok ? [] : nothing.error.map(({ message }) => message)).toEqual([
      "no test of a valid token could be run against this gateway",
      "no test of an expired token could be run against this gateway",
      "no test of forged tokens could be run against this gateway",
      "no test of a token that was used could be run against this gateway",
      "no test of what is recorded could be run against this gateway",
      "the test results hold no test that ran",
      "the coverage speaks of no line of the files asked for",
      "no record of an execution could be read from this gateway",
      "nothing was executed, so that there is no response time",
      "the name of the human operator and what assistance an AI gave must be said",
    ]);
    for (const more of [
      { tests: [] },
      { coverage: [] },
      { exchanges: [] },
      { humanOperator: "" },
      { deliverables: [] },
    ]) {
      expect(computed(more).ok).toBe(false);
    }
  });
});

// @requirement EXE-20, EXE-26
it("a run passes when its checks, its unit tests and its security review do", () => {
  expect(statusOfRun(input, true)).toBe("pass");
  expect(statusOfRun(input, false)).toBe("fail");
  expect(statusOfRun({ ...input, results: [resultExample("http-a", [], "fail")] }, true)).toBe("fail");
  expect(statusOfRun({ ...input, security: { ...security, verdict: "fail" } }, true)).toBe("fail");
  expect(statusOfRun({ ...input, security: { ...security, verdict: "unsigned" } }, true)).toBe("fail");
});

// @requirement EXE-20
describe("each part of them", () => {
  it("tests pass when none of those meant failed, and at least one ran", () => {
    const results = [resultExample("a", []), resultExample("b", [], "fail"), resultExample("c", [], "skip")];
    const only = (...ids: string[]) => outcomeOf(results, ({ check }) => ids.includes(check.id), "of it");
    expect(only("a", "c")).toEqual({ ok: true, value: true });
    expect(only("a", "b")).toEqual({ ok: true, value: false });
    expect(only("c")).toEqual({ ok: false, error: "no test of it could be run against this gateway" });
  });

  it("unit tests pass when some ran and none failed", () => {
    expect(unitTests([resultOf("pass"), resultOf("skip")])).toEqual({ ok: true, value: true });
    expect(unitTests([resultOf("pass"), resultOf("fail")])).toEqual({ ok: true, value: false });
    expect(unitTests([resultOf("skip")]).ok).toBe(false);
    expect(closingLine([resultOf("fail"), resultOf("pass"), resultOf("pass"), resultOf("skip")])).toBe(
      "Tests  1 failed | 2 passed | 1 skipped (4)",
    );
  });

  it("coverage is rounded down: a bar is not met by rounding", () => {
    expect(coveredPercent([lines(1, 2), lines(0)])).toEqual({ ok: true, value: 66.6 });
    expect(coveredPercent([lines(1)])).toEqual({ ok: true, value: 100 });
    expect(coveredPercent([lines()])).toEqual({
      ok: false,
      error: "the coverage speaks of no line of the files asked for",
    });
  });

  it("the audit's sample is the last record of an execution that ran", () => {
    const other = { execution_id: "first", end: { outcome: "exited" } };
    const refused = exchange("/executions/refused", 200, { state: "refused", end: null });
    expect(
      auditSample([exchange("/executions/a", 200, other), exchange("/executions/b", 200, ended), refused]),
    ).toEqual({
      ok: true,
      value: ended,
    });
    for (const none of [
      refused,
      exchange("/executions/a", 404, ended),
      exchange("/approvals", 200, ended),
      exchange("/executions/a", 200, 7),
    ]) {
      expect(auditSample([none]).ok).toBe(false);
    }
  });

  it("the response time is the 95th percentile of what ran", () => {
    const times = Array.from({ length: 20 }, (_, index) => exchange("/gateway/execute", 200, {}, 20 - index + 0.04));
    expect(responseTimeMs(times)).toEqual({ ok: true, value: 19 });
    expect(responseTimeMs([exchange("/gateway/execute", 200, {}, 1.26)])).toEqual({ ok: true, value: 1.3 });
    expect(responseTimeMs([exchange("/gateway/execute", 401), exchange("/approvals", 200)]).ok).toBe(false);
  });

  it("minutes are to a hundredth, and both names must be said", () => {
    expect(minutesBetween(1_000, 61_000)).toBe(1);
    expect(minutesBetween(0, 1_500)).toBe(0.03);
    expect(said("Ann", "none")).toEqual({ ok: true, value: null });
    expect(said(" ", "none")).toEqual({ ok: false, error: "the name of the human operator must be said" });
    expect(said("Ann", "\t")).toEqual({ ok: false, error: "what assistance an AI gave must be said" });
  });
});
