import { expect, it } from "vitest";
import { isMeant } from "./yaml-anchor.js";

/** @requirement MEX-14 */
it.each([
  ["AB-1", "AB-1", "scope", true],
  ["AB", "AB-1", "scope", true],
  ["A", "AB-1", "scope", false],
  ["ab-1", "AB-1", "scope", false],
  ["scope", "AB-1", "Scope", true],
  ["Scope", "AB-1", "scope", true],
  ["§scope", "AB-1", "scope", true],
  ["§ scope", "AB-1", "scope", true],
  ["micro§scope", "AB-1", "microscope", false],
  ["AB-1..AB-3", "AB-2", "scope", true],
  ["AB-1 … AB-3", "AB-1", "scope", true],
  ["AB-1  ...  AB-10", "AB-10", "scope", true],
  ["AB-1 .. AB-3", "AB-3", "scope", true],
  ["AB-10..AB-12", "AB-11", "scope", true],
  ["AB-2..AB-3", "AB-1", "scope", false],
  ["AB-1..AB-3", "AB-4", "scope", false],
  ["AB-1..AB-3", "CD-2", "scope", false],
  ["AB-1..CD-3", "AB-2", "scope", false],
  ["AB-1..AB-3", "AB", "scope", false],
  ["AB-1..AB-3", "AB-2-X", "scope", false],
  ["the AB-1..AB-3", "AB-2", "scope", false],
  ["AB-1..AB-3 or so", "AB-2", "scope", false],
  ["AB-3..AB-1", "AB-2", "scope", false],
  ["AB-1.AB-3", "AB-2", "scope", false],
  ["other", "AB", "scope", false],
  ["A-B-9..A-B-11", "A-B-10", "scope", true],
] as const)("the anchor %s means %s of the section %s: %j", (anchor, id, section, expected) => {
  expect(isMeant(anchor, { id, section })).toBe(expected);
});
