import { expect, it } from "vitest";
import { regoTestPlaces } from "./rego-tests.js";

type Tests = Parameters<typeof regoTestPlaces>[0];
const known = new Set(["MEX-01", "MEX-03"]);
const file = "policies/quota/quota_test.rego";
const test: Tests[number] = {
  package: "quota_test",
  name: "test_deny_over_limit",
  file,
  row: 9,
  end_row: 12,
  status: "pass",
  duration_ns: 1,
  fail: null,
  covered: {},
};
const whole = { file, package: "quota_test", scope: "package", row: 1, ids: ["MEX-03"], targets: [] };
const single = { file, package: "quota_test", scope: "rule", row: 7, ids: ["MEX-01"], targets: [{ row: 9 }] };
const place = { kind: "test", name: "data.quota_test.test_deny_over_limit", file, row: 9, end_row: 12 };
const found = (tests: Tests, citations: Parameters<typeof regoTestPlaces>[1]) =>
  regoTestPlaces(tests, citations, known);

it("gives each test that cites, itself or by its package, with what came of it", () => {
  expect(found([test], [whole, single])).toEqual({
    places: [{ ...place, title: [place.name], requirements: ["MEX-01", "MEX-03"], status: "pass" }],
    problems: [],
  });
  expect(found([test, { ...test, name: "test_b", row: 20 }], [single]).places).toHaveLength(1);
  const elsewhere = { ...test, file: "policies/quota/more_test.rego" };
  expect(found([elsewhere], [whole]).places).toMatchObject([{ requirements: ["MEX-03"] }]);
  expect(found([elsewhere], [single]).places).toEqual([]);
  expect(found([{ ...test, package: "token_test" }], [whole]).places).toEqual([]);
});

it.each<[string, Partial<Tests[number]>, object]>([
  [
    "fails",
    { status: "fail", fail: { file, row: 10, expr: "count(v) == 1" } },
    { status: "fail", detail: `count(v) == 1 does not hold at ${file}:10` },
  ],
  ["fails without a place", { status: "fail" }, { status: "fail", detail: "the test failed" }],
  ["breaks", { status: "error", error: "divide by zero" }, { status: "fail", detail: "divide by zero" }],
  ["is skipped", { status: "skip" }, { status: "skip", detail: "the test was skipped" }],
])("says when a test %s", (_, over, outcome) => {
  expect(found([{ ...test, ...over }], [whole]).places).toMatchObject([outcome]);
});

it("reports an id that nobody has, and a citation for tests that are not there", () => {
  expect(found([test], [{ ...whole, ids: ["NO-1"] }])).toEqual({
    places: [],
    problems: [
      {
        code: "evidence/unresolved",
        message: "NO-1 is cited here, and no specification has it",
        place: { file, row: 1 },
      },
    ],
  });
  expect(found([], [whole]).problems).toMatchObject([{ message: "the METADATA cites for tests, and there are none" }]);
});
