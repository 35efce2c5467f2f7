/** How an execution ended, out of what the spawner saw and what the first process inside reported. */
import { constants } from "node:os";
import type { Exit } from "./execution.js";
import { type Report, readReport } from "./program/entry-program.js";
import type { Cause, Ended } from "./spawner/job.js";

/** The spawner went away while it ran, and everything with it. */
export const interrupted: Exit = bare("interrupted");

/** Nothing ran. */
export const notStarted: Exit = bare("not_started");

/** Nothing is known but the outcome. */
function bare(outcome: Exit["outcome"]): Exit {
  return { outcome, exitCode: null, signal: null, durationMs: 0, cpuMs: null, memoryPeakBytes: null };
}

/** What the end of a run is called where we ended it ourselves; running out of CPU time is told as the kernel would. */
const outcomes: Readonly<Record<Cause, Exit["outcome"]>> = {
  timeout: "timeout",
  output_limit: "output_limit",
  stopped: "stopped",
  cpu: "signalled",
};

/** Reads an end of a process that reports; `why` is for logs, and empty where there is nothing to tell. */
export function exitOf(ended: Ended): { readonly exit: Exit; readonly why: string } {
  const report = ended.report === null ? seen(ended) : readReport(Buffer.from(ended.report, "base64"));
  const measured = {
    durationMs: ended.durationMs,
    cpuMs: ended.cpuMs ?? (report.kind === "ended" ? report.cpuMs : null),
    memoryPeakBytes: ended.memoryPeakBytes ?? (report.kind === "ended" ? report.memoryPeakBytes : null),
  };
  if (ended.cause !== null) {
    const signal = ended.cause === "cpu" ? "SIGXCPU" : "SIGKILL";
    return { exit: { outcome: outcomes[ended.cause], exitCode: null, signal, ...measured }, why: ended.failure };
  }
  switch (report.kind) {
    case "none":
      return { exit: notStarted, why: ended.failure };
    case "failed":
      return { exit: notStarted, why: `the command could not be started: error ${report.errno}` };
    case "swapped":
      return { exit: notStarted, why: "the workspace was swapped for another folder" };
    case "killed":
      return { exit: { outcome: "signalled", exitCode: null, signal: "SIGKILL", ...measured }, why: ended.failure };
    case "ended":
      return { exit: { ...statusOf(report.status), ...measured }, why: ended.failure };
  }
}

/** What the spawner itself saw, of a process that reports nothing. */
function seen({ exitCode, signal, cpuMs, memoryPeakBytes }: Ended): Report {
  if (exitCode === null && signal === null) return { kind: "none" };
  const status = exitCode === null ? (signalNumbers.get(signal ?? "") ?? 0) : exitCode << 8;
  return { kind: "ended", status, cpuMs, memoryPeakBytes };
}

/** A wait status: the exit code in the second byte, or a signal in the lower seven bits. */
function statusOf(status: number): Pick<Exit, "outcome" | "exitCode" | "signal"> {
  const number = status & 0x7f;
  if (number === 0) return { outcome: "exited", exitCode: (status >> 8) & 0xff, signal: null };
  return { outcome: "signalled", exitCode: null, signal: signalNames.get(number) ?? `SIG${number}` };
}

const signalNumbers: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));

/** Some numbers have two names; the first is the usual one. */
const signalNames: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);
