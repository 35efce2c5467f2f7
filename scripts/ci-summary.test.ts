import { expect, it } from "vitest";
import { countJunit, countReport, total } from "./ci-summary.js";

const junit = (cases: string) =>
  `<?xml version="1.0"?><testsuites><testsuite name="a.test.ts">${cases}</testsuite></testsuites>`;

it("counts what ran, what failed and what was skipped", () => {
  const text = junit(
    '<testcase classname="a.test.ts" name="a"/><testcase classname="a.test.ts" name="b"><failure message="no"/></testcase><testcase classname="a.test.ts" name="c"><skipped/></testcase>',
  );
  expect(countJunit(text)).toEqual({ passed: 1, failed: 1, skipped: 1 });
});

it("takes results that are not there for a failure", () => {
  expect(countJunit("")).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(countJunit(junit(""))).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(countReport("{}")).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

it("counts a report's checks and its verdict", () => {
  const checks = ["pass", "xfail", "xpass", "fail", "skip"].map((status) => ({ status }));
  expect(countReport(JSON.stringify({ verdict: "FAIL", checks }))).toEqual({ passed: 2, failed: 3, skipped: 1 });
  expect(
    total([
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 1, failed: 1, skipped: 1 },
    ]),
  ).toEqual({ passed: 2, failed: 3, skipped: 4 });
});
