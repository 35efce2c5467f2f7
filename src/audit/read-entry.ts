import canonicalize from "canonicalize";
import { AuditEntry, err, ok, type Problem, parserOf, parseStrictJson, type Result } from "../model/index.js";

const parseEntry = parserOf(AuditEntry);

/**
 * Reads one stored line in full, the envelope that each gated operation is recorded in: strict JSON, the schema of entries, and
 * the one canonical form (RFC 8785) that no other text of the same value has.
 *
 * @returns on failure one sentence that says what the line is not
 * @requirement MEX-06
 */
export function readEntry(line: string): Result<AuditEntry, string> {
  // Canonical JSON leaves DEL as it is, which the strict reader refuses in documents that people write.
  const parsed = parseStrictJson(line.replaceAll("\u007f", "\\u007f"), "entry");
  if (!parsed.ok) return err(`it is no JSON: ${placed(parsed.error)}`);
  const { value } = parsed.value;
  const entry = parseEntry(value);
  if (!entry.ok) return err(`it is no audit entry: ${entry.error.map(asWords).join(", ")}`);
  return canonicalize(value) === line ? ok(entry.value) : err("it is not in canonical form");
}

function placed(problems: readonly Problem[]): string {
  return problems
    .map(({ message, place }) => (place === undefined ? message : `${message} (${place.file}, column ${place.col})`))
    .join(", ");
}

function asWords({ path, message }: { readonly path: string; readonly message: string }): string {
  return `${path === "" ? "it" : path} ${message}`;
}
