/** A worker thread's program: it starts one instance of the toolchain and answers calls until it is ended. */
import { setFlagsFromString } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { readArtefact } from "./artefact.js";
import { requiredBuiltins } from "./builtins.js";
import { type FromWorker, isCall, isStart, type Start } from "./messages.js";
import { type Reactor, startReactor } from "./reactor.js";
import "./web-assembly.js";

/** Beyond this an instance is replaced between two calls: WebAssembly memory grows and never shrinks. */
const spentAtBytes = 1024 * 1024 * 1024;

/** V8's own value, and the one for this module; bytes executed, roughly, before a function is optimised. */
const usualBudget = 13_000_000;
const patientBudget = 150_000_000;

function post(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function compiled(start: Start): WebAssembly.Module | undefined {
  if (start.kind === "module") return start.module;
  const bytes = readArtefact(start.artefact, start.cacheDir);
  if (bytes.ok) return compiledPatiently(bytes.value);
  post({ kind: "refused", message: bytes.error });
  return undefined;
}

/**
 * Compiles so that V8 waits longer before it optimises a function.
 *
 * Its threads for that compete with the first call, which runs thousands of functions a few times each: on two cores
 * the first `compile` of 13 modules takes 0.6 s instead of 0.9 s, and later calls are as fast. The budget is copied
 * into the module when it is made, so the flag is set back at once; other modules do not see it.
 */
function compiledPatiently(bytes: Uint8Array): WebAssembly.Module {
  setFlagsFromString(`--wasm-tiering-budget=${patientBudget}`);
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${usualBudget}`);
  }
}

function answer(reactor: Reactor, op: string, body: string): void {
  const { header, blob } = reactor.call(op, body);
  const builtins = op === "compile" && blob.length > 0 ? requiredBuiltins(blob) : [];
  const kind = reactor.size() > spentAtBytes ? "spent" : "answer";
  post({ kind, header, blob, builtins });
}

const start: unknown = workerData;
if (!isStart(start)) throw new Error("the toolchain's worker was not started by the toolchain");
try {
  const module = compiled(start);
  if (module !== undefined) {
    const reactor = startReactor(module);
    post({ kind: "ready", module });
    parentPort?.on("message", (message: unknown) => {
      if (!isCall(message)) return;
      try {
        answer(reactor, message.op, message.body);
      } catch (error) {
        post({ kind: "broken", message: error instanceof Error ? error.message : String(error) });
      }
    });
  }
} catch (error) {
  post({ kind: "refused", message: error instanceof Error ? error.message : String(error) });
}
