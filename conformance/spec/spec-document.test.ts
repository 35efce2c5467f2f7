import { describe, expect, it } from "vitest";
import { problemsIn, readWith, suiteFile, twin } from "./testdata/spec-texts.js";

const suite = suiteFile([twin]);

function problemsOf(text: string): readonly string[] {
  return problemsIn(readWith({ ...suite, text }));
}

function changed(from: string, to: string): readonly string[] {
  expect(suite.text).toContain(from);
  return problemsOf(suite.text.replace(from, to));
}

describe("bytes", () => {
  it("refuses a byte order mark", () => {
    expect(problemsOf(`\u{feff}${suite.text}`)).toEqual(["words.yaml:1:1: a byte order mark [yaml/forbidden]"]);
  });

  it.each(["\r\n", "\r"])("refuses the line end %j", (end) => {
    const [first] = problemsOf(suite.text.replaceAll("\n", end));
    expect(first).toBe("words.yaml:1:28: a carriage return [yaml/forbidden]");
  });

  it("refuses control characters", () => {
    expect(changed("title: Words", "title: Wo\u{7}rds")).toEqual([
      "words.yaml:3:10: a control character [yaml/forbidden]",
    ]);
  });
});

describe("YAML that means more than it shows", () => {
  it("refuses a key that stands twice, at the second", () => {
    expect(changed("title: Words\n", "title: Words\ntitle: Other\n")).toEqual([
      "words.yaml:4:1: duplicate key: title [yaml/forbidden]",
    ]);
  });

  it("refuses anchors and aliases", () => {
    const problems = changed("notes: {}", "notes: &n {}");
    expect(problems).toEqual([expect.stringMatching(/^words\.yaml:6:\d+: an anchor: &n \[yaml\/forbidden\]$/)]);
    expect(changed("title: Words", "title: *n").join()).toMatch(/^words\.yaml:3:\d+: /);
  });

  it("refuses merge keys", () => {
    expect(changed("notes: {}", "notes: {<<: {}}")).toEqual(["words.yaml:6:9: a merge key: << [yaml/forbidden]"]);
  });

  it.each(["!!str Words", "!secret Words", "!!js/function Words"])("refuses the tag in %s", (value) => {
    const problems = changed("title: Words", `title: ${value}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^words\.yaml:3:\d+: .* \[yaml\/forbidden\]$/);
  });

  it("refuses tabs for indentation", () => {
    const problems = problemsOf(suite.text.replace(twin, twin.replace("  - ", "\t- ")));
    expect(problems[0]).toMatch(/^words\.yaml:8:\d+: .*\[yaml\/syntax\]$/);
  });

  it("refuses a second document", () => {
    expect(problemsOf(`${suite.text}---\na: 1\n`)[0]).toMatch(/\[yaml\/forbidden\]$/);
  });

  it("refuses more than 100 000 nodes, and a million by their bytes", () => {
    const many = (count: number) => `title: [${"0,".repeat(count)}0]`;
    expect(changed("title: Words", many(100_000))[0]).toMatch(
      /^words\.yaml:3:\d+: more than 100000 nodes \[yaml\/forbidden\]$/,
    );
    expect(changed("title: Words", many(1_000_000))).toEqual([
      "words.yaml:1:1: the file is larger than 1048576 bytes [yaml/forbidden]",
    ]);
  });

  it("refuses deep nesting", () => {
    const deep = `title: ${"[".repeat(5000)}${"]".repeat(5000)}`;
    expect(changed("title: Words", deep)[0]).toMatch(/^words\.yaml:3:\d+: nested deeper than 30 \[yaml\/forbidden\]$/);
  });
});

describe("the contract's shape", () => {
  it.each<[string, string, string, string]>([
    ["an unknown key of the suite", "notes: {}", "notes: {}\nnotse: {}", "words.yaml:7:1: the document must NOT have"],
    ["an unknown key of a case", "input:", "inptu: 1, input:", "words.yaml:8:49: cases.0 must NOT have"],
    ["an unknown key of an input", "command: ls", "comand: ls", "words.yaml:8:57: cases.0.input must NOT have"],
    ["a missing key", "notes: {}\n", "", "words.yaml:1:1: the document must have required property 'notes'"],
    ["a wrong type", "command: ls", "command: 7", "words.yaml:8:57: cases.0.input.command must be string"],
    ["an unquoted no", "command: ls", "command: false", "words.yaml:8:57: cases.0.input.command must be string"],
    [
      "a decision that is none",
      "decision: allow",
      "decision: maybe",
      "words.yaml:8:80: cases.0.expect.decision must be",
    ],
    ["another schema", "suite/v1", "suite/v2", "words.yaml:1:1: schema must be"],
    ["a title that is too short", "allows a plain word", "ok", "words.yaml:8:21: cases.0.title must NOT have fewer"],
  ])("refuses %s", (_, from, to, start) => {
    const problems = changed(from, to);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, start.length)).toBe(start);
    expect(problems[0]).toMatch(/\[schema\/invalid\]$/);
  });

  it("refuses an empty file", () => {
    expect(problemsOf("").join()).toMatch(/^words\.yaml:1:1: the document must be object/);
  });
});
