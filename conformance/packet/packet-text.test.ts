import { describe, expect, it } from "vitest";
import { documentText, maxDocumentBytes, repairSectionSigns } from "./packet-text.js";

const read = (text: string | Uint8Array) => documentText(typeof text === "string" ? Buffer.from(text) : text, "p.md");

describe("a document's text", () => {
  it.each([
    ["UTF-8", "§7.6.3.10"],
    ["UTF-8 read as Latin-1", "Â§7.6.3.10"],
    ["the same done twice", "Ã‚Â§7.6.3.10"],
    ["the same done twice, as Latin-1", "\u00c3\u0082\u00c2\u00a77.6.3.10"],
    ["Latin-1 read as UTF-8", "\ufffd7.6.3.10"],
    ["HTML", "&sect;7.6.3.10"],
    ["HTML by number", "&#167;7.6.3.10"],
  ])("has its section sign back: %s", (_, text) => {
    expect(repairSectionSigns(text)).toBe("§7.6.3.10");
  });

  it("has it back from bytes that are Latin-1", () => {
    expect(read(Uint8Array.from([0xa7, 0x37])).text).toBe("§7");
    expect(repairSectionSigns("Â and § and \ufffdx")).toBe("Â and § and \ufffdx");
  });

  it("loses a byte order mark and CR, and keeps its rows", () => {
    expect(read("\ufeffone\r\ntwo\rthree\n")).toEqual({ text: "one\ntwo\nthree\n", findings: [] });
    expect(read("ï»¿one").text).toBe("one");
  });

  it.each([
    ["right-to-left override", "a\u202eb", "U+202E at column 2"],
    ["zero-width space", "STA\u200bTUS", "U+200B at column 4"],
    ["escape", "\u001b[2J", "U+001B at column 1"],
    ["NUL", "a\u0000", "U+0000 at column 2"],
    ["line separator", "a\u2028b", "U+2028 at column 2"],
    ["bytes that are no text", "a\ufffdb", "U+FFFD at column 2"],
  ])("may hold no %s", (_, text, message) => {
    expect(read(`fine\n${text}\n`).findings).toEqual([
      {
        rule: "CX-573-TEXT",
        message: `${message} hides or changes what a reader sees`,
        file: "p.md",
        row: 2,
        hint: "write it as ordinary text, in UTF-8",
      },
    ]);
  });

  it("names at most twenty of them, and takes ordinary letters of any script", () => {
    expect(read("\u200b\n".repeat(50)).findings).toHaveLength(20);
    expect(read("Größe, 大きさ, размер, ΜΕΓΕΘΟΣ\t→ §1\n").findings).toEqual([]);
  });

  it("has a bound", () => {
    expect(read(new Uint8Array(maxDocumentBytes + 1).fill(97)).findings).toMatchObject([{ rule: "CX-573-TEXT" }]);
    expect(read(new Uint8Array(maxDocumentBytes).fill(97)).findings).toEqual([]);
  });
});
