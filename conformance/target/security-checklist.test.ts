import { describe, expect, it } from "vitest";
import {
  failingItems,
  reviewVerdict,
  type SecurityItem,
  secretStatus,
  securityChecklist,
  speaksFor,
  statusOf,
  type TargetResult,
} from "./index.js";
import { resultExample } from "./testdata/result-example.js";

const clean = { files: 3, findings: [] };
const good: readonly TargetResult[] = [
  resultExample("http-tokens-a", ["EXE-03"]),
  resultExample("http-tokens-b", ["EXE-02"]),
  resultExample("http-replay-a", ["EXE-04"]),
  resultExample("http-allowlist-a", ["EXE-15"]),
  resultExample("http-execute-recorded", ["EXE-09"]),
  resultExample("http-leaks-a", ["EXE-16"]),
];
const statuses = (results: readonly TargetResult[], secrets: Parameters<typeof securityChecklist>[1] = clean) =>
  Object.fromEntries(securityChecklist(results, secrets).map(({ id, status }) => [id, status]));
const allYes = {
  signature_validation: "yes",
  expiry: "yes",
  single_use: "yes",
  injection_prevention: "yes",
  audit_complete: "yes",
  errors_leak_nothing: "yes",
  no_hard_coded_secret: "yes",
};

// @requirement EXE-26
describe("the security checklist", () => {
  it("has seven items, each computed from checks of its own", () => {
    expect(statuses(good)).toEqual(allYes);
    expect(securityChecklist(good, clean).map(({ title }) => title)).toEqual([
      "Signatures are validated",
      "Tokens expire",
      "A token is good for one execution",
      "Nothing is injected",
      "The audit is complete",
      "Errors leak nothing",
      "No secret is hard-coded",
    ]);
  });

  it.each<[number, SecurityItem]>([
    [0, "signature_validation"],
    [1, "expiry"],
    [2, "single_use"],
    [3, "injection_prevention"],
    [4, "audit_complete"],
    [5, "errors_leak_nothing"],
  ])("of which one fails with its check, and cannot be told without it (%i, %s)", (index, item) => {
    const failing = good.with(
      index,
      resultExample(`${good[index]?.check.id}`, good[index]?.check.requirements ?? [], "fail"),
    );
    expect(statuses(failing)).toEqual({ ...allYes, [item]: "no" });
    expect(statuses(good.toSpliced(index, 1))).toEqual({ ...allYes, [item]: "unknown" });
  });

  it("tells apart whom a check speaks for by its theme and its requirement", () => {
    const one = (id: string, requirement: string) => resultExample(id, [requirement]);
    expect(speaksFor(one("http-tokens-a", "EXE-03"), "signature_validation")).toBe(true);
    expect(speaksFor(one("http-tokens-a", "EXE-03"), "expiry")).toBe(false);
    expect(speaksFor(one("http-access-a", "EXE-03"), "signature_validation")).toBe(false);
    expect(speaksFor(one("x-http-tokens-a", "EXE-03"), "signature_validation")).toBe(false);
    expect(speaksFor(one("http-wire-a", "EXE-18"), "injection_prevention")).toBe(true);
    expect(speaksFor(resultExample("http-wire-a", ["EXE-01", "EXE-14"]), "injection_prevention")).toBe(true);
    expect(speaksFor(one("http-wire-a", "EXE-18"), "no_hard_coded_secret")).toBe(false);
  });

  it("says what an item was computed from", () => {
    const [pass, skip, fail] = (["pass", "skip", "fail"] as const).map((status) =>
      resultExample("http-a", ["EXE-03"], status),
    );
    if (pass === undefined || skip === undefined || fail === undefined) throw new Error("no examples");
    expect(statusOf([pass, pass, skip])).toEqual({ status: "yes", findings: ["2 checks passed"] });
    expect(statusOf([pass, fail])).toEqual({ status: "no", findings: ["http-a: because"] });
    expect(statusOf([skip])).toEqual({ status: "unknown", findings: ["none of its checks could be run"] });
    expect(statusOf(Array.from({ length: 30 }, () => fail)).findings).toHaveLength(20);
  });

  it("holds no secret where somebody searched and found none", () => {
    expect(secretStatus(clean)).toEqual({ status: "yes", findings: ["no secret in 3 files"] });
    expect(secretStatus({ files: 3, findings: ["a.ts:1: a secret"] })).toEqual({
      status: "no",
      findings: ["a.ts:1: a secret"],
    });
    expect(secretStatus({ files: 3, findings: Array.from({ length: 30 }, () => "x") }).findings).toHaveLength(20);
    expect(secretStatus({ files: 0, findings: [] })).toEqual({ status: "unknown", findings: ["nothing was searched"] });
    expect(secretStatus(undefined)).toEqual({ status: "unknown", findings: ["nothing was searched"] });
  });

  it("fails a run with what fails, and not with what cannot be told", () => {
    const items = securityChecklist(good.with(2, resultExample("http-replay-a", ["EXE-04"], "fail")), undefined);
    expect(failingItems(items).map(({ id }) => id)).toEqual(["single_use"]);
  });

  it("passes when all of it holds and somebody has signed this very one", () => {
    const items = securityChecklist(good, clean);
    expect(reviewVerdict(items, { checklist_sha256: "a" }, "a")).toBe("pass");
    expect(reviewVerdict(items, { checklist_sha256: "b" }, "a")).toBe("unsigned");
    expect(reviewVerdict(items, null, "a")).toBe("unsigned");
    expect(reviewVerdict(securityChecklist(good, undefined), { checklist_sha256: "a" }, "a")).toBe("fail");
  });
});
