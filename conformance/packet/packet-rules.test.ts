import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isBlocked, type PacketRule, packetRules } from "./packet-rules.js";

it("stand in docs/packets.md, each with what it means", () => {
  const page = readFileSync("docs/packets.md", "utf8");
  const rows = [...page.matchAll(/^\| ([A-Z]+(?:-[A-Z0-9]+)+) \| (.*) \| (yes|no) \|$/gm)].map((row) => row.slice(1));
  const rules = Object.entries(packetRules).map(([rule, { about, blocks }]) => [rule, about, blocks ? "yes" : "no"]);
  expect(rows).toEqual(rules);
});

/** @requirement MEX-13, MEX-15 */
it("block or not as they say", () => {
  const finding = (rule: PacketRule) => ({ rule, message: "x", file: "p.md" });
  expect(isBlocked([])).toBe(false);
  expect(isBlocked([finding("SPEC-GAP"), finding("SPEC-ANCHOR")])).toBe(true);
  const rules = Object.keys(packetRules).filter((rule) => isPacketRule(rule));
  expect(rules.filter((rule) => !isBlocked([finding(rule)]))).toEqual([
    ...["SPEC-GAP", "HYGIENE-FINDING", "TEST-FAILED", "TEST-REFUSED", "BOARD-ABSENT", "BOARD-MISMATCH"],
  ]);
});

function isPacketRule(text: string): text is PacketRule {
  return text in packetRules;
}
