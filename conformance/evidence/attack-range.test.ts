import { expect, it } from "vitest";
import { attackRange } from "./attack-range.js";

it("finds the declaration of an attack below its opening comment", () => {
  const text = "/** Claim. */\nexport const other = { a: 1 };\nexport const a: Attack = {\n  requirements: [],\n};\n";
  expect(attackRange({ file: "a.attack.ts", text })).toEqual({ row: 3, end_row: 5 });
});

it("finds none where none is declared or the file does not parse", () => {
  expect(attackRange({ file: "a.attack.ts", text: "const a = { requirements: [] };" })).toBeUndefined();
  expect(attackRange({ file: "a.attack.ts", text: "export const a = {" })).toBeUndefined();
});
