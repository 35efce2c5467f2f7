import { open } from "node:fs/promises";
import { frameOf } from "../../audit/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { momentOf } from "./moments.js";
import { foundLog, type LogFlags, openVerifiable } from "./open-audit-log.js";

/** The flags of `lockkeeper audit export`. */
export type ExportFlags = LogFlags & { readonly from?: string; readonly to?: string; readonly out?: string };

/** Writes entries as they are stored, one a line. Lines that are no entries are counted, and end it with exit code 2. */
export async function exportLog(given: ExportFlags, terminal: Terminal): Promise<number> {
  const flags = await foundLog(given);
  const from = flags.from === undefined ? Number.NEGATIVE_INFINITY : momentOf(flags.from);
  const to = flags.to === undefined ? Number.POSITIVE_INFINITY : momentOf(flags.to);
  await using log = await openVerifiable(flags);
  await using sink = flags.out === undefined ? standardOutput() : await newFile(flags.out);
  let batch: string[] = [];
  let written = 0;
  let unreadable = 0;
  for await (const { line, broken } of log.entries()) {
    const atMs = broken === undefined ? frameOf(line)?.atMs : undefined;
    if (atMs === undefined) unreadable += 1;
    if (atMs === undefined || atMs < from || atMs >= to) continue;
    written += 1;
    batch.push(`${line}\n`);
    if (batch.length < batchLines) continue;
    await sink.write(batch.join(""));
    batch = [];
  }
  await sink.write(batch.join(""));
  terminal.note(
    `${written} entries${unreadable === 0 ? "" : `, and ${unreadable} lines that are none: verify the log`}`,
  );
  return unreadable === 0 ? 0 : 2;
}

/** Lines that are written at once. */
const batchLines = 500;

/** Where lines go. What is written is taken on before more is read. */
interface Sink extends AsyncDisposable {
  write(text: string): Promise<void>;
}

function standardOutput(): Sink {
  return {
    write: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function newFile(file: string): Promise<Sink> {
  const handle = await open(file, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    const message = error.code === "EEXIST" ? "there is a file already" : `cannot be written: ${error.code}`;
    throw new CommandFailure([{ code: "internal/io", message, place: { file } }]);
  });
  return { write: (text) => handle.appendFile(text), [Symbol.asyncDispose]: () => handle.close() };
}
