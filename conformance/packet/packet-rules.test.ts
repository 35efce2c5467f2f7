import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isBlocked, packetRules } from "./packet-rules.js";

it("stand in docs/packets.md, each with what it means", () => {
  const page = readFileSync("docs/packets.md", "utf8");
  const rows = [...page.matchAll(/^\| ([A-Z]+(?:-[A-Z0-9]+)+) \| (.*) \| (yes|no) \|$/gm)].map((row) => row.slice(1));
  const rules = Object.entries(packetRules).map(([rule, { about, blocks }]) => [rule, about, blocks ? "yes" : "no"]);
  expect(rows).toEqual(rules);
});

it("block or not as they say", () => {
  const finding = { message: "x", file: "p.md" };
  expect(isBlocked([])).toBe(false);
  expect(isBlocked([{ ...finding, rule: "SPEC-GAP" }])).toBe(false);
  expect(
    isBlocked([
      { ...finding, rule: "SPEC-GAP" },
      { ...finding, rule: "SPEC-ANCHOR" },
    ]),
  ).toBe(true);
});
