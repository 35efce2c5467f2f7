import { type LogLine, readEntry } from "../../audit/index.js";
import { type AuditEntry, printable } from "../../model/index.js";
import { CommandFailure } from "../terminal.js";

/** The entries of lines; a line that is none ends the command, with exit code 2. */
export function entriesOrFail(lines: readonly LogLine[]): readonly AuditEntry[] {
  return lines.map(({ line, writer = "?", seq = 0 }) => {
    const entry = readEntry(line);
    if (entry.ok) return entry.value;
    const message = `entry ${seq} of writer ${writer} cannot be read: ${entry.error}`;
    throw new CommandFailure([{ code: "audit/invalid", message, hint: "lockkeeper audit verify says more" }], 2);
  });
}

/** An entry as one line for people. */
export function entryText(entry: AuditEntry): string {
  const at = new Date(entry.at_ms).toISOString();
  return printable([at, ...wordsOf(entry)].join("  ")).replaceAll("\n", "\\n");
}

function wordsOf(entry: AuditEntry): readonly string[] {
  switch (entry.kind) {
    case "intent": {
      const rules = entry.violations.map(({ rule }) => rule).join(", ");
      const command = (entry.command ?? "").slice(0, 200);
      return [
        `intent  ${entry.decision.padEnd(5)}`,
        entry.execution_id,
        entry.subject,
        command,
        ...(rules === "" ? [] : [rules]),
      ];
    }
    case "end": {
      const code = entry.exit_code === null ? [] : [`exit code ${entry.exit_code}`];
      return ["end          ", entry.execution_id, entry.outcome, ...code, `${entry.duration_ms} ms`];
    }
    case "event":
      return ["event        ", entry.object ?? "-", entry.name, entry.actor ?? "-"];
    case "load":
      return ["load         ", entry.subject_kind, entry.name, entry.sha256];
  }
}
