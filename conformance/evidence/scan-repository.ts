import { hash } from "node:crypto";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Problem } from "../../src/index.js";
import type { Found } from "./cited-place.js";
import { openEvidenceCache, type ScannedFile } from "./evidence-cache.js";
import { languageOf } from "./languages.js";
import { markerWord } from "./marker.js";
import { evidenceInSource } from "./source-evidence.js";
import { type ListedFile, listFiles, maxSourceBytes, readInto } from "./source-files.js";

/** What to look through for markers. */
export type RepositoryScan = {
  readonly root: string;
  /** Folders and files, from the root. */
  readonly roots: readonly string[];
  readonly ignore: readonly string[];
  /** The ids that the specifications have. */
  readonly known: ReadonlySet<string>;
  /** Files whose text is wanted whether they cite or not. */
  readonly keep: (file: string) => boolean;
  /** Where results are kept for the next scan; nothing is kept where it is absent. */
  readonly cache?: string;
};

/** What was found, and the texts it was found in. */
export type ScannedRepository = Found & {
  /** Texts by path from the root: of files that cite, and of those to keep. */
  readonly sources: ReadonlyMap<string, string>;
};

/**
 * Finds what a repository's files cite, in any language. Of a large tree only the files that hold the marker's word are
 * decoded and parsed, and only their texts are held. With a cache, a file that its system says is as it was is not
 * opened again unless it cites, and one that cites is read and compared by hash: what comes out is the same.
 *
 * @requirement HAR-10
 */
export async function scanRepository({
  root,
  roots,
  ignore,
  known,
  keep,
  cache,
}: RepositoryScan): Promise<ScannedRepository> {
  const earlier = openEvidenceCache(cache, known);
  const listed = listFiles(root, { roots, ignore, counts: (file) => keep(file) || languageOf(file) !== undefined });
  const sources = new Map<string, string>();
  const places: Found["places"][number][] = [];
  const problems: Problem[] = [...listed.problems];
  const scanned: ScannedFile[] = [];
  // One for all files: a hundred thousand of their own would be a lot to collect.
  const buffer = Buffer.allocUnsafe(maxSourceBytes + 1);
  for await (const file of inTurns(listed.files)) {
    const before = earlier.get(file);
    if (before !== undefined && before.found === undefined && !keep(file.file)) {
      scanned.push(before);
      continue;
    }
    const bytes = readOrFault(root, file, buffer, problems);
    if (bytes === undefined) continue;
    const now = scanOne(file, bytes, before, known);
    scanned.push(now);
    if (now.found !== undefined) {
      places.push(...now.found.places);
      problems.push(...now.found.problems);
    }
    if (now.found !== undefined || keep(file.file)) sources.set(file.file, bytes.toString("utf8"));
  }
  earlier.keep(scanned);
  return { places, problems, sources };
}

/** Files in one turn: as many syntax trees may be held at once. */
const filesInTurn = 100;

/** Syntax trees live outside of the heap, and are given back only between turns of the event loop. */
async function* inTurns(files: readonly ListedFile[]): AsyncGenerator<ListedFile> {
  for (const [index, file] of files.entries()) {
    if (index % filesInTurn === 0) await setImmediate();
    yield file;
  }
}

const word = Buffer.from(markerWord);

function scanOne(
  listed: ListedFile,
  bytes: Buffer,
  before: ScannedFile | undefined,
  known: ReadonlySet<string>,
): ScannedFile {
  if (!bytes.includes(word)) return before?.found === undefined && before !== undefined ? before : { listed };
  const sha256 = hash("sha256", bytes);
  if (before?.sha256 === sha256) return before;
  const found = evidenceInSource({ file: listed.file, text: bytes.toString("utf8") }, known);
  return { listed, sha256, found };
}

/** Reads a file into the buffer: what it gives is overwritten by the next one. */
function readOrFault(
  root: string,
  { file, size }: ListedFile,
  buffer: Buffer,
  problems: Problem[],
): Buffer | undefined {
  const fault = (message: string): undefined => {
    problems.push({ code: "internal/io", message, place: { file } });
  };
  const large = `the file is larger than ${maxSourceBytes} bytes, or no plain file`;
  if (size > maxSourceBytes) return fault(large);
  try {
    const length = readInto(join(root, file), buffer);
    return length === undefined ? fault(large) : buffer.subarray(0, length);
  } catch (thrown) {
    return fault(`it cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
