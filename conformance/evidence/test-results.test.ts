import { describe, expect, it } from "vitest";
import type { CitedPlace } from "./cited-place.js";
import { maxJunitLength, readJunit } from "./junit-results.js";
import { citedTestFiles, withTestResults } from "./test-results.js";

const report = `<?xml version="1.0" encoding="UTF-8" ?>
<testsuites name="vitest tests" tests="4" failures="1" errors="0" time="0.01">
    <testsuite name="a.test.ts" timestamp="2026-01-01T00:00:00.000Z" hostname="h" tests="4" failures="1" time="0.01">
        <testcase classname="a.test.ts" name="a &lt;b&gt; &amp;amp; &quot;c&quot; &gt; n 1 é&#10;" time="0.002">
        </testcase>
        <testcase classname="./b\\a.test.ts" name="a &gt; n 2" time="0.005">
            <failure message="expected 2 to be 1" type="AssertionError">
AssertionError
            </failure>
        </testcase>
        <testcase classname="a.test.ts" name="a &gt; sk" time="0">
            <skipped/>
        </testcase>
        <testcase classname="a.test.ts" name="a &gt; e"><error>&#x62;roken</error></testcase>
    </testsuite>
</testsuites>`;

describe("reading JUnit", () => {
  it("reads files, title paths and what came of each test", () => {
    expect(readJunit(report)).toEqual({
      ok: true,
      value: [
        { file: "a.test.ts", name: 'a <b> &amp; "c" > n 1 é\n', status: "pass" },
        { file: "b/a.test.ts", name: "a > n 2", status: "fail", detail: "expected 2 to be 1" },
        { file: "a.test.ts", name: "a > sk", status: "skip" },
        { file: "a.test.ts", name: "a > e", status: "fail", detail: "broken" },
      ],
    });
  });

  it("reads an empty report, a lone suite, and suites in suites", () => {
    const one = '<testcase classname="a" name="b"/>';
    const expected = { ok: true, value: [{ file: "a", name: "b", status: "pass" }] };
    expect(readJunit("<testsuites/>")).toEqual({ ok: true, value: [] });
    expect(readJunit(`<testsuite>${one}</testsuite>`)).toEqual(expected);
    expect(readJunit(`<testsuites><testsuite><testsuite>${one}</testsuite></testsuite></testsuites>`)).toEqual(
      expected,
    );
  });

  it.each([
    ["", "not well-formed"],
    ["<testsuites>", "not well-formed"],
    ["<html/>", "has no testsuites"],
    ['<!DOCTYPE a [<!ENTITY b "cccc">]><testsuites/>', "document type"],
    [" ".repeat(maxJunitLength + 1), "longer than"],
  ])("refuses %.40j", (text, message) => {
    const read = readJunit(text, "reports/x.xml");
    expect(read.ok ? "" : read.error.message).toContain(message);
    expect(read.ok ? "" : read.error.place?.file).toBe("reports/x.xml");
  });

  it("never expands an entity that is not XML's own", () => {
    const read = readJunit('<testsuite><testcase classname="a" name="&lol;&amp;lt;"/></testsuite>');
    expect(read.ok && read.value[0]?.name).toBe("&lol;&lt;");
  });
});

// @requirement HAR-04
describe("results of cited tests", () => {
  const place: CitedPlace = {
    kind: "test",
    name: "a > n %s",
    title: ["a > n ", ""],
    file: "a.test.ts",
    row: 1,
    end_row: 1,
    requirements: ["EXE-15"],
  };
  const result = (name: string, status: "pass" | "fail" | "skip", file = "a.test.ts") => ({ file, name, status });
  const statusOf = (...results: ReturnType<typeof result>[]) => withTestResults([place], results)[0]?.status;

  it("passes when all its results passed", () => {
    expect(statusOf(result("a > n 1", "pass"), result("a > n 2", "pass"), result("a > other", "fail"))).toBe("pass");
  });

  it("fails when one result failed, and says which", () => {
    const [found] = withTestResults(
      [place],
      [result("a > n 1", "pass"), { ...result("a > n 2", "fail"), detail: "no" }],
    );
    expect(found).toMatchObject({ status: "fail", detail: "a > n 2: no" });
  });

  it("is skipped when nothing of it ran", () => {
    expect(statusOf(result("a > n 1", "skip"))).toBe("skip");
  });

  it("is unverified without a result, also when another file has one of the same name", () => {
    expect(statusOf(result("a > n 1", "pass", "b.test.ts"))).toBe("unverified");
  });

  it.each([
    [["ab"], "ab", true],
    [["ab"], "abc", false],
    [["a", "a"], "a", false],
    [["a", "b", "b"], "a-b-b", true],
    [["a", "b", "b"], "a-b", false],
    [["", ""], "anything", true],
  ])("matches the parts %j against %j: %s", (title, name, holds) => {
    const found = withTestResults([{ ...place, title }], [result(name, "pass")]);
    expect(found[0]?.status).toBe(holds ? "pass" : "unverified");
  });

  it("names the files that must run", () => {
    expect(citedTestFiles([place, { ...place, file: "0.test.ts" }, place, { ...place, kind: "code" }])).toEqual([
      "0.test.ts",
      "a.test.ts",
    ]);
  });
});
