import { describe, expect, it } from "vitest";
import { mappingLines, withMapping } from "./map-evidence.js";
import { packetOf, packetText } from "./testdata/packet-world.js";

const item = (id: string) => ({ id, kind: "rule" as const, text: "x", section: "§1", file: "s.md", row: 1 });

describe("a mapping from annotations", () => {
  it("names each requirement that something cites, ten places at most", () => {
    const places: Readonly<Record<string, readonly string[]>> = {
      B: ["b.ts:2", "a.ts:1", "b.ts:2"],
      C: Array.from({ length: 12 }, (_, index) => `c.ts:${index + 10}`),
    };
    expect(mappingLines([item("B"), item("A"), item("C")], (id) => places[id] ?? [])).toEqual([
      "- B -> a.ts:1, b.ts:2",
      `- C -> ${Array.from({ length: 10 }, (_, index) => `c.ts:${index + 10}`).join(", ")}`,
    ]);
  });

  it.each([
    ["the template's", "## EVIDENCE_MAPPING\n\n- [Requirement] -> [File:Line]"],
    ["an earlier one", "## EVIDENCE_MAPPING\n- A -> a.ts:1\n\n- B -> b.ts:1"],
    ["a table", "## EVIDENCE_MAPPING\n\n| requirement | evidence |\n|---|---|\n| A | a.ts:1 |"],
    ["nothing", "## EVIDENCE_MAPPING\n"],
  ])("takes the place of %s, and of nothing else", (_, evidence) => {
    for (const newline of ["\n", "\r\n"]) {
      const text = packetText({ evidence }).replaceAll("\n", newline);
      const after = withMapping(text, packetOf(text), ["- A -> a.ts:9"]) ?? "";
      const expected = packetText({ evidence: "## EVIDENCE_MAPPING\n- A -> a.ts:9" }).replaceAll("\n", newline);
      expect(after.replaceAll(/(?:\r?\n)+/g, newline)).toBe(expected.replaceAll(/(?:\r?\n)+/g, newline));
    }
  });

  it.each([
    ["is a line", "EVIDENCE_MAPPING: A -> a.ts:1"],
    ["holds code", "## EVIDENCE_MAPPING\n```\nA -> a.ts:1\n```"],
    ["is followed by another heading at once", "## EVIDENCE_MAPPING\n## NOTES"],
    ["is not there", ""],
  ])("is not written where the field %s", (_, evidence) => {
    const text = packetText({ evidence });
    expect(withMapping(text, packetOf(text), ["- A -> a.ts:9"])).toBeUndefined();
  });
});
