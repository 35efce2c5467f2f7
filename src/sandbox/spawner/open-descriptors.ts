/** The descriptors that a process is started with. */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "./job.js";

/** What is opened for one job. */
export type Opened = {
  readonly stdio: readonly (number | "pipe" | "ignore")[];
  /** The file that the process reports to; read after its end, then closed. Null where it reports nothing. */
  readonly report: number | null;
  /** Ours only until the process has them. */
  readonly lent: readonly number[];
  /** What pipes are fed with, by their descriptor. */
  readonly feeds: ReadonlyMap<number, Buffer>;
};

/** A report is a few numbers. */
const maxReportBytes = 512;

let numbers = 0;

/** Opens what a job asks for, or nothing at all: throws where something cannot be opened. */
export function openDescriptors(job: Job, blobs: readonly Buffer[], scratch: string): Opened {
  const stdio: (number | "pipe" | "ignore")[] = [job.stdinBytes === null ? "ignore" : "pipe", "pipe", "pipe"];
  const rest = [...blobs];
  const feeds = new Map<number, Buffer>();
  const lent: number[] = [];
  let report: number | null = null;
  try {
    for (const { kind } of job.descriptors) {
      if (kind === "pipe") feeds.set(stdio.length, rest.shift() ?? Buffer.alloc(0));
      if (kind === "report") report = openNameless(scratch);
      if (kind === "bytes") lent.push(fileOf(rest.shift() ?? Buffer.alloc(0), scratch));
      stdio.push(kind === "pipe" ? "pipe" : ((kind === "report" ? report : lent.at(-1)) ?? "ignore"));
    }
  } catch (error) {
    for (const descriptor of report === null ? lent : [...lent, report]) closeSync(descriptor);
    throw error;
  }
  const stdin = rest.shift();
  if (stdin !== undefined) feeds.set(0, stdin);
  return { stdio, report, lent, feeds };
}

function fileOf(bytes: Buffer, scratch: string): number {
  const file = openNameless(scratch);
  // At a position, so that whoever inherits it reads from the start.
  writeSync(file, bytes, 0, bytes.length, 0);
  return file;
}

function openNameless(scratch: string): number {
  const name = join(scratch, `${process.pid}-${++numbers}`);
  const file = openSync(name, "wx+", 0o600);
  unlinkSync(name);
  return file;
}

/** A report so far, as base64. */
export function reportOf(file: number): string {
  const bytes = Buffer.alloc(maxReportBytes);
  return bytes.toString("base64", 0, readSync(file, bytes, 0, bytes.length, 0));
}
