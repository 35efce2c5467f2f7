import { expect, it } from "vitest";
import { isInForce, withoutCase } from "./in-force.js";
import type { Specs } from "./specs.js";
import { problemsIn, readWith, suiteFile, twin } from "./testdata/spec-texts.js";

it.each<[string, string, boolean]>([
  ["0.1", "0.1.0", true],
  ["0.1", "0.2.0", true],
  ["0.2", "0.1.9", false],
  ["0.9", "0.10.0", true],
  ["0.10", "0.9.0", false],
  ["1.0", "0.99.0", false],
  ["0.9", "1.0.0", true],
])("says whether what came with %s is in force in %s: %s", (since, version, inForce) => {
  expect(isInForce({ since }, version)).toBe(inForce);
});

function idsWithoutCase(cases: readonly string[], version = "0.1.0"): readonly string[] {
  const result = readWith(suiteFile(cases));
  if (!result.ok) throw new Error(problemsIn(result).join("\n"));
  const specs: Specs = result.value;
  return withoutCase(specs, version).map(({ id }) => id);
}

const other = (more: string) =>
  `  - {id: words-002, title: refuses a pipe, requirements: [EXE-14], ${more}input: {command: "a|b"}, expect: {decision: deny, phase: parse}}`;

it("lists a requirement in force that no case cites", () => {
  expect(idsWithoutCase([twin])).toEqual(["EXE-14"]);
  expect(idsWithoutCase([twin, other("")])).toEqual([]);
});

it.each(["withdrawn", "skip"])("does not count a case that is %s", (key) => {
  expect(idsWithoutCase([twin, other(`${key}: see the issue, `)])).toEqual(["EXE-14"]);
});

it("lists nothing that is not yet in force", () => {
  expect(idsWithoutCase([twin], "0.0.9")).toEqual([]);
});
