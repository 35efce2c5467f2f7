import { expect, it } from "vitest";
import { contentHash } from "./content-hash.js";

const range = { row: 2, end_row: 3 };

it("is the same where lines moved, or end in another way", () => {
  const sha256 = contentHash("a\nb\nc\nd\n", range);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(contentHash("0\na\nb\nc\n", { row: 3, end_row: 4 })).toBe(sha256);
  expect(contentHash("a\r\nb\r\nc\r\nd\r\n", range)).toBe(sha256);
});

it.each([
  ["another character", "a\nb\nC\nd\n"],
  ["indentation", "a\nb\n c\nd\n"],
  ["a trailing blank", "a\nb\nc \nd\n"],
  ["a line more", "a\nb\n\nc\nd\n"],
  ["a bidirectional mark", "a\nb\n\u202ec\nd\n"],
  ["a carriage return alone", "a\nb\rc\nd\n"],
])("differs for %s", (_, text) => {
  expect(contentHash(text, range)).not.toBe(contentHash("a\nb\nc\nd\n", range));
});
