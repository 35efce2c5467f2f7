import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Type, { type Static } from "typebox";
import { parserOf } from "../../src/index.js";
import type { Found } from "./cited-place.js";
import { type ListedFile, readBounded } from "./source-files.js";

/** A file as it was scanned. One that does not cite has no more than what its system said of it. */
export type ScannedFile = {
  readonly listed: ListedFile;
  readonly sha256?: string;
  readonly found?: Found;
};

/** Files by what was found in them, as long as their system says that they are as they were. */
export type EvidenceCache = {
  /** What was found in a file; undefined where it may have changed since. */
  get(listed: ListedFile): ScannedFile | undefined;
  /** Keeps a whole scan for the next one, where it is not what was kept. That it cannot be kept costs time, and nothing else. */
  keep(scanned: readonly ScannedFile[]): void;
};

const Ids = Type.Array(Type.String());
const Place = Type.Object({
  file: Type.String(),
  row: Type.Optional(Type.Integer()),
  col: Type.Optional(Type.Integer()),
  source_line: Type.Optional(Type.String()),
});
const CachedFound = Type.Object({
  places: Type.Array(
    Type.Object({
      kind: Type.Enum(["code", "test"]),
      name: Type.String(),
      file: Type.String(),
      row: Type.Integer(),
      end_row: Type.Integer(),
      requirements: Ids,
      title: Type.Optional(Ids),
      path: Type.Optional(Ids),
    }),
  ),
  problems: Type.Array(
    Type.Object({
      code: Type.Literal("evidence/unresolved"),
      message: Type.String(),
      place: Type.Optional(Place),
      hint: Type.Optional(Type.String()),
    }),
  ),
});
const CacheFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/evidence-cache/v1"),
    key: Type.String(),
    started_ms: Type.Number(),
    /** The files that do not cite, and of each its size, mtime, ctime and inode, in the same order. */
    plain: Type.Array(Type.String()),
    facts: Type.Array(Type.Number()),
    cited: Type.Array(
      Type.Object({
        listed: Type.Object({
          file: Type.String(),
          size: Type.Number(),
          mtimeMs: Type.Number(),
          ctimeMs: Type.Number(),
          ino: Type.Number(),
        }),
        sha256: Type.String(),
        found: CachedFound,
      }),
    ),
  },
  { $id: "lockkeeper/evidence-cache/v1" },
);
type CacheFile = Static<typeof CacheFile>;

const parse = parserOf(CacheFile);
const maxBytes = 256 * 1024 * 1024;

/** Changes within this time before a scan may have come after the file was read, and still carry the same time. */
const racyMs = 2000;

/**
 * Opens what an earlier scan kept, before the next one starts. A file that is damaged, that others may write to, or that
 * other readers or other requirements made is as good as none.
 *
 * @param path - nothing is kept where it is absent
 * @param known - the ids that the specifications have: what was found depends on them
 */
export function openEvidenceCache(path: string | undefined, known: ReadonlySet<string>): EvidenceCache {
  if (path === undefined) return { get: () => undefined, keep: () => undefined };
  const startedMs = Date.now();
  const key = keyOf(known);
  const file = readCache(path);
  const files = file?.key === key ? filesOf(file) : undefined;
  const trustedMs = (file?.started_ms ?? 0) - racyMs;
  return {
    get: (now) => {
      const found = files?.get(now.file);
      if (found === undefined) return undefined;
      const { size, mtimeMs, ctimeMs, ino } = found.listed;
      const isSame = now.size === size && now.mtimeMs === mtimeMs && now.ctimeMs === ctimeMs && now.ino === ino;
      return isSame && mtimeMs < trustedMs && ctimeMs < trustedMs ? found : undefined;
    },
    keep: (scanned) => {
      const isKept = files?.size === scanned.length && scanned.every((one) => files.get(one.listed.file) === one);
      if (!isKept) save(path, key, scanned, startedMs);
    },
  };
}

function filesOf(file: CacheFile): ReadonlyMap<string, ScannedFile> {
  const files = new Map<string, ScannedFile>();
  for (const [index, name] of file.plain.entries()) {
    const [size = -1, mtimeMs = -1, ctimeMs = -1, ino = -1] = file.facts.slice(4 * index, 4 * index + 4);
    files.set(name, { listed: { file: name, size, mtimeMs, ctimeMs, ino } });
  }
  for (const one of file.cited) files.set(one.listed.file, one);
  return files;
}

function readCache(path: string): CacheFile | undefined {
  const parsed = parse(readOwn(path));
  return parsed.ok ? parsed.value : undefined;
}

/** The JSON in a file that is ours alone to write; undefined where it is none. */
function readOwn(path: string): unknown {
  try {
    const stat = lstatSync(path);
    const self = process.getuid?.() ?? stat.uid;
    if (stat.uid !== self || (stat.mode & 0o022) !== 0) return undefined;
    const text = readBounded(path, maxBytes)?.toString("utf8");
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function save(path: string, key: string, files: readonly ScannedFile[], startedMs: number): void {
  const plain = files.filter(({ found }) => found === undefined).map(({ listed }) => listed);
  const text = JSON.stringify({
    schema: "lockkeeper/evidence-cache/v1",
    key,
    started_ms: startedMs,
    plain: plain.map(({ file }) => file),
    facts: plain.flatMap(({ size, mtimeMs, ctimeMs, ino }) => [size, mtimeMs, ctimeMs, ino]),
    cited: files.filter(({ found }) => found !== undefined),
  });
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
    renameSync(beside, path);
  } catch {
    discard(beside);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where nothing could be written, there is nothing to remove.
  }
}

/** What was found depends on the requirements and on the readers, which are this folder's files. */
function keyOf(known: ReadonlySet<string>): string {
  const digest = createHash("sha256");
  for (const name of readdirSync(import.meta.dirname).sort()) {
    if (/\.[jt]s$/.test(name)) digest.update(name).update(readFileSync(join(import.meta.dirname, name)));
  }
  return digest.update([...known].sort().join("\n")).digest("hex");
}
