/**
 * Cuts policy data into chunks that load in a few milliseconds each. Runs in a worker for large data, for parsing it
 * would stall the main thread. The file imports nothing of ours, so that a worker can run it as it is, also from source.
 */
import { isMainThread, parentPort, workerData } from "node:worker_threads";

/** Data ready to be loaded: texts behind one another, and for each chunk the lengths of its path's text and its value's. */
export type DataChunks = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Pairs of lengths in bytes, path before value, in the order of `bytes`. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** `data.quota.limits` as it stands, for whoever gathers usage. */
  readonly limits: unknown;
  /** The programs of `data.command.programs` that want to know of the repository they run in. */
  readonly repositoryPrograms: readonly string[];
};

/** What a worker is started with, and what it answers. */
export type ChunkJob = { readonly kind: "lockkeeper/chunk"; readonly wasm: Uint8Array; readonly data: Uint8Array };
export type ChunkAnswer =
  | { readonly ok: true; readonly chunks: DataChunks; readonly module: unknown }
  | { readonly ok: false; readonly message: string };

/** The size, in UTF-16 code units of JSON, up to which a value is loaded in one go: about 1 ms. */
const chunkUnits = 32 * 1024;

/** What cannot be cut (an array, a string) may be this large, which is about 10 ms; beyond it is an error. */
const wholeUnits = 256 * 1024;

/**
 * Parses JSON text and cuts it. Objects are cut by their keys; every other value is one chunk.
 *
 * @throws with the reason where the text is no JSON object, or a value that cannot be cut is too large
 */
export function chunkData(json: Uint8Array): DataChunks {
  const data: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  if (!isObject(data)) throw new Error("data.json is not an object");
  const texts: string[] = [];
  const cut = (path: readonly string[], value: unknown): void => {
    const text = JSON.stringify(value);
    if (text.length > chunkUnits && isObject(value)) {
      texts.push(JSON.stringify(path), "{}");
      for (const [key, below] of Object.entries(value)) cut([...path, key], below);
      return;
    }
    if (text.length > wholeUnits) {
      const where = ["data", ...path].join(".");
      throw new Error(
        `${where} is an array or text of ${text.length} characters; key large lists: at most ${wholeUnits}`,
      );
    }
    texts.push(JSON.stringify(path), text);
  };
  cut([], data);
  const encoded = texts.map((text) => Buffer.from(text));
  const all = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of encoded) {
    all.set(part, at);
    at += part.length;
  }
  const { quota, command } = data;
  return {
    bytes: all,
    lengths: Uint32Array.from(encoded, ({ length }) => length),
    limits: isObject(quota) ? quota.limits : undefined,
    repositoryPrograms: isObject(command) ? repositoryProgramsOf(command.programs) : [],
  };
}

/** Programs whose description, or that of a subcommand, says `repository` anything but `none`. */
function repositoryProgramsOf(programs: unknown): string[] {
  if (!isObject(programs)) return [];
  return Object.keys(programs).filter((name) => wantsRepository(programs[name]));
}

function wantsRepository(description: unknown): boolean {
  if (!isObject(description)) return false;
  const { repository = "none", subcommands } = description;
  return repository !== "none" || (isObject(subcommands) && Object.values(subcommands).some(wantsRepository));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** INVARIANT: only the engine starts a worker with this kind, and it does so with a `ChunkJob`. */
function isChunkJob(value: unknown): value is ChunkJob {
  return isObject(value) && value.kind === "lockkeeper/chunk";
}

const job: unknown = workerData;
if (!isMainThread && isChunkJob(job) && parentPort !== null) {
  try {
    const chunks = chunkData(job.data);
    // Compiled here too: the module is handed over, and compiling a large one would stall whoever does it.
    const module = new WebAssembly.Module(job.wasm);
    const answer: ChunkAnswer = { ok: true, chunks, module };
    parentPort.postMessage(answer, [chunks.bytes.buffer, chunks.lengths.buffer]);
  } catch (error) {
    const answer: ChunkAnswer = { ok: false, message: error instanceof Error ? error.message : String(error) };
    parentPort.postMessage(answer);
  }
}
