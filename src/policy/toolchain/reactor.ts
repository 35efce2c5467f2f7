import { wasiImports } from "./wasi.js";
import "./web-assembly.js";

/** A warm instance of the toolchain: it answers one message at a time and keeps its caches between them. */
export type Reactor = {
  /** Answers a request. A throw means that the instance is broken and must not be used again. */
  call(op: string, body: string): Answer;
  /** Bytes that the instance occupies; it never gives any back. */
  size(): number;
};

/** An answer's header, still JSON text, and the bytes that followed it. */
export type Answer = { readonly header: string; readonly blob: Uint8Array<ArrayBuffer> };

const frameHead = 4;

/** Starts an instance. The module's exports are checked here, so that another program is refused and not run. */
export function startReactor(module: WebAssembly.Module): Reactor {
  let memory: WebAssembly.Memory | undefined;
  const getMemory = (): WebAssembly.Memory => {
    if (memory === undefined) throw new Error("the toolchain has no memory");
    return memory;
  };
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasiImports(getMemory) });
  memory = exportedMemory(exports);
  const alloc = exported(exports, "alloc");
  const free = exported(exports, "free");
  const call = exported(exports, "call");
  exported(exports, "_initialize")();
  return {
    size: () => getMemory().buffer.byteLength,
    call(op, body) {
      const message = frame(op, body);
      const address = Number(alloc(message.length)) >>> 0;
      new Uint8Array(getMemory().buffer).set(message, address);
      const packed = BigInt.asUintN(64, BigInt(String(call(address, message.length))));
      const [start, length] = [Number(packed >> 32n), Number(packed & 0xffff_ffffn)];
      const answer = unframe(new Uint8Array(getMemory().buffer, start, length));
      free(address);
      free(start);
      return answer;
    },
  };
}

function frame(op: string, body: string): Uint8Array {
  const header = Buffer.from(JSON.stringify({ op }));
  const head = Buffer.alloc(frameHead);
  head.writeUInt32LE(header.length);
  return Buffer.concat([head, header, Buffer.from(body)]);
}

/** Copies out of the instance's memory, which the next call writes to. */
function unframe(message: Uint8Array<ArrayBuffer>): Answer {
  const length = new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  return {
    header: new TextDecoder().decode(message.subarray(frameHead, frameHead + length)),
    blob: message.slice(frameHead + length),
  };
}

function exportedMemory(exports: Readonly<Record<string, unknown>>): WebAssembly.Memory {
  const { memory } = exports;
  if (isMemory(memory)) return memory;
  throw new Error("the toolchain exports no memory");
}

function isMemory(value: unknown): value is WebAssembly.Memory {
  return value instanceof WebAssembly.Memory;
}

type WasmFunction = (...values: number[]) => unknown;

function exported(exports: Readonly<Record<string, unknown>>, name: string): WasmFunction {
  const found = exports[name];
  if (isWasmFunction(found)) return found;
  throw new Error(`the toolchain exports no function ${name}`);
}

/** True of every exported function: WebAssembly converts numbers itself and answers a number, a bigint or nothing. */
function isWasmFunction(value: unknown): value is WasmFunction {
  return typeof value === "function";
}
