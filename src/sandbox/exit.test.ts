import { describe, expect, it } from "vitest";
import { exitOf, interrupted, notStarted } from "./exit.js";
import type { Cause, Ended } from "./spawner/job.js";

const seen: Ended = {
  cause: null,
  exitCode: null,
  signal: null,
  durationMs: 5,
  cpuMs: null,
  memoryPeakBytes: null,
  report: null,
  failure: "",
};
const report = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigInt64LE(BigInt(value), 8 * index);
  return bytes.toString("base64");
};
const ended = (status: number) => report(1, 0, 3, status, 1, 0, 0, 0, 2, ...Array<number>(13).fill(0));
const told = (over: Partial<Ended>) => exitOf({ ...seen, ...over });

describe("how an execution ended", () => {
  it("is told by the first process inside", () => {
    expect(told({ report: ended(3 << 8) }).exit).toEqual({
      outcome: "exited",
      exitCode: 3,
      signal: null,
      durationMs: 5,
      cpuMs: 1000,
      memoryPeakBytes: 2048,
    });
    expect(told({ report: ended(15) }).exit).toMatchObject({ outcome: "signalled", exitCode: null, signal: "SIGTERM" });
    // With a core dump, which is bit 7; and a signal without a name.
    expect(told({ report: ended(0x80 | 6) }).exit).toMatchObject({ outcome: "signalled", signal: "SIGABRT" });
    expect(told({ report: ended(50) }).exit).toMatchObject({ signal: "SIG50" });
  });

  it("is measured by the control group where there is one", () => {
    expect(told({ report: ended(0), cpuMs: 7, memoryPeakBytes: 8 }).exit).toMatchObject({
      cpuMs: 7,
      memoryPeakBytes: 8,
    });
  });

  it.each([
    ["timeout", "timeout", "SIGKILL"],
    ["output_limit", "output_limit", "SIGKILL"],
    ["stopped", "stopped", "SIGKILL"],
    ["cpu", "signalled", "SIGXCPU"],
  ] satisfies [Cause, string, string][])("is ours where we ended it: %s", (cause, outcome, signal) => {
    expect(told({ cause, report: report(1, 0) }).exit).toMatchObject({
      outcome,
      exitCode: null,
      signal,
      durationMs: 5,
    });
    expect(told({ cause, report: "" }).exit.outcome).toBe(outcome);
  });

  it("is no start where nothing ran, with the reason for logs", () => {
    expect(told({ report: "", exitCode: 1, failure: "bwrap: no" })).toEqual({ exit: notStarted, why: "bwrap: no" });
    expect(told({ report: report(1, 0, 2, -2) })).toEqual({
      exit: notStarted,
      why: "the command could not be started: error 2",
    });
    expect(told({ report: report(1, 0, 4, 0) }).exit).toEqual(notStarted);
    expect(told({ failure: "spawn failed" })).toEqual({ exit: notStarted, why: "spawn failed" });
  });

  it("is a kill where the first process itself was killed", () => {
    expect(told({ report: report(1, 0), memoryPeakBytes: 9 }).exit).toMatchObject({
      outcome: "signalled",
      signal: "SIGKILL",
      memoryPeakBytes: 9,
    });
  });

  it("is what the spawner saw where nothing reports", () => {
    expect(told({ exitCode: 4 }).exit).toMatchObject({ outcome: "exited", exitCode: 4 });
    expect(told({ signal: "SIGSEGV" }).exit).toMatchObject({ outcome: "signalled", signal: "SIGSEGV" });
  });

  it("is unknown where the spawner was lost", () => {
    expect([interrupted.outcome, notStarted.outcome]).toEqual(["interrupted", "not_started"]);
  });
});
