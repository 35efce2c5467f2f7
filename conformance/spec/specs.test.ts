import { describe, expect, it } from "vitest";
import { specsOf } from "./specs.js";
import { problemsIn, readWith, requirementsFile, suiteFile, twin } from "./testdata/spec-texts.js";

const denied = (id: string, rest = "") =>
  `  - {id: ${id}, title: refuses a pipe${rest}, input: {command: "a|b"}, expect: {decision: deny, phase: parse}}`;

describe("a good specification", () => {
  it("gives requirements, suites and cases with their rows, blank and comment rows left out", () => {
    const specs = readWith(suiteFile([twin, "", "  # the attack", denied("words-002"), "# the end"]));
    if (!specs.ok) throw new Error(problemsIn(specs).join("\n"));
    const [first, second] = specs.value.requirements;
    expect(first).toMatchObject({ id: "EXE-14", file: "specs/requirements/exe.yaml", row: 6, end_row: 12 });
    expect(second).toMatchObject({ id: "EXE-15", row: 13, end_row: 19 });
    const [suite] = specs.value.suites;
    expect(suite).toMatchObject({ suite: "words", file: "specs/attacks/words.yaml" });
    expect(suite?.cases).toMatchObject([
      { id: "words-001", suite: "words", file: "specs/attacks/words.yaml", row: 8, end_row: 8 },
      { id: "words-002", row: 11, end_row: 11 },
    ]);
  });

  it("gives a case its own requirements, or else its suite's", () => {
    const own = denied("words-002", ", requirements: [EXE-14]");
    const specs = readWith(suiteFile([twin, own]));
    expect(specs.ok && specs.value.suites[0]?.cases.map((item) => item.requirements)).toEqual([["EXE-15"], ["EXE-14"]]);
  });

  it("needs no waivers", () => {
    const specs = readWith(suiteFile([twin]));
    expect(specs.ok && specs.value.waivers).toEqual([]);
  });

  it("keeps withdrawn, skipped and expected failures with their reasons", () => {
    const cases = ["withdrawn", "xfail", "skip"].map((key, at) =>
      denied(`words-00${at + 2}`, `, ${key}: see the issue`),
    );
    const specs = readWith(suiteFile([twin, ...cases]));
    expect(specs.ok && specs.value.suites[0]?.cases.slice(1)).toMatchObject([
      { withdrawn: "see the issue" },
      { xfail: "see the issue" },
      { skip: "see the issue" },
    ]);
  });
});

describe("ids", () => {
  it("refuses a requirement that stands twice, in one file or in two", () => {
    const requirements = [requirementsFile(["EXE-15", "EXE-15"]), requirementsFile(["EXE-15"], "more")];
    expect(problemsIn(specsOf({ requirements, suites: [suiteFile([twin])], waivers: null }))).toEqual([
      "exe.yaml:13: the requirement EXE-15 stands at specs/requirements/exe.yaml:6 already [spec/invalid]",
      "more.yaml:6: the requirement EXE-15 stands at specs/requirements/exe.yaml:6 already [spec/invalid]",
    ]);
  });

  it("refuses a case that stands twice", () => {
    expect(problemsIn(readWith(suiteFile([twin, denied("words-001")])))).toEqual([
      "words.yaml:9: the case words-001 stands at specs/attacks/words.yaml:8 already [spec/invalid]",
    ]);
  });

  it("refuses a case of another suite's name, also one that only begins alike", () => {
    expect(problemsIn(readWith(suiteFile([twin, denied("word-002"), denied("words-more-003")])))).toEqual([
      "words.yaml:9:6: the case word-002 does not begin with its suite's name [spec/invalid]",
      "words.yaml:10:6: the case words-more-003 does not begin with its suite's name [spec/invalid]",
    ]);
  });

  it("refuses a suite in a file of another name", () => {
    const suite = { ...suiteFile([twin]), file: "specs/attacks/other.yaml" };
    expect(problemsIn(readWith(suite))).toEqual([
      "other.yaml:2:1: the suite words belongs in a file words.yaml [spec/invalid]",
    ]);
  });
});

describe("citations", () => {
  it("refuses a requirement that does not exist, of a suite and of a case", () => {
    const suite = suiteFile([twin, denied("words-002", ", requirements: [EXE-14, EXE-99]")]);
    const text = suite.text.replace("requirements: [EXE-15]", "requirements: [EXE-98]");
    expect(problemsIn(readWith({ ...suite, text }))).toEqual([
      "words.yaml:4:16: there is no requirement EXE-98 [spec/invalid]",
      "words.yaml:9:67: there is no requirement EXE-99 [spec/invalid]",
    ]);
  });

  it("does not call a requirement unknown when the file it may stand in cannot be read", () => {
    const broken = { file: "specs/requirements/exe.yaml", text: "schema: [\n" };
    const problems = problemsIn(specsOf({ requirements: [broken], suites: [suiteFile([twin])], waivers: null }));
    expect(problems.filter((line) => line.startsWith("exe.yaml:"))).toEqual(problems);
    expect(problems.length).toBeGreaterThan(0);
  });

  it("refuses a source that is not declared and one that is not used", () => {
    const file = requirementsFile(["EXE-15"]);
    const text = file.text.replace("{doc: card,", "{doc: paper,");
    const specs = specsOf({ requirements: [{ ...file, text }], suites: [suiteFile([twin])], waivers: null });
    expect(problemsIn(specs)).toEqual([
      "exe.yaml:11:14: EXE-15 has the source paper, which this file does not declare [spec/invalid]",
      "exe.yaml:4:3: the source card is used by no requirement [spec/invalid]",
    ]);
  });
});

describe("notes", () => {
  const notes = ["notes:", "  pipe: {bug_type: operator, text: A pipe starts a second program., links: []}"];

  it("takes a flag that a note explains", () => {
    expect(problemsIn(readWith(suiteFile([twin, denied("words-002", ", flags: [pipe]")], notes)))).toEqual([]);
  });

  it("refuses a note that no case uses and a flag without a note", () => {
    expect(problemsIn(readWith(suiteFile([twin, denied("words-002", ", flags: [tube]")], notes)))).toEqual([
      "words.yaml:10:52: words-002 has the flag tube, which has no note [spec/invalid]",
      "words.yaml:7:3: the note pipe is used by no case [spec/invalid]",
    ]);
  });

  it("does not take what every object has for a note", () => {
    expect(problemsIn(readWith(suiteFile([twin, denied("words-002", ", flags: [constructor]")])))).toHaveLength(1);
  });
});

describe("passing twins", () => {
  const missing = "no case that runs is allowed [spec/invalid]";

  it("refuses a suite whose every case is denied", () => {
    expect(problemsIn(readWith(suiteFile([denied("words-001")])))).toEqual([`words.yaml:7:1: ${missing}`]);
  });

  it.each(["withdrawn", "xfail", "skip"])("does not count a twin that is %s", (key) => {
    const idle = twin.replace("input:", `${key}: see the issue, input:`);
    expect(problemsIn(readWith(suiteFile([idle, denied("words-002")])))).toEqual([`words.yaml:7:1: ${missing}`]);
  });
});

describe("waivers", () => {
  const file = (line: string) => ({
    file: "specs/waivers.yaml",
    text: `schema: lockkeeper/waivers/v1\ntitle: Waivers\nwaivers:\n${line}\n`,
  });
  const entry = (rest: string, expires = "2026-12-31") =>
    `  - {id: waiver-001, requirement: EXE-15, ${rest}reason: the harness comes later, owner: Ann, approver: Bob, expires: "${expires}"}`;

  it("reads a waiver of a rung and one of a rule", () => {
    const lines = [entry("rung: killed, "), entry("rule: hygiene/placeholder, ").replace("waiver-001", "waiver-002")];
    const specs = readWith(suiteFile([twin]), file(lines.join("\n")));
    expect(specs.ok && specs.value.waivers).toMatchObject([
      { id: "waiver-001", rung: "killed", file: "specs/waivers.yaml", row: 4 },
      { id: "waiver-002", rule: "hygiene/placeholder", row: 5 },
    ]);
  });

  it.each([
    ["nothing", ""],
    ["both a rung and a rule", "rung: killed, rule: hygiene/placeholder, "],
    ["a rung that no ladder has", "rung: hoped, "],
  ])("refuses a waiver of %s", (_, rest) => {
    const problems = problemsIn(readWith(suiteFile([twin]), file(entry(rest))));
    expect(problems.length).toBeGreaterThan(0);
    for (const line of problems) expect(line).toMatch(/^waivers\.yaml:4:\d+: .* \[schema\/invalid\]$/);
  });

  it("refuses a last day that the calendar does not have", () => {
    expect(problemsIn(readWith(suiteFile([twin]), file(entry("rung: killed, ", "2026-02-30"))))).toEqual([
      expect.stringMatching(
        /^waivers\.yaml:4:\d+: waiver-001 expires on 2026-02-30, which is no day \[spec\/invalid\]$/,
      ),
    ]);
  });

  it("leaves a requirement that does not exist to the verdict", () => {
    const orphan = entry("rung: killed, ").replace("EXE-15", "EXE-99");
    expect(problemsIn(readWith(suiteFile([twin]), file(orphan)))).toEqual([]);
  });

  it("refuses a waiver that stands twice", () => {
    const line = entry("rung: killed, ");
    expect(problemsIn(readWith(suiteFile([twin]), file(`${line}\n${line}`)))).toEqual([
      "waivers.yaml:5: the waiver waiver-001 stands at specs/waivers.yaml:4 already [spec/invalid]",
    ]);
  });
});

it("lists at most 100 problems", () => {
  const cases = Array.from({ length: 200 }, () => denied("word-002"));
  expect(problemsIn(readWith(suiteFile([twin, ...cases])))).toHaveLength(100);
});
