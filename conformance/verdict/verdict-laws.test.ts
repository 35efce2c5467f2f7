import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parserOf, Report, statuses } from "../../src/index.js";
import { boundedText } from "./bounded-text.js";
import { checkExample, requirementExample, verdictExample, waiverExample } from "./testdata/verdict-example.js";
import { judgeRun } from "./verdict.js";
import type { VerdictInput } from "./verdict-input.js";

const ids = ["EXE-15", "HAR-02", "MEX-01", "SBX-01"];
const files = ["policies/a.rego", "src/b.ts"];
const someIds = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 });
const row = fc.integer({ min: 1, max: 30 });
const status = fc.constantFrom(...statuses);
const checkId = fc.constantFrom("a-001", "a-002", "b-001", "never-x");
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const place = fc
  .record({
    kind: fc.constantFrom("rule", "code", "test", "case", "attack", "measurement", "artifact", "inspection"),
    name: fc.oneof(checkId, fc.string({ maxLength: 8 })),
    file: fc.constantFrom(...files),
    row,
    length: fc.nat({ max: 5 }),
    requirements: someIds,
    unresolved: optional(fc.constant("row 1 is blank")),
    status: optional(status),
  })
  .map(({ length, unresolved, status: came, ...rest }) => ({
    ...rest,
    end_row: rest.row + length,
    ...(unresolved === undefined ? {} : { unresolved }),
    ...(came === undefined ? {} : { status: came }),
  }));
const check = fc
  .record({
    id: checkId,
    kind: fc.constantFrom("case", "attack", "differential", "fault", "test"),
    requirements: someIds,
    status,
    row,
    inputs: fc.nat({ max: 100 }),
    detail: optional(fc.string({ unit: "binary", maxLength: 20 })),
  })
  .map(({ detail, ...rest }) => checkExample({ ...rest, ...(detail === undefined ? {} : { detail }) }));
const waiver = fc
  .record({
    id: fc.constantFrom("waiver-001", "waiver-002"),
    requirement: fc.constantFrom(...ids, "NO-1"),
    rung: fc.constantFrom("cited", "passed", "executed"),
    expires: fc.constantFrom("2026-02-28", "2026-03-01", "2027-01-01"),
  })
  .map(waiverExample);
const requirements = fc
  .record({
    kept: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 }),
    levels: fc.array(fc.constantFrom("MUST", "SHOULD"), { minLength: 4, maxLength: 4 }),
    methods: fc.array(fc.constantFrom("mutation", "mutation", "measurement"), { minLength: 4, maxLength: 4 }),
    since: fc.array(fc.constantFrom("0.1", "0.1", "0.2"), { minLength: 4, maxLength: 4 }),
  })
  .map(({ kept, levels, methods, since }) =>
    kept.map((id, at) =>
      requirementExample({
        id,
        level: levels[at] ?? "MUST",
        method: methods[at] ?? "mutation",
        since: since[at] ?? "0.1",
      }),
    ),
  );
const input: fc.Arbitrary<VerdictInput> = fc
  .record({
    requirements,
    waivers: fc.array(waiver, { maxLength: 3 }),
    evidence: fc.array(place, { maxLength: 12 }),
    checks: fc.array(check, { maxLength: 8 }),
    executions: fc.array(
      fc.record({
        check: checkId,
        file: fc.constantFrom(...files),
        lines: fc.array(
          fc.tuple(row, fc.nat({ max: 4 })).map(([from, more]) => ({ from, to: from + more })),
          { maxLength: 4 },
        ),
      }),
      { maxLength: 5 },
    ),
    only: someIds,
  })
  .map(verdictExample);

/** The same things in another order. */
function shuffled(one: VerdictInput): fc.Arbitrary<VerdictInput> {
  const mix = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });
  return fc
    .record({
      requirements: mix(one.requirements),
      waivers: mix(one.waivers),
      evidence: mix(one.evidence),
      checks: mix(one.checks),
      executions: mix(one.executions),
      only: mix(one.only),
    })
    .map((mixed) => ({ ...one, ...mixed }));
}

const runs = { numRuns: 1000, seed: 20_260_301 };
const parseReport = parserOf(Report);

describe("for every run", () => {
  it("the report holds the contract, and fails exactly when there is a reason", () => {
    fc.assert(
      fc.property(input, (one) => {
        const report = judgeRun(one);
        expect(parseReport(report)).toMatchObject({ ok: true });
        expect(report.verdict).toBe(report.reasons.length === 0 ? "PASS" : "FAIL");
        expect(report.exit_code).toBe(Math.min(...report.reasons.map((reason) => reason.exit_code), 99) % 99);
      }),
      runs,
    );
  });

  it("the order of what goes in changes no byte", () => {
    fc.assert(
      fc.property(
        input.chain((one) => fc.tuple(fc.constant(one), shuffled(one))),
        ([one, other]) => {
          expect(JSON.stringify(judgeRun(other))).toBe(JSON.stringify(judgeRun(one)));
        },
      ),
      runs,
    );
  });

  it("a failing check always fails it, whatever is waived", () => {
    fc.assert(
      fc.property(input, check, (one, added) => {
        const report = judgeRun({ ...one, checks: [...one.checks, { ...added, status: "fail" }] });
        expect(report).toMatchObject({ verdict: "FAIL", exit_code: 2 });
      }),
      runs,
    );
  });

  it("a check that gets worse, a place that stops resolving, or lines that stop running never turn FAIL into PASS", () => {
    fc.assert(
      // Without waivers: one that was not needed may be needed once something is worse.
      fc.property(input, fc.nat(), (any, at) => {
        const one = { ...any, waivers: [] };
        fc.pre(judgeRun(one).verdict === "FAIL");
        const checks = one.checks.map((item, index) =>
          index === at % 8 ? { ...item, status: "fail" as const } : item,
        );
        const evidence = one.evidence.map((item, index) =>
          index === at % 12 ? { ...item, unresolved: "gone" } : item,
        );
        const executions = one.executions.filter((_, index) => index !== at % 5);
        for (const worse of [{ checks }, { evidence }, { executions }]) {
          expect(judgeRun({ ...one, ...worse }).verdict).toBe("FAIL");
        }
      }),
      runs,
    );
  });

  it("no requirement in force passes without something that passed", () => {
    fc.assert(
      fc.property(input, (one) => {
        for (const found of judgeRun(one).requirements) {
          if (found.status !== "pass" || found.method !== "mutation") continue;
          const trials = found.evidence.filter((each) => ["case", "attack", "test"].includes(each.kind));
          expect(trials.some((each) => each.status === "pass")).toBe(true);
          expect(found.evidence.some((each) => each.status === "fail" || each.status === "unverified")).toBe(false);
        }
      }),
      runs,
    );
  });
});

describe("bounded text", () => {
  it("is never longer than its bound nor cut through a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), fc.integer({ min: 1, max: 30 }), (text, bound) => {
        const cut = boundedText(text, bound);
        expect(cut.length).toBeLessThanOrEqual(bound);
        expect(cut.isWellFormed()).toBe(true);
        if (text.length <= bound) expect(cut).toBe(text.toWellFormed());
      }),
    );
  });
});
