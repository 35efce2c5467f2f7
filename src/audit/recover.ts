import { hash } from "node:crypto";
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { type Entry, err, ok, type Problem, type Result } from "../model/index.js";
import { type Finding, findingText } from "./finding.js";
import { jsonlLines } from "./jsonl-lines.js";
import { type ChainOptions, verifyChain } from "./verify-chain.js";

/** What was cut off a log on start; null where nothing was. */
export type Cut = { readonly bytes: number; readonly sha256: string };

/**
 * Makes a log in a file ready to be appended to: cuts an incomplete last record, and records the cut. Nothing else is ever
 * cut: where anything but the end of the last record is not as it was written, nothing is changed.
 *
 * What is cut is noted beside the file first, so that a crash in between does not leave a cut that nobody recorded. Nobody may
 * append meanwhile.
 *
 * @param record - appends to the log
 * @returns on failure `audit/invalid`, naming the place
 * @throws where the file cannot be read or written
 */
export async function recoverLog(
  file: string,
  record: (entry: Entry) => Promise<void>,
  options: ChainOptions = {},
): Promise<Result<Cut | null, readonly Problem[]>> {
  const { findings } = await verifyChain(jsonlLines(file), options);
  const wrong = findings.filter((finding) => !isCuttable(finding));
  if (wrong.length > 0) {
    return err(
      wrong.map((finding) => ({
        code: "audit/invalid" as const,
        message: findingText(finding),
        place: { file, ...(finding.row === undefined ? {} : { row: finding.row }) },
        hint: "keep the file as it is; see lockkeeper audit verify",
      })),
    );
  }
  const noteFile = `${file}.cut`;
  if (findings.length > 0) await cutEnd(file, noteFile);
  const cut = await notedCut(noteFile);
  if (cut === null) return ok(null);
  await record(cutEntry(cut));
  await rm(noteFile, { force: true });
  return ok(cut);
}

/**
 * Whether a finding is about nothing but a last record without its end.
 *
 * @requirement EXE-11
 */
export function isCuttable({ code }: Pick<Finding, "code">): boolean {
  return code === "torn";
}

/** What is recorded of a cut. */
export function cutEntry({ bytes, sha256 }: Cut): Entry {
  return { kind: "event", name: "audit/cut", actor: null, roles: [], object: null, detail: { bytes, sha256 } };
}

async function cutEnd(file: string, noteFile: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    const { size } = await handle.stat();
    const start = await afterLastLineFeed(handle, size);
    const { buffer } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const note = await open(noteFile, "w", 0o600);
    try {
      await note.writeFile(JSON.stringify({ bytes: size - start, sha256: hash("sha256", buffer, "hex") }));
      await note.sync();
    } finally {
      await note.close();
    }
    await handle.truncate(start);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function afterLastLineFeed(handle: FileHandle, size: number): Promise<number> {
  const chunk = 65_536;
  for (let end = size; end > 0; end -= chunk) {
    const start = Math.max(0, end - chunk);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at !== -1) return start + at + 1;
  }
  return 0;
}

async function notedCut(noteFile: string): Promise<Cut | null> {
  let text: string;
  try {
    text = await readFile(noteFile, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const [, bytes, sha256 = ""] = /^\{"bytes":([0-9]{1,15}),"sha256":"([0-9a-f]{64})"\}$/.exec(text) ?? [];
  // A note that a crash cut short was written before anything was cut off the log.
  return bytes === undefined ? null : { bytes: Number(bytes), sha256 };
}
