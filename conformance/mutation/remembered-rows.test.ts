import { describe, expect, it } from "vitest";
import type { MutatedRule } from "../../src/index.js";
import { rowsNow } from "./remembered-rows.js";
import { knownRule } from "./trial-groups.js";

const file = "policies/area/area.rego";

function rule(name: string, row: number, text: string): MutatedRule {
  const end_row = row + text.split("\n").length - 1;
  return { file, rule: row, name, package: "area", row, end_row, requirements: [], text, reads: [] };
}

const allowed = "allowed if {\n\tone\n\ttwo\n\tthree\n}";
const other = "other if {\n\tfour\n}";
const before = [rule("allowed", 3, allowed), rule("other", 10, other)].map(knownRule);

/** Rows of the edited rules, from rows of {@link before}. */
function translated(now: readonly MutatedRule[], rows: readonly (readonly [number, number])[]) {
  return rowsNow(before, now)?.({ [file]: rows.map(([from, to]): [number, number] => [from, to]) })[file];
}

describe("rowsNow", () => {
  it("keeps the rows of a rule that only moved, in its text with METADATA or without", () => {
    const metadata = rule("other", 20, other);
    const now = [rule("allowed", 5, allowed), { ...metadata, text: `# METADATA\n# title: x\n${other}\n` }];
    expect(
      translated(now, [
        [4, 5],
        [11, 11],
      ]),
    ).toEqual([
      [6, 7],
      [21, 21],
    ]);
    expect(translated(now, [[4, 4]])).toEqual([[6, 6]]);
    expect(translated(now, [])).toBeUndefined();
  });

  it("keeps the rows before and behind an edit, and gives those in it to whoever ran one of the old", () => {
    const now = [rule("allowed", 3, allowed.replace("two", "2\n\tzwei")), rule("other", 11, other)];
    expect(translated(now, [[4, 4]])).toEqual([[4, 4]]);
    expect(translated(now, [[5, 5]])).toEqual([[5, 6]]);
    expect(translated(now, [[6, 6]])).toEqual([[7, 7]]);
  });

  it("gives rows that stand where nothing stood to whoever ran any of the rule", () => {
    const now = [rule("allowed", 3, allowed.replace("two", "two\n\tnew")), rule("other", 11, other)];
    expect(translated(now, [[4, 4]])).toEqual([
      [4, 4],
      [6, 6],
    ]);
    expect(translated(now, [[11, 11]])).toEqual([[12, 12]]);
  });

  it("takes a rule that is gone for the one that came in its name, and any of its name where none is gone", () => {
    const came = rule("allowed", 30, "allowed if five");
    expect(translated([came, rule("other", 10, other)], [[5, 5]])).toEqual([[30, 30]]);
    const more = [rule("allowed", 3, allowed), rule("other", 10, other), came];
    expect(translated(more, [[5, 5]])).toEqual([
      [5, 5],
      [30, 30],
    ]);
    expect(translated(more, [[11, 11]])).toEqual([[11, 11]]);
  });

  it("cannot say who would run a rule of a new name", () => {
    expect(translated([rule("unheard", 3, "unheard if one")], [[4, 4]])).toBeUndefined();
    expect(rowsNow(before, [rule("unheard", 3, "unheard if one")])).toBeUndefined();
  });
});
