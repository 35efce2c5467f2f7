import type { ExecutionEnd, OutputFilter, OutputSink } from "./ports.js";

type LetOut = Pick<ExecutionEnd, "stdout" | "stderr">;

/**
 * Takes what a command writes, and keeps and tells only what the filter lets out. Where the filter fails once, nothing
 * more of the execution is let out.
 *
 * INVARIANT: raw output leaves only through the filter.
 */
export function filteredOutput(filter: OutputFilter, listener: OutputSink, onFailure: (error: unknown) => void) {
  let failed = false;
  const kept: Record<keyof LetOut, Uint8Array[]> = { stdout: [], stderr: [] };
  /** Runs one step of the filter and passes on what it gives. */
  const step = (stream: keyof LetOut, filtered: () => Uint8Array) => {
    if (failed) return;
    try {
      const bytes = filtered();
      if (bytes.length === 0) return;
      kept[stream].push(bytes);
      listener(stream, bytes);
    } catch (error) {
      failed = true;
      onFailure(error);
    }
  };
  const streams = { stdout: openedOnce(filter, "stdout"), stderr: openedOnce(filter, "stderr") };
  const sink: OutputSink = (stream, chunk) => step(stream, () => streams[stream]().push(chunk));
  return {
    sink,
    /** All that was let out; undefined where the filter failed. */
    end: (): LetOut | undefined => {
      step("stdout", () => streams.stdout().end());
      step("stderr", () => streams.stderr().end());
      return failed ? undefined : { stdout: Buffer.concat(kept.stdout), stderr: Buffer.concat(kept.stderr) };
    },
  };
}

/** A filter's stream is opened when it is first needed: opening may throw, and that is a failure of filtering too. */
function openedOnce(filter: OutputFilter, stream: keyof LetOut) {
  let opened: ReturnType<OutputFilter["open"]> | undefined;
  return () => {
    opened ??= filter.open(stream);
    return opened;
  };
}
