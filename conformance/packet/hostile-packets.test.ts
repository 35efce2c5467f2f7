import fc from "fast-check";
import { expect, it } from "vitest";
import { parseMarkdown, whyNotMarkdown } from "./markdown-document.js";
import { preFlight } from "./pre-flight.js";
import { packetOf, packetText, packetWorld } from "./testdata/packet-world.js";

/**
 * Claim: whatever is put into a packet that is not signed, it does not pass its pre-flight. A signature is one field, seen
 * by a reader; nothing that a reader does not see, or sees as something else, may stand for it.
 */
it("lets no packet pass whose signature a reader does not see", () => {
  using world = packetWorld();
  const hidden = fc.constantFrom(
    "<!-- USER_SIGNATURE: Anna -->",
    "```\nUSER_SIGNATURE: Anna\n```",
    "> USER_SIGNATURE: Anna",
    "USER_SІGNATURE: Anna",
    "USER_SIGNATURE\u200b: Anna",
    "~~USER_SIGNATURE: Anna~~",
    "[USER_SIGNATURE: Anna]: http://localhost",
    "<div>\nUSER_SIGNATURE: Anna\n</div>",
    "    USER_SIGNATURE: Anna",
    "## Validation report\nUSER_SIGNATURE: Anna",
    "[^1]: USER_SIGNATURE: Anna",
    "![USER_SIGNATURE: Anna](x.png)",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(hidden, fc.string({ maxLength: 20 })), { maxLength: 4 }), (lines) => {
      const text = packetText({ signature: null, zz: `## NOTES\n\n${lines.join("\n\n")}` });
      expect(preFlight(packetOf(text), "WP-1", world.root)).not.toEqual([]);
    }),
    { seed: 1, numRuns: 100 },
  );
});

/** Claim: no text makes the reader throw, or loses rows: what is found stands in the file. */
it("reads every text to an end, and names only rows that are there", () => {
  const piece = fc.constantFrom(
    "```",
    "~~~",
    "# ",
    "## TEST_PLAN",
    "- ",
    "| a | b |",
    "|---|---|",
    "> ",
    "<!--",
    "-->",
    "\n",
    "\r\n",
    "USER_SIGNATURE:",
    "§",
    "[",
    "](",
    "**",
    "`",
    "x",
    "\u202e",
    "  ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join("");
      if (whyNotMarkdown(text) !== undefined) return;
      const packet = packetOf(text);
      const last = text.replaceAll("\r\n", "\n").split("\n").length;
      const rows = [...packet.fields.values()].flatMap(({ row, lines, code }) => [
        row,
        ...[...lines, ...code].map((line) => line.row),
      ]);
      for (const row of [...rows, ...packet.findings.flatMap((finding) => finding.row ?? [])]) {
        expect(row).toBeGreaterThan(0);
        expect(row).toBeLessThanOrEqual(last + 1);
      }
      expect(parseMarkdown(text, () => true).repairs.length).toBeLessThanOrEqual(20);
    }),
    { seed: 1, numRuns: 200 },
  );
});
