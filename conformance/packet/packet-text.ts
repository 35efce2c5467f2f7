import type { PacketFinding } from "./packet-rules.js";

/** Largest packet or spec document, in bytes. */
export const maxDocumentBytes = 2 * 1024 * 1024;

/** A document as it is read, and what could not be forgiven. Rows are those of the file. */
export type DocumentText = { readonly text: string; readonly findings: readonly PacketFinding[] };

/**
 * Bytes as text for a Markdown parser: a byte order mark goes, CRLF becomes LF, a section sign that went through the
 * wrong encoding is one again. Rows stay as they are. Characters that hide or reorder text are findings, for a reader
 * would see another document than we do.
 *
 * @param file - how the document is named in findings
 */
export function documentText(bytes: Uint8Array, file: string): DocumentText {
  if (bytes.length > maxDocumentBytes) {
    return { text: "", findings: [{ rule: "CX-573-TEXT", message: `larger than ${maxDocumentBytes} bytes`, file }] };
  }
  const text = repairSectionSigns(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes))
    .replace(/^(?:\u{feff}|\u{ef}\u{bb}\u{bf})/u, "")
    .replace(/\r\n?/g, "\n");
  return { text, findings: hiddenCharacters(text, file) };
}

/**
 * Section signs as they were meant. `Â§` is UTF-8 read as Latin-1, `Ã‚Â§` the same done twice (as Windows-1252, or as
 * Latin-1 with a control character), U+FFFD before a number Latin-1 read as UTF-8, `&sect;` HTML.
 */
export function repairSectionSigns(text: string): string {
  return text
    .replace(/(?:\u{c3}[\u{201a}\u{82}])*\u{c2}\u{a7}/gu, "§")
    .replace(/\u{fffd}{1,3}(?=\s?\d)/gu, "§")
    .replace(/&(?:sect|#167|#x0*a7);/gi, "§");
}

/** At most 20, so that a hostile file cannot fill a report. */
function hiddenCharacters(text: string, file: string): PacketFinding[] {
  const findings: PacketFinding[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const found = /[^\P{C}\t]|[\u{2028}\u{2029}\u{fffd}]/u.exec(line);
    if (found === null) continue;
    const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const message = `U+${code} at column ${found.index + 1} hides or changes what a reader sees`;
    findings.push({ rule: "CX-573-TEXT", message, file, row: index + 1, hint: "write it as ordinary text, in UTF-8" });
    if (findings.length === 20) break;
  }
  return findings;
}
