import { createHash } from "node:crypto";
import type { Hit, HygieneSource } from "./hygiene-finding.js";

/** How far into a file its header may reach, in UTF-16 units. */
const headerLength = 4096;
const digest = /\bsha-?256[:= ]\s*"?([0-9a-f]{64})\b/iu;
const claim = /generated[^\n]*do not edit|do not edit[^\n]*generated/iu;

/**
 * The digest a generated file carries in its header: SHA-256 over its text with LF line ends and with 64 zeros where
 * the digest stands, so that any format can carry it anywhere.
 */
export function generatedDigest(text: string): string {
  return createHash("sha256").update(zeroed(text)).digest("hex");
}

/**
 * Hits a file that says `generated … do not edit` and `sha256:` with 64 digits within its first 4 096 characters, and
 * whose text has another digest. A file that gives no digest claims nothing that could be checked here.
 */
export function digestHits({ text }: HygieneSource): readonly Hit[] {
  if (text === undefined) return [];
  const header = text.slice(0, headerLength);
  const found = digest.exec(header);
  if (found === null || !claim.test(header)) return [];
  if (found[1]?.toLowerCase() === generatedDigest(text)) return [];
  return [{ offset: found.index, message: "the text is not what its digest was made of" }];
}

function zeroed(text: string): string {
  const found = digest.exec(text.slice(0, headerLength));
  const plain = (part: string) => part.replaceAll("\r\n", "\n");
  if (found === null) return plain(text);
  const at = found.index + found[0].length - 64;
  return plain(text.slice(0, at)) + "0".repeat(64) + plain(text.slice(at + 64));
}
