/** What each process inside may use, out of a decision's limits and of what this process itself may use. */
import { readFileSync } from "node:fs";
import type { Limits } from "../model/index.js";
import type { EntryLimits } from "./program/entry-program.js";

/** The bounds that nobody below this process can raise; infinite where there are none. */
export type HardLimits = {
  readonly cpuSeconds: number;
  readonly fileBytes: number;
  readonly openFiles: number;
  readonly processes: number;
};

/** Reads `/proc/self/limits`, or a text like it. */
export function readHardLimits(text: string = readFileSync("/proc/self/limits", "utf8")): HardLimits {
  const hard = (name: string) => {
    const value = new RegExp(`^Max ${name} +\\S+ +(\\d+)`, "m").exec(text)?.[1];
    return value === undefined ? Number.POSITIVE_INFINITY : Number(value);
  };
  return {
    cpuSeconds: hard("cpu time"),
    fileBytes: hard("file size"),
    openFiles: hard("open files"),
    processes: hard("processes"),
  };
}

/**
 * The limits of each process: the decision's, or tighter where we ourselves may use less.
 *
 * @requirement SBX-07
 */
export function processLimits(limits: Limits, hard: HardLimits): EntryLimits {
  return {
    cpuSeconds: Math.min(Math.ceil(limits.cpu_ms / 1000), hard.cpuSeconds),
    // A second more to end by itself, unless there is none.
    lastCpuSecond: Math.min(Math.ceil(limits.cpu_ms / 1000) + 1, hard.cpuSeconds),
    fileBytes: Math.min(limits.disk_bytes, hard.fileBytes),
    openFiles: Math.min(limits.open_files, hard.openFiles),
    // The first process counts as well.
    processes: Math.min(limits.processes + 1, hard.processes),
  };
}
