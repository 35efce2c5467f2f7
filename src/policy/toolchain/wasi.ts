/**
 * WASI for a program that needs no system: no files, no arguments, no environment.
 *
 * Node's own `node:wasi` prints a warning that it is experimental, and offers more than Rego may have. This one gives
 * time to measure with, a place for the runtime's last words, and bytes that look random but are always the same, so
 * that two runs of one policy are one run.
 */
import "./web-assembly.js";

const success = 0;
const badDescriptor = 8;
const notSupported = 58;
const stdoutAndStderr = [1, 2];

/** Thrown when the program ends itself, as Go does after an error that it cannot recover from. */
export class ProgramExit extends Error {
  readonly status: number;

  constructor(status: number, lastWords: string) {
    super(`the toolchain ended itself with status ${status}: ${lastWords.slice(-4000)}`);
    this.status = status;
  }
}

/**
 * Makes the imports of one instance.
 *
 * @param memory - the instance's memory, asked for at each call because growing it replaces the buffer
 */
export function wasiImports(memory: () => WebAssembly.Memory): Record<string, unknown> {
  const view = (): DataView => new DataView(memory().buffer);
  let said = "";
  let seed = 1;
  const refuse = (): number => notSupported;
  const twoZeros = (first: number, second: number): number => {
    const data = view();
    data.setUint32(first, 0, true);
    data.setUint32(second, 0, true);
    return success;
  };
  return {
    proc_exit: (status: number) => {
      throw new ProgramExit(status, said);
    },
    args_sizes_get: twoZeros,
    environ_sizes_get: twoZeros,
    args_get: () => success,
    environ_get: () => success,
    sched_yield: () => success,
    clock_time_get: (_id: number, _precision: bigint, at: number) => {
      view().setBigUint64(at, BigInt(Math.round(performance.now() * 1e6)), true);
      return success;
    },
    random_get: (at: number, length: number) => {
      const bytes = new Uint8Array(memory().buffer, at, length);
      for (let i = 0; i < length; i++) {
        // A linear congruential generator (Numerical Recipes): this is for hash seeds, not for secrets.
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        bytes[i] = seed >>> 24;
      }
      return success;
    },
    fd_write: (descriptor: number, vectors: number, count: number, written: number) => {
      if (!stdoutAndStderr.includes(descriptor)) return badDescriptor;
      const data = view();
      let total = 0;
      for (let i = 0; i < count; i++) {
        const at = data.getUint32(vectors + i * 8, true);
        const length = data.getUint32(vectors + i * 8 + 4, true);
        said = (said + new TextDecoder().decode(new Uint8Array(memory().buffer, at, length))).slice(-16_000);
        total += length;
      }
      data.setUint32(written, total, true);
      return success;
    },
    poll_oneoff: (subscriptions: number, events: number, _count: number, happened: number) =>
      poll(view(), subscriptions, events, happened),
    // Go asks for preopened directories until it is told that there is none.
    fd_prestat_get: () => badDescriptor,
    fd_fdstat_get: () => badDescriptor,
    fd_fdstat_set_flags: refuse,
    fd_prestat_dir_name: refuse,
    fd_close: refuse,
    fd_read: refuse,
    fd_readdir: refuse,
    fd_seek: refuse,
    fd_filestat_get: refuse,
    path_filestat_get: refuse,
    path_readlink: refuse,
    path_open: refuse,
  };
}

/** Waits for the first subscription, which is Go's timer: nothing else is ever subscribed to here. */
function poll(data: DataView, subscriptions: number, events: number, happened: number): number {
  const nanoseconds = data.getBigUint64(subscriptions + 24, true);
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(sleeper, 0, 0, Math.min(Number(nanoseconds) / 1e6, 1000));
  data.setBigUint64(events, data.getBigUint64(subscriptions, true), true);
  data.setUint16(events + 8, success, true);
  data.setUint8(events + 10, data.getUint8(subscriptions + 8));
  data.setUint32(happened, 1, true);
  return success;
}
