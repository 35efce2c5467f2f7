import { expect, it } from "vitest";
import { textsBetween, textsMatching } from "./text-samples.js";

/** Whether some text is matched by one pattern and not by the other. */
function parted(old: string, now: string): boolean {
  const [one, other] = [old, now].map((text) => new RegExp(`^(?:${text})$`, "u"));
  return textsBetween(old, now, 1).some((text) => one?.test(text) !== other?.test(text));
}

it("finds texts on which two patterns disagree: another letter, one more repetition, an alternative", () => {
  expect(parted("[a-z]{1,8}", "[a-z/]{1,8}")).toBe(true);
  expect(parted("[0-9]{1,12}", "[0-9]{1,13}")).toBe(true);
  expect(parted("(red|green)", "(red|green|blue)")).toBe(true);
  expect(parted("[a-z]+", "[a-z]*")).toBe(true);
});

it("finds none on which patterns that say the same disagree", () => {
  expect(parted("[0-9]{1,3}", "[0-9][0-9]?[0-9]?")).toBe(false);
});

it("gives the letters that only one of two lists has", () => {
  expect(textsBetween("abc", "abcd", 1)).toContain("d");
});

it("makes nothing of what is no pattern, or of one that JavaScript does not know", () => {
  expect(textsMatching("(?P<name>x)(", 5, 1)).toEqual([]);
  expect(textsBetween("(", ")", 1)).toEqual([")", "(", "a)b", "a(b"]);
});

it("gives the same texts for the same seed", () => {
  expect(textsMatching("[a-z]{3}", 5, 7)).toEqual(textsMatching("[a-z]{3}", 5, 7));
});
