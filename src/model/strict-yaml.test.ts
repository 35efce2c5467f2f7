import { describe, expect, it } from "vitest";
import { parseStrictYaml } from "./strict-yaml.js";

function value(text: string) {
  const read = parseStrictYaml(text, "a.yaml");
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

function problem(text: string) {
  const read = parseStrictYaml(text, "a.yaml");
  return read.ok ? undefined : read.error[0];
}

describe("a strict YAML document", () => {
  it("reads what JSON can say", () => {
    expect(value("a: 1\nb: [x, 'y', \"z\"]\nc:\n  d: null\n  e: 1.5\n  f: true\n").value).toEqual({
      a: 1,
      b: ["x", "y", "z"],
      c: { d: null, e: 1.5, f: true },
    });
  });

  it("reads an empty file as null", () => {
    expect(value("# nothing\n").value).toBeNull();
  });

  it("keeps words that YAML 1.1 would read as something else", () => {
    expect(value("a: no\nb: 07:30\nc: 1_000\n").value).toEqual({ a: "no", b: "07:30", c: "1_000" });
  });

  it("says where each part stands", () => {
    const document = value("a:\n  - b: 1\n    c: 2\n");
    expect(document.placeOf(["a", 0, "c"])).toEqual({ file: "a.yaml", row: 3, col: 5, source_line: "    c: 2" });
    expect(document.placeOf("/a/0/c").row).toBe(3);
    expect(document.placeOf("/a/0/missing").row).toBe(2);
    expect(document.placeOf("").row).toBe(1);
  });

  it.each([
    ["a: 1\nb: 2\na: 3\n", "yaml/forbidden", "duplicate key: a", 3, 1],
    ["a: {b: 1, b: 2}\n", "yaml/forbidden", "duplicate key: b", 1, 11],
    ["a: &x 1\n", "yaml/forbidden", "an anchor: &x", 1, 7],
    ["&x a: 1\n", "yaml/forbidden", "an anchor: &x", 1, 4],
    ["a: {<<: {b: 1}}\n", "yaml/forbidden", "a merge key: <<", 1, 5],
    ["a: !!str 1\n", "yaml/forbidden", "a tag: tag:yaml.org,2002:str", 1, 10],
    ["a: !!map {b: 1}\n", "yaml/forbidden", "a tag: tag:yaml.org,2002:map", 1, 10],
    ["a: !!seq [1]\n", "yaml/forbidden", "a tag: tag:yaml.org,2002:seq", 1, 10],
    ["1: a\n", "yaml/forbidden", "a key that is not text", 1, 1],
    ["? [a]\n: 1\n", "yaml/forbidden", "a key that is not text", 1, 3],
    ["__proto__: 1\n", "yaml/forbidden", "the key __proto__", 1, 1],
    ["a: .inf\n", "yaml/forbidden", "a number that JSON does not hold exactly: Infinity", 1, 4],
    ["a: 9007199254740993\n", "yaml/forbidden", "a number that JSON does not hold exactly: 9007199254740992", 1, 4],
    ["a: 1\n---\nb: 2\n", "yaml/forbidden", undefined, 2, 1],
    ["%YAML 1.1\n---\na: no\n", "yaml/forbidden", "a directive", 1, 1],
    ["a:\n\tb: 1\n", "yaml/syntax", undefined, 2, 1],
    ["a: [1\n", "yaml/syntax", undefined, undefined, undefined],
    ['a: "\u0007"\n', "yaml/forbidden", "a control character", 1, 5],
  ] as const)("refuses %j", (text, code, message, row, col) => {
    const found = problem(text);
    expect(found?.code).toBe(code);
    if (message !== undefined) expect(found?.message).toBe(message);
    if (row !== undefined) expect([found?.place?.row, found?.place?.col]).toEqual([row, col]);
  });

  it("refuses an alias and an unknown tag", () => {
    const read = parseStrictYaml("a: &x 1\nb: *x\nc: !own 1\n", "a.yaml");
    expect(read.ok ? [] : read.error.map((one) => one.message.split("\n")[0])).toEqual([
      "an anchor: &x",
      "an alias: *x",
      "a tag: !own",
    ]);
  });

  it("quotes the line and gives a hint", () => {
    expect(problem("a: 1\na: 2\n")).toMatchObject({ place: { source_line: "a: 2" }, hint: "keep one of them" });
  });

  it("refuses deep nesting in flow and block style without recursing into it", () => {
    expect(problem("[".repeat(100_000))?.message).toBe("nested deeper than 50");
    expect(problem(`${"- ".repeat(60)}a\n`)?.message).toBe("nested deeper than 50");
    expect(problem(`a: ${"[".repeat(49)}${"]".repeat(49)}\n`)).toBeUndefined();
  });

  it("refuses a file over its size", () => {
    expect(problem(`a: ${"x".repeat(4 * 1024 * 1024)}\n`)?.message).toBe("the file is larger than 4194304 bytes");
  });

  it("refuses more nodes than its bound", () => {
    const bounds = { bytes: 1000, depth: 5, nodes: 10 };
    expect(parseStrictYaml("[1, 2, 3, 4, 5, 6, 7, 8, 9]", "a.yaml", bounds).ok).toBe(true);
    expect(parseStrictYaml("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "a.yaml", bounds)).toMatchObject({
      error: [{ message: "more than 10 nodes" }],
    });
  });

  it("finds a duplicate among many keys in time", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n");
    const start = performance.now();
    expect(problem(`${keys}\nk7: 2\n`)?.message).toBe("duplicate key: k7");
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
