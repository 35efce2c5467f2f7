import { describe, expect, it } from "vitest";
import { formatProblem } from "../../src/index.js";
import { evidenceInTypeScript } from "./typescript-evidence.js";

const known = new Set(["EXE-14", "EXE-15", "HAR-02"]);

function find(text: string, file = "src/a.ts") {
  const { places, problems } = evidenceInTypeScript({ file, text }, known);
  return {
    places: places.map((one) => `${one.kind} ${one.name} ${one.row}-${one.end_row} ${one.requirements.join(" ")}`),
    problems: problems.map((one) => formatProblem(one).split("\n")[0]),
  };
}

// @requirement HAR-02
describe("evidence in TypeScript", () => {
  it.each([
    ["a function", "function a() {\n  return 1;\n}", "a 5-7"],
    ["an exported function", "export async function a() {}", "a 5-5"],
    ["a const, without its type", "export const a: Map<string, number> = new Map();", "a 5-5"],
    ["a const that is destructured", "const { a, b } = c;", "{ a, b } 5-5"],
    ["a class", "export class A {\n}", "A 5-6"],
    ["a type", "type A = { b: 1 };", "A 5-5"],
    ["an interface", "export interface A {}", "A 5-5"],
    ["a default export", "export default 1;", "default 5-5"],
    ["a declaration after another comment", "// a reason\n\nconst a = 1;", "a 7-7"],
  ])("finds %s after a doc comment", (_, code, expected) => {
    const text = `import x from "x";\n/**\n * A claim.\n * @requirement EXE-15, EXE-14 */\n${code}\nx();\n`;
    expect(find(text)).toEqual({ places: [`code ${expected} EXE-14 EXE-15`], problems: [] });
  });

  it("names a method by its class", () => {
    const text =
      "class A {\n  /** @requirement EXE-14 */\n  async b() {\n  }\n  /** @requirement EXE-15 */\n  c = 1;\n}";
    expect(find(text).places).toEqual(["code A.b 3-4 EXE-14", "code A.c 6-6 EXE-15"]);
  });

  it("gives a test its title path and the rows of its call", () => {
    const text = 'describe("a", () => {\n  // @requirement EXE-14\n  it("b", () => {\n  });\n  it("c", () => {});\n});';
    expect(find(text).places).toEqual(["test a > b 3-4 EXE-14"]);
  });

  it("gives all tests inside a describe what it cites, nested ones and their own citations too", () => {
    const text = `// @requirement EXE-14
describe("a", () => {
  it("b", () => {});
  describe.skip("c", () => {
    // @requirement EXE-15
    test.only("d", () => {});
  });
});
it("e", () => {});`;
    expect(find(text).places).toEqual(["test a > b 3-3 EXE-14", "test a > c > d 6-6 EXE-14 EXE-15"]);
  });

  it("keeps the literal parts of titles that are filled in while running", () => {
    const text = `// @requirement EXE-14
describe("a", () => {
  it.each([1])("n %s of $b.c end", () => {});
  it(\`t \${x} u\`, () => {});
  for (const one of all) it(one.title, () => {});
  it.each\`a\${1}\`("100%% $a", () => {});
  it("100% $a", () => {});
});`;
    const { places } = evidenceInTypeScript({ file: "a.test.ts", text }, known);
    expect(places.map((one) => one.title)).toEqual([
      ["a > n ", " of ", " end"],
      ["a > t ", " u"],
      ["a > ", ""],
      ["a > 100", " ", ""],
      ["a > 100% $a"],
    ]);
  });

  it("counts rows, not code units, past characters of more than one unit", () => {
    expect(find('const a = "🔒é";\n/** @requirement EXE-14 */\nconst b = "🔒";').places).toEqual(["code b 3-3 EXE-14"]);
  });

  it.each([
    ["nothing", "/** @requirement EXE-14 */", "src/a.ts:1:5: the marker is followed by no declaration and no test"],
    ["an import", '/** @requirement EXE-14 */\nimport "a";', "src/a.ts:1:5: the marker is followed by no declaration"],
    ["a statement", "// @requirement EXE-14\na();", "src/a.ts:1:4: the marker is followed by no test"],
    [
      "a declaration, from a line comment",
      "// @requirement EXE-14\nconst a = 1;",
      "src/a.ts:1:4: the marker is followed by no",
    ],
    [
      "an empty describe",
      '// @requirement EXE-14\ndescribe("a", () => {});',
      "src/a.ts:1:4: the marker is followed by no test",
    ],
  ])("reports a marker before %s", (_, text, message) => {
    const found = find(text);
    expect(found.places).toEqual([]);
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toContain(message);
  });

  it.each([
    [
      "/** @requirement EXE-99 */\nconst a = 1;",
      "EXE-99 is cited here, and no specification has it [evidence/unresolved]",
    ],
    ["/** @requirement exe-14 */\nconst a = 1;", '"exe-14" is no requirement id'],
    ["/** @requirement EXE-14 and more */\nconst a = 1;", '"EXE-14 and more" is no requirement id'],
    ["/** @requirement EXE-14, */\nconst a = 1;", "the marker names no requirement"],
    ["/** @requirement */\nconst a = 1;", "the marker names no requirement"],
    ["/** @requirement EXE-14 */\nconst a = ;", "the file does not parse, so its markers cannot be resolved"],
  ])("reports what cannot be resolved: %j", (text, message) => {
    expect(find(text).problems.join()).toContain(message);
  });

  it("says where: past the comment's opening, and where a file stops parsing", () => {
    expect(find("/** A claim.\n * @requirement exe-14 */\nconst a = 1;").problems[0]).toMatch(/^src\/a.ts:2:4: /);
    expect(find("/** @requirement EXE-14 */\nconst a = ;").problems[0]).toMatch(/^src\/a.ts:2:11: /);
  });

  it("looks no further into a file without markers, whatever stands in it", () => {
    expect(evidenceInTypeScript({ file: "a.ts", text: "const a = ;" }, known)).toEqual({ places: [], problems: [] });
  });

  it("gives places in the order of their rows", () => {
    const text =
      '// @requirement EXE-14\ndescribe("a", () => {\n  it("b", () => {});\n  // @requirement EXE-15\n  it("c", () => {});\n});\n// @requirement EXE-15\nit("d", () => {});';
    expect(find(text).places).toEqual(["test a > b 3-3 EXE-14", "test a > c 5-5 EXE-14 EXE-15", "test d 8-8 EXE-15"]);
  });

  it("takes neither strings nor sentences nor other tags for markers", () => {
    const text =
      'const a = "// @requirement EXE-99";\n/** See `@requirement EXE-99`. */\nconst b = 1;\n/** @requirements EXE-99 */\nconst c = 1;';
    expect(find(text)).toEqual({ places: [], problems: [] });
  });
});
