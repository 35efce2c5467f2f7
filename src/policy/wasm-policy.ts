import "./toolchain/web-assembly.js";
import type { DataChunks } from "./data-chunks.js";

/**
 * OPA's WASM ABI 1.2 (https://www.openpolicyagent.org/docs/wasm), spoken directly. `@open-policy-agent/opa-wasm` speaks
 * it too, and the tests hold this file against it; it is not used to decide, because an instance in which a policy
 * threw loses some of its stack for good, 64 KiB in all: after a few hundred throws every evaluation traps. Here each throw
 * is followed by a new instance over the same memory.
 */

type WasmFunction = (...values: number[]) => number;

type Exports = {
  readonly malloc: WasmFunction;
  readonly free: WasmFunction;
  readonly jsonParse: WasmFunction;
  readonly jsonDump: WasmFunction;
  readonly addPath: WasmFunction;
  readonly heapGet: WasmFunction;
  readonly heapSet: WasmFunction;
  readonly evaluate: WasmFunction;
  readonly builtins: WasmFunction;
  readonly entrypoints: WasmFunction;
};

/** Memory that evaluating may take besides the data, in pages of 64 KiB: 64 MiB. */
const workPages = 1024;
const pageBytes = 64 * 1024;

/** How long loading may keep the event loop, in milliseconds; a chunk more may be under way. */
const sliceMs = 2;

/** One compiled policy with its data in a memory of its own: two of them share nothing. */
export class WasmPolicy {
  /** Entrypoints by name, such as `main/request`. */
  readonly entrypoints: ReadonlyMap<string, number>;
  /** Builtins that the policy expects of its host. */
  readonly builtins: readonly string[];
  readonly #module: WebAssembly.Module;
  readonly #memory: WebAssembly.Memory;
  readonly #heapStart: number;
  readonly #encoder = new TextEncoder();
  #exports: Exports;
  #view: Buffer<ArrayBuffer>;
  #data = 0;
  #heap = 0;

  /**
   * Starts an instance without data. Throws where the module is no policy of an ABI that is known.
   *
   * @param wasmBytes - the module's size, which bounds what it brings along
   * @param dataBytes - the size of the data as JSON; the memory's maximum follows from it
   */
  constructor(module: WebAssembly.Module, wasmBytes: number, dataBytes: number) {
    this.#module = module;
    const initial = Math.ceil(wasmBytes / pageBytes) + 32;
    // Values take up to about twelve times the room of their text: `[1,1,1]` is the worst there is.
    const maximum = Math.min(65_535, initial + workPages + Math.ceil((dataBytes * 12) / pageBytes));
    this.#memory = new WebAssembly.Memory({ initial, maximum });
    this.#view = Buffer.from(this.#memory.buffer);
    this.#exports = this.#start();
    this.#heapStart = this.#exports.heapGet();
    this.entrypoints = new Map(this.#table(this.#exports.entrypoints()));
    this.builtins = this.#table(this.#exports.builtins()).map(([name]) => name);
    this.#exports.heapSet(this.#heapStart);
    this.#data = this.#parse("{}");
    this.#heap = this.#exports.heapGet();
  }

  /** Loads data, chunk by chunk, letting others run in between. The policy must not be asked before this is done. */
  async load({ bytes, lengths }: DataChunks): Promise<void> {
    this.#exports.heapSet(this.#heapStart);
    this.#data = 0;
    let at = 0;
    let sinceMs = performance.now();
    for (let index = 0; index + 1 < lengths.length; index += 2) {
      const [pathLength = 0, valueLength = 0] = lengths.subarray(index, index + 2);
      const path = this.#parse(bytes.subarray(at, at + pathLength));
      const value = this.#parse(bytes.subarray(at + pathLength, at + pathLength + valueLength));
      at += pathLength + valueLength;
      if (index === 0) this.#data = value;
      else if (this.#exports.addPath(this.#data, path, value) !== 0) throw new Error("a path of the data is not free");
      if (performance.now() - sinceMs < sliceMs) continue;
      await new Promise((resume) => setImmediate(resume));
      sinceMs = performance.now();
    }
    this.#heap = this.#exports.heapGet();
  }

  /**
   * Evaluates an entrypoint and gives the result set as JSON text. Whatever was allocated before is let go first.
   * Throws what the policy throws, also where memory or stack end; the policy stays usable.
   *
   * @param input - JSON text; the caller has made sure that it is an object's
   */
  evaluate(entrypoint: number, input: string): string {
    try {
      this.#exports.heapSet(this.#heap);
      // Three bytes for a UTF-16 code unit are the most there can be; malloc makes the memory larger where it must.
      const address = this.#exports.malloc(input.length * 3);
      const { written } = this.#encoder.encodeInto(input, this.#bytes().subarray(address));
      const heap = (address + written + 7) & ~7;
      return this.#text(this.#exports.evaluate(0, entrypoint, this.#data, address, written, heap, 0));
    } catch (error) {
      this.#restart();
      throw error;
    }
  }

  /** Bytes of memory in use, which never become fewer. */
  memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /**
   * INVARIANT: an instance that starts writes only below where its heap begins, and the data lies above, so that the
   * data outlives the instance. Were it not so, nothing may be asked any more.
   */
  #restart(): void {
    this.#exports = this.#start();
    if (this.#exports.heapGet() !== this.#heapStart) throw new Error("the policy could not be restarted");
  }

  #start(): Exports {
    const refuse = (address: number): never => {
      throw new PolicyAbort(this.#text(address));
    };
    const absent = (): never => {
      throw new PolicyAbort("the policy called a builtin that the host does not have");
    };
    const { exports } = new WebAssembly.Instance(this.#module, {
      env: {
        memory: this.#memory,
        opa_abort: refuse,
        opa_println: () => undefined,
        opa_builtin0: absent,
        opa_builtin1: absent,
        opa_builtin2: absent,
        opa_builtin3: absent,
        opa_builtin4: absent,
      },
    });
    const [major, minor] = [versionOf(exports.opa_wasm_abi_version), versionOf(exports.opa_wasm_abi_minor_version)];
    if (major !== 1 || minor < 2) throw new Error(`the policy's ABI is ${major}.${minor}, not 1.2`);
    return {
      malloc: exported(exports, "opa_malloc"),
      free: exported(exports, "opa_free"),
      jsonParse: exported(exports, "opa_json_parse"),
      jsonDump: exported(exports, "opa_json_dump"),
      addPath: exported(exports, "opa_value_add_path"),
      heapGet: exported(exports, "opa_heap_ptr_get"),
      heapSet: exported(exports, "opa_heap_ptr_set"),
      evaluate: exported(exports, "opa_eval"),
      builtins: exported(exports, "builtins"),
      entrypoints: exported(exports, "entrypoints"),
    };
  }

  #parse(json: string | Uint8Array): number {
    const bytes = typeof json === "string" ? Buffer.from(json) : json;
    const address = this.#exports.malloc(bytes.length);
    this.#bytes().set(bytes, address);
    const value = this.#exports.jsonParse(address, bytes.length);
    this.#exports.free(address);
    if (value === 0) throw new Error("the data is not JSON");
    return value;
  }

  /** An object of names and numbers, as the module gives its entrypoints and builtins. */
  #table(address: number): [string, number][] {
    const table: unknown = JSON.parse(this.#text(this.#exports.jsonDump(address)));
    if (typeof table !== "object" || table === null) throw new Error("the policy does not list its entrypoints");
    return Object.entries(table).map(([name, id]) => [name, Number(id)]);
  }

  #text(address: number): string {
    const bytes = this.#bytes();
    return bytes.toString("utf8", address, bytes.indexOf(0, address));
  }

  /** The memory as bytes. Growing it makes the view before worthless. */
  #bytes(): Buffer<ArrayBuffer> {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = Buffer.from(this.#memory.buffer);
    return this.#view;
  }
}

/** What a policy says when it gives up: a conflict, with its place, or a memory that is full. */
export class PolicyAbort extends Error {}

function versionOf(value: unknown): number {
  return typeof value === "object" && value !== null && "value" in value ? Number(value.value) : Number.NaN;
}

function exported(exports: Readonly<Record<string, unknown>>, name: string): WasmFunction {
  const found = exports[name];
  if (isWasmFunction(found)) return found;
  throw new Error(`the policy exports no function ${name}`);
}

/** True of every exported function: WebAssembly converts numbers itself, and all of ABI 1.2's answer with one or none. */
function isWasmFunction(value: unknown): value is WasmFunction {
  return typeof value === "function";
}
