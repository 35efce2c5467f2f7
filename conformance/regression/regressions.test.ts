import { describe, expect, it } from "vitest";
import { regressionAnnotations, regressionSummary } from "./regression-output.js";
import { findRegressions, regression } from "./regressions.js";
import type { Standing } from "./standing.js";
import { placeExample, standingExample } from "./testdata/standing-example.js";

const [rule, test] = [...standingExample().evidence];
if (rule === undefined || test === undefined) throw new Error("the example has a rule and a test");

/** What is found when the example becomes `now`: kind, before, after. */
function found(now: Partial<Standing>, before: Partial<Standing> = {}) {
  const standings = [standingExample(now)];
  const all = findRegressions([standingExample(before)], { statements: standings, standings });
  return all.map((one) => [one.kind, one.before, one.after]);
}

/** @requirement HAR-06, MEX-10 */
describe("a requirement is worse", () => {
  it("when it vanished, and not when another came", () => {
    const other = standingExample({ id: "EXE-16" });
    const now = { statements: [other], standings: [other] };
    expect(findRegressions([standingExample()], now)).toEqual([
      {
        requirement: "EXE-15",
        kind: "vanished",
        before: '"The gate MUST refuse what no profile describes."',
        after: "nothing has this id",
        text: 'EXE-15 vanished: before "The gate MUST refuse what no profile describes."; after nothing has this id',
      },
    ]);
    expect(findRegressions([other], { statements: [standingExample(), other], standings: [other] })).toEqual([]);
  });

  it("when it was reworded without a new rev, and not with one, or when only its lines were broken anew", () => {
    const text = "The gate MAY refuse what no profile describes.";
    expect(found({ text })).toEqual([
      ["reworded", '"The gate MUST refuse what no profile describes."', `"${text}", still rev 2`],
    ]);
    expect(found({ text, rev: 3 })).toEqual([]);
    expect(found({ text: "The gate MUST  refuse what\n no profile describes. " })).toEqual([]);
  });

  it("when it went back to an earlier rev, and says when that reworded it too", () => {
    expect(found({ rev: 1 })).toEqual([["revision_lowered", "rev 2", "rev 1"]]);
    expect(found({ rev: 1, text: "Something else altogether." }).map(([kind]) => kind)).toEqual([
      "revision_lowered",
      "reworded",
    ]);
    expect(found({ rev: 3 })).toEqual([]);
  });

  it("when its level was lowered, with a new rev as well, and not when it was raised", () => {
    expect(found({ level: "SHOULD", rev: 3 })).toEqual([["level_lowered", "MUST", "SHOULD"]]);
    expect(found({ level: "MUST" }, { level: "SHOULD" })).toEqual([]);
    expect(found({ level: "SHOULD" }, { level: "SHOULD" })).toEqual([]);
  });

  it("when it is shown by another method; its rungs are not compared then", () => {
    expect(found({ method: "inspection", reached: ["cited"] })).toEqual([["method_changed", "mutation", "inspection"]]);
  });

  it("when it was put off, by number and not by letter, and not when it was brought forward", () => {
    expect(found({ since: "0.10" }, { since: "0.9" })).toEqual([["since_put_off", "0.9", "0.10"]]);
    expect(found({ since: "1.0" }, { since: "0.9" })).toEqual([["since_put_off", "0.9", "1.0"]]);
    expect(found({ since: "0.9" }, { since: "0.10" })).toEqual([]);
    expect(found({ since: "0.9" }, { since: "1.0" })).toEqual([]);
    expect(found({ since: "1.2" }, { since: "2.1" })).toEqual([]);
    expect(found({ since: "2.1" }, { since: "1.2" })).toHaveLength(1);
  });

  it("when it lost a rung, also from the middle, and not when it won one", () => {
    expect(found({ reached: ["cited"] })).toEqual([["rung_lost", "passed", "cited (lost: resolved, passed)"]]);
    expect(found({ reached: [] })).toEqual([["rung_lost", "passed", "no rung (lost: cited, resolved, passed)"]]);
    expect(found({ reached: ["cited", "passed"] })).toEqual([["rung_lost", "passed", "passed (lost: resolved)"]]);
    expect(found({ reached: ["cited", "resolved", "passed", "executed"] })).toEqual([]);
  });

  it("when the report does not judge it at all", () => {
    const [statement] = [standingExample()];
    const all = findRegressions([standingExample()], { statements: [statement], standings: [] });
    expect(all.map((r) => r.kind)).toEqual(["rung_lost", "evidence_gone", "evidence_gone"]);
    expect(all[0]?.after).toBe("no rung (lost: cited, resolved, passed)");
  });

  it("by what it says alone where no report is compared", () => {
    const now = { statements: [standingExample({ level: "SHOULD", reached: [], evidence: [] })] };
    expect(findRegressions([standingExample()], now).map((r) => r.kind)).toEqual(["level_lowered"]);
  });

  it("and all of them are named, in the order of their ids", () => {
    const now = {
      statements: [standingExample({ id: "B-1" })],
      standings: [standingExample({ id: "B-1", reached: [] })],
    };
    const before = ["B-1", "C-1", "A-1"].map((id) => standingExample({ id }));
    const sorted = ["A-1 vanished", "B-1 rung_lost", "C-1 vanished"];
    for (const order of [before, before.toReversed()]) {
      expect(findRegressions(order, now).map((r) => `${r.requirement} ${r.kind}`)).toEqual(sorted);
    }
    const twice = [standingExample({ text: "First." }), standingExample({ text: "Second." })];
    expect(findRegressions(twice, { statements: [] }).map((r) => r.before)).toEqual(['"First."', '"Second."']);
  });
});

/** @requirement HAR-06 */
describe("evidence is worse", () => {
  it("when its line was deleted, and not when more is cited", () => {
    expect(found({ evidence: [rule] })).toEqual([
      ["evidence_gone", "test refuses a semicolon (src/a.test.ts)", "not cited any more"],
    ]);
    expect(found({ evidence: [rule, test, placeExample({ name: "another" })] })).toEqual([]);
  });

  it("when it has one place less of the same name", () => {
    const second = placeExample({ lines_sha256: "c".repeat(64) });
    expect(found({ evidence: [rule, second] }, { evidence: [rule, test, second] }).map(([kind]) => kind)).toEqual([
      "evidence_gone",
    ]);
    expect(found({ evidence: [rule, second, test] }, { evidence: [rule, test, second] })).toEqual([]);
  });

  it("not when it moved, was renamed, or was rewritten under its name", () => {
    expect(found({ evidence: [rule, placeExample({ file: "src/b.test.ts" })] })).toEqual([]);
    expect(found({ evidence: [rule, placeExample({ name: "refuses ;", file: "src/b.test.ts" })] })).toEqual([]);
    expect(found({ evidence: [rule, placeExample({ lines_sha256: "d".repeat(64) })] })).toEqual([]);
    expect(found({ evidence: [rule, placeExample({ name: "new", lines_sha256: "d".repeat(64) })] })).toHaveLength(1);
  });

  it("when a place that has no lines gives way to another that has none", () => {
    const none = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const [old, now] = ["x", "y"].map((name) => placeExample({ name, lines_sha256: none }));
    if (old === undefined || now === undefined) throw new Error("two were made");
    expect(found({ evidence: [now] }, { evidence: [old] }).map(([kind]) => kind)).toEqual(["evidence_gone"]);
  });

  it("when a rule of the same lines takes the place of a test", () => {
    expect(found({ evidence: [rule, { ...test, kind: "rule" }] }).map(([kind]) => kind)).toEqual(["evidence_gone"]);
  });

  it("when a test is skipped, or what passed no longer does, and not when it never passed", () => {
    expect(found({ evidence: [rule, { ...test, status: "skip" }] })).toEqual([
      ["test_skipped", "test refuses a semicolon (src/a.test.ts): pass", "skip"],
    ]);
    expect(found({ evidence: [{ ...rule, status: "unverified" }, test] }).map(([kind]) => kind)).toEqual([
      "evidence_worse",
    ]);
    const skipped = [rule, { ...test, status: "skip" as const }];
    expect(found({ evidence: skipped }, { evidence: skipped })).toEqual([]);
    expect(found({}, { evidence: skipped })).toEqual([]);
  });

  it("is compared quickly, also where a requirement has ten thousand places", () => {
    const evidence = Array.from({ length: 10_000 }, (_, index) => placeExample({ name: `case ${index}` }));
    expect(found({ evidence: evidence.slice(1) }, { evidence })).toHaveLength(1);
  });
});

describe("regressions are printed", () => {
  const hostile = regression("A-1", "reworded", '"<b>|\n::error::x"', "%0A\u001b[31m\u202e");

  it("as workflow commands that hostile text cannot leave", () => {
    expect(regressionAnnotations([hostile])).toBe(
      "::error title=A-1%3A reworded::A-1 was reworded without a new rev: before " +
        '"<b>|%0A::error::x"; after %250A\\u{1b}[31m\\u{202e}\n',
    );
    expect(regressionAnnotations([])).toBe("");
    expect(regressionAnnotations(Array.from({ length: 60 }, () => hostile))).toContain("::notice::10 more regressions");
  });

  it("as a table in which hostile text stays text", () => {
    const summary = regressionSummary("main", [hostile]);
    expect(summary).toContain('| A-1 | reworded | "&#60;b&#62;&#124; &#58;&#58;error&#58;&#58;x" | %0A&#92;u');
    expect(summary.split("\n").filter((line) => line.startsWith("|"))).toHaveLength(3);
    expect(regressionSummary("main", [])).toBe("### Spec regression against main\n\nNothing is worse.\n\n");
  });
});
