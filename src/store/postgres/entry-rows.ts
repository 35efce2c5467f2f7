import type { QueryConfig } from "pg";
import { lineHash } from "../line-hash.js";
import type { Row } from "../row.js";

/** One entry on its way into the table: its text, where in which chain it stands, and its members. */
export type EntryRow = { readonly writer: string; readonly seq: number; readonly line: string; readonly members: Row };

/**
 * The statement that adds entries.
 *
 * @param again - they may be there already, from a batch whose end nobody saw, and then stay as they are
 */
export function insertEntries(rows: readonly EntryRow[], again: boolean): QueryConfig {
  const columns = rows.map(({ members }) => columnsOf(members));
  const column = <K extends keyof Columns>(name: K) => columns.map((one) => one[name]);
  return {
    name: again ? "insert_entries_again" : "insert_entries",
    text: `INSERT INTO lockkeeper.audit_entries (writer, seq, line, kind, created_at, about, approval_id, actor, command,
        decision, outcome, reason, exit_code, duration_ms, output_bytes)
      SELECT writer, seq, line, kind, to_timestamp(at_ms / 1000.0), about, approval_id, actor, command,
        decision, outcome, reason, exit_code, duration_ms, output_bytes
      FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::bigint[], $15::bigint[])
        AS entry (writer, seq, line, kind, at_ms, about, approval_id, actor, command,
          decision, outcome, reason, exit_code, duration_ms, output_bytes)
      ${again ? "ON CONFLICT (writer, seq) DO NOTHING" : ""}`,
    values: [
      rows.map(({ writer }) => writer),
      rows.map(({ seq }) => seq),
      rows.map(({ line }) => line),
      column("kind"),
      column("at_ms"),
      column("about"),
      column("approval_id"),
      column("actor"),
      column("command"),
      column("decision"),
      column("outcome"),
      column("reason"),
      column("exit_code"),
      column("duration_ms"),
      column("output_bytes"),
    ],
  };
}

/** The statement that tells which of these rows are there with another text: somebody else's, under the same number. */
export function differingEntries(rows: readonly EntryRow[]): QueryConfig {
  return {
    text: `SELECT e.writer, e.seq::float8 AS seq FROM unnest($1::text[], $2::bigint[], $3::text[]) AS ours (writer, seq, sha256)
      JOIN lockkeeper.audit_entries e ON e.writer = ours.writer COLLATE "C" AND e.seq = ours.seq
      WHERE encode(sha256(convert_to(e.line, 'UTF8')), 'hex') <> ours.sha256`,
    values: [rows.map(({ writer }) => writer), rows.map(({ seq }) => seq), rows.map(({ line }) => lineHash(line))],
  };
}

/** The executions that have their end among these rows. */
export function endedIn(rows: readonly EntryRow[]): readonly string[] {
  return rows.flatMap(({ members }) => {
    const { kind, about } = columnsOf(members);
    return kind === "end" && about !== null ? [about] : [];
  });
}

/** What stands beside an entry's text. */
type Columns = {
  readonly kind: string | null;
  readonly at_ms: number | null;
  readonly about: string | null;
  readonly approval_id: string | null;
  readonly actor: string | null;
  readonly command: string | null;
  readonly decision: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly exit_code: number | null;
  readonly duration_ms: number | null;
  readonly output_bytes: number | null;
};

/** @requirement EXE-09 */
function columnsOf(entry: Row): Columns {
  return {
    kind: text(entry.kind),
    at_ms: integer(entry.at_ms),
    about: text(entry.execution_id) ?? text(entry.object),
    approval_id: text(entry.approval_id),
    actor: text(entry.subject) ?? text(entry.actor),
    command: text(entry.command),
    decision: text(entry.decision),
    outcome: text(entry.outcome),
    reason: text(entry.reason) ?? rulesOf(entry.violations),
    exit_code: integer(entry.exit_code),
    duration_ms: integer(entry.duration_ms),
    output_bytes: integer(entry.output_bytes),
  };
}

/** PostgreSQL's text holds no NUL. The entry's own text has it escaped, and is what counts. */
function text(value: unknown): string | null {
  return typeof value === "string" ? value.replaceAll("\0", "\ufffd").toWellFormed() : null;
}

function integer(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** The rules that objected, as the reason of a refusal. */
function rulesOf(violations: unknown): string | null {
  if (!Array.isArray(violations) || violations.length === 0) return null;
  return violations.map((violation: unknown) => text(Object(violation).rule) ?? "").join(", ");
}
