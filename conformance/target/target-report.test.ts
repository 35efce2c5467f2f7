import { describe, expect, it } from "vitest";
import { parserOf, Report } from "../../src/index.js";
import { bypassesOf, bypassFigure, checkResultOf, reasonsOf, securityChecklist, targetReport } from "./index.js";
import { resultExample } from "./testdata/result-example.js";

const twin = resultExample("http-execute-valid", ["EXE-01"], "pass", { twin: true });
const refusal = resultExample("http-tokens-a", ["EXE-03"]);
const bypass = resultExample("http-tokens-b", ["EXE-03"], "fail", { bypass: true });
const skipped = resultExample("http-decisions-a", ["WFL-02"], "skip");
const source = { doc: "card", section: "one" };
const requirement = (id: string) =>
  ({ id, rev: 1, level: "MUST", method: "mutation", text: "The gate MUST.", source, since: "0.3" }) as const;
const reported = (results: Parameters<typeof bypassesOf>[0]) =>
  targetReport({
    product: { name: "a gateway", version: "unknown" },
    requirements: ["EXE-01", "EXE-03", "EXE-20", "WFL-02"].map(requirement),
    results,
    checklist: [],
    only: [],
  });

// @requirement HAR-12
describe("a report of a run over HTTP", () => {
  it("has the form of every other, and a requirement is as its checks are", () => {
    const report = reported([twin, refusal, bypass, skipped]);
    expect(parserOf(Report)(report)).toMatchObject({ ok: true });
    expect(report.requirements.map(({ id, status, reached }) => [id, status, reached.at(-1)])).toEqual([
      ["EXE-01", "pass", "passed"],
      ["EXE-03", "fail", "resolved"],
      ["WFL-02", "skip", "resolved"],
    ]);
    expect(report.requirements[1]).toMatchObject({
      gaps: ["passed: http-tokens-b: claims http-tokens-b"],
      evidence: [
        { name: "http-tokens-a", status: "pass" },
        { name: "http-tokens-b", status: "fail", detail: "because" },
      ],
    });
    expect(report).toMatchObject({
      verdict: "FAIL",
      exit_code: 2,
      totals: { bypasses: 1, checks: { pass: 2, fail: 1, skip: 1 } },
    });
    expect(reported([twin, refusal])).toMatchObject({ verdict: "PASS", exit_code: 0, reasons: [] });
  });

  it("counts each request as an input, and keeps what was told", () => {
    expect(checkResultOf(bypass)).toEqual({
      id: "http-tokens-b",
      kind: "case",
      title: "claims http-tokens-b",
      requirements: ["EXE-03"],
      status: "fail",
      file: "checks/x.ts",
      row: 1,
      inputs: 2,
      detail: "because",
    });
    expect(checkResultOf(refusal)).not.toHaveProperty("detail");
  });
});

// @requirement HAR-12, EXE-26
it("a run fails with a check (2) or an item of the checklist (2), and is empty without passes or twins (7)", () => {
  const codes = (...results: Parameters<typeof bypassesOf>[0]) => reasonsOf(results, []);
  expect(codes(twin, refusal)).toEqual([]);
  expect(codes(twin, bypass)).toEqual([{ exit_code: 2, text: "1 checks failed" }]);
  expect(codes(bypass)).toEqual([{ exit_code: 2, text: "1 checks failed" }]);
  expect(codes(skipped)).toEqual([{ exit_code: 7, text: "nothing could be run" }]);
  expect(codes()).toEqual([{ exit_code: 7, text: "nothing could be run" }]);
  expect(codes(refusal)).toEqual([{ exit_code: 7, text: "nothing shows that it lets anything through" }]);
  expect(codes(refusal, { ...twin, verdict: { status: "skip", detail: "" } })).toHaveLength(1);
  const checklist = securityChecklist([], { files: 1, findings: ["a secret"] });
  const insecure = { exit_code: 2, text: "security: No secret is hard-coded" };
  expect(reasonsOf([twin], checklist)).toEqual([insecure]);
  expect(reasonsOf([twin, bypass], checklist)).toEqual([{ exit_code: 2, text: "1 checks failed" }, insecure]);
  expect(reasonsOf([], checklist)[0]).toEqual(insecure);
});

// @requirement EXE-22
it("bypasses are attempts that got through, out of all that were made", () => {
  const wrongStatus = resultExample("http-tokens-c", ["EXE-03"], "fail");
  const brokenTwin = resultExample("http-execute-b", ["EXE-01"], "fail", { twin: true, bypass: true });
  expect(bypassesOf([twin, refusal, bypass, skipped, wrongStatus, brokenTwin])).toEqual({ attempts: 3, bypasses: 1 });
  expect(bypassesOf([])).toEqual({ attempts: 0, bypasses: 0 });
  const figure = { name: "bypass attempts over HTTP that are blocked", unit: "%", bar: "100 %" };
  expect(bypassFigure([refusal, refusal, refusal, bypass])).toEqual({ ...figure, value: 75, met: false });
  expect(bypassFigure([twin, refusal])).toEqual({ ...figure, value: 100, met: true });
  expect(bypassFigure([twin])).toEqual({ ...figure, value: 0, skipped: "no attempt was made" });
});
