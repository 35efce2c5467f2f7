import type { EntryRange, StoredEntry } from "../../audit/index.js";
import type { AuditReader } from "../batch/audit-reader.js";
import { lineHash } from "../line-hash.js";
import { integerOf, type Row, textOf } from "../row.js";
import type { Connection } from "./connection.js";

/** How many entries are read at once. */
const pageRows = 1000;

/** Reads the table of entries. */
export function postgresEntries({ run }: Pick<Connection, "run">): AuditReader {
  const rowsOf = (text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    run(async (client) => (await client.query(text, [...values])).rows);
  return {
    heads: async () => {
      const rows = await rowsOf(
        `SELECT w.writer, e.seq::float8 AS seq, e.line FROM lockkeeper.writers w
          CROSS JOIN LATERAL (SELECT seq, line FROM lockkeeper.audit_entries WHERE writer = w.writer
            ORDER BY seq DESC LIMIT 1) e
          ORDER BY w.writer`,
        [],
      );
      return rows.map(storedEntry).map(({ writer, seq, line }) => ({ writer, seq, sha256: lineHash(line) }));
    },
    entries: (range) => entriesIn(rowsOf, range ?? {}),
    tail: async (count) => {
      const rows = await rowsOf(`SELECT ${columns} ORDER BY created_at DESC, id DESC LIMIT $1`, [count]);
      return rows.map(storedEntry).reverse();
    },
    about: async (id) => {
      const rows = await rowsOf(
        `SELECT ${columns} WHERE about = $1 OR about IN (SELECT about FROM lockkeeper.audit_entries WHERE approval_id = $1)
          ORDER BY created_at, id`,
        [id],
      );
      return rows.map(storedEntry);
    },
    checkpoints: async () => {
      const rows = await rowsOf("SELECT note FROM lockkeeper.audit_checkpoints ORDER BY id", []);
      return rows.map((row) => textOf(row, "note"));
    },
  };
}

const columns = "writer, seq::float8 AS seq, line FROM lockkeeper.audit_entries";

type RowsOf = (text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

async function* entriesIn(rowsOf: RowsOf, { writer, afterSeq = 0 }: EntryRange): AsyncIterable<StoredEntry> {
  const writers = await rowsOf("SELECT writer FROM lockkeeper.writers ORDER BY writer", []);
  const names = writer === undefined ? writers.map((row) => textOf(row, "writer")) : [writer];
  for (const name of names) {
    let after = afterSeq;
    for (;;) {
      const page = `SELECT ${columns} WHERE writer = $1 AND seq > $2 ORDER BY audit_entries.seq LIMIT ${pageRows}`;
      const rows = (await rowsOf(page, [name, after])).map(storedEntry);
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) break;
      after = last.seq;
    }
  }
}

function storedEntry(row: Row): StoredEntry {
  return { writer: textOf(row, "writer"), seq: integerOf(row, "seq"), line: textOf(row, "line") };
}
