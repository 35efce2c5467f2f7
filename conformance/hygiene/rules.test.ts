import { readFileSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { describe, expect, it } from "vitest";
import { parserOf, parseStrictYaml } from "../../src/index.js";
import { loadHygieneRules } from "./load-rules.js";
import { searchedFile } from "./searched-file.js";

const loaded = loadHygieneRules([{ path: "specs/hygiene", shownAs: "specs/hygiene" }]);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const rules = loaded.value;

/** Rows at which a rule hits a text. */
async function rowsOf(rule: string, file: string, text: string): Promise<readonly number[]> {
  const source = searchedFile({ file, text, bytes: text.length, binary: false });
  const searches = rules.find(({ id }) => id === `hygiene/${rule}`)?.searches ?? [];
  const hits = (await Promise.all(searches.map((search) => search(source)))).flat();
  return [...new Set(hits.map(({ offset = 0 }) => text.slice(0, offset).split("\n").length))].sort((a, b) => a - b);
}

/** A rule, a file it looks at, what it must hit, and the nearest that it must not. */
const Twins = Type.Array(
  Type.Object({
    rule: Type.String(),
    file: Type.String(),
    bad: Type.Array(Type.String(), { minItems: 1 }),
    good: Type.Array(Type.String(), { minItems: 1 }),
  }),
);

const read = parseStrictYaml(readFileSync(join(import.meta.dirname, "testdata/twins.yaml"), "utf8"), "twins.yaml");
const parsed = parserOf(Twins)(read.ok ? read.value.value : read.error);
if (!parsed.ok) throw new Error(JSON.stringify([read, parsed]));
const twins = parsed.value;
const marker = "TO" + "DO";

/** @requirement MEX-11, MEX-12 */
describe("the rules of specs/hygiene", () => {
  it.each(twins)("$rule in $file hits what it must and not its near twins", async ({ rule, file, bad, good }) => {
    const missed = [];
    for (const text of bad) if ((await rowsOf(rule, file, text)).length === 0) missed.push(text);
    const wolves = [];
    for (const text of good) if ((await rowsOf(rule, file, text)).length > 0) wolves.push(text);
    expect({ missed, wolves }).toEqual({ missed: [], wolves: [] });
  });

  it("are each shown to hit and to spare something, here or in the tests of their kind", () => {
    const shown = new Set([
      ...twins.map(({ rule }) => `hygiene/${rule}`),
      "hygiene/secret",
      "hygiene/edited_by_hand",
      "hygiene/oversized",
    ]);
    expect(rules.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
  });

  it("hit at the row of the thing, also behind characters of two units", async () => {
    const text = ["const a = '😀';", "", "  eval(a);"].join("\n");
    expect(await rowsOf("eval", "a.ts", text)).toEqual([3]);
    expect(await rowsOf("unowned_todo", "a.ts", `/*\n 😀\n * ${marker}: later\n */`)).toEqual([3]);
  });

  it("hit in files with CRLF line ends and with a byte order mark", async () => {
    expect(await rowsOf("eval", "a.ts", "\u{feff}let a;\r\neval(a);\r\n")).toEqual([2]);
    expect(await rowsOf("always_true", "a_test.rego", "package a\r\ntest_a if true\r\n")).toEqual([2]);
    expect(await rowsOf("placeholder_evidence", "a.md", "x\r\n[Requirement] -> [File:Line]\r\n")).toEqual([2]);
  });

  it("find nothing in empty files", async () => {
    for (const { id } of rules) {
      for (const file of ["a.ts", "a.py", "a.md", "a_test.rego", "a"]) {
        expect(await rowsOf(id.replace("hygiene/", ""), file, "")).toEqual([]);
      }
    }
  });
});
