import { expect, it } from "vitest";
import { mutantDiff } from "./mutant-diff.js";
import { mutantExample, source } from "./testdata/proof-example.js";

const over = (start: [number, number], end: [number, number], replacement: string) =>
  mutantExample({
    location: { start: { line: start[0], column: start[1] }, end: { line: end[0], column: end[1] } },
    replacement,
  });

it("shows the rows as they are, and as they were with the mutant", () => {
  expect(mutantDiff(source, over([4, 10], [4, 15], "false"))).toBe("-   return n > 7;\n+   return false;");
  expect(mutantDiff(source, over([3, 44], [5, 2], "{}"))).toBe(
    "- export function isOpen(n: number): boolean {\n-   return n > 7;\n- }\n+ export function isOpen(n: number): boolean {}",
  );
});

it("shows nothing in place of rows that are gone, and at most eight of many", () => {
  expect(mutantDiff("a\n", over([1, 1], [1, 2], ""))).toBe("- a");
  const many = Array.from({ length: 20 }, (_, n) => `row ${n}`).join("\n");
  const diff = mutantDiff(many, over([1, 1], [20, 7], "x")).split("\n");
  expect(diff.slice(7)).toEqual(["- row 7", "- … 12 more rows", "+ x"]);
});

it("reads ranges outside the text, and rows that end in CRLF", () => {
  expect(mutantDiff("a\n", over([7, 9], [9, 1], "x"))).toBe("+ x");
  expect(mutantDiff("a\r\nb\r\n", over([1, 1], [1, 2], "x"))).toBe("- a\n+ x");
});
