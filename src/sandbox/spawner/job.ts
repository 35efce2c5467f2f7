/** What the gateway asks the spawner to start, and what the spawner tells of its end. */

/** What a descriptor of the new process is, from 3 upwards. */
export type Descriptor =
  /** A file of these bytes, read from its start. */
  | { readonly kind: "bytes"; readonly length: number }
  /** A pipe that these bytes come through once the process is in its control group. */
  | { readonly kind: "pipe"; readonly length: number }
  /** A file that the process reports to. */
  | { readonly kind: "report" };

/** The limits that a control group holds. */
export type GroupLimits = { readonly memoryBytes: number; readonly processes: number };

/** One process to start. Blobs follow it: those of its descriptors in order, then standard input. */
export type Job = {
  readonly file: string;
  readonly args: readonly string[];
  readonly argv0: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether all that it starts is in a process group of its own, which is ended with it. */
  readonly ownGroup: boolean;
  /** Null to run as ourselves. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  readonly descriptors: readonly Descriptor[];
  readonly group: GroupLimits;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly outputBytes: number;
  /** Null for none. */
  readonly stdinBytes: number | null;
};

/** A job, and its blobs in order. */
export type PreparedJob = {
  readonly job: Job;
  readonly blobs: readonly Uint8Array[];
  /** Removes what was made for it, once it has ended. */
  readonly clean?: () => void;
};

/** Why the spawner itself ended something. */
export type Cause = "timeout" | "output_limit" | "stopped" | "cpu";

/** What the spawner saw of an end. */
export type Ended = {
  readonly cause: Cause | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  /** Of the control group; null without one. */
  readonly cpuMs: number | null;
  readonly memoryPeakBytes: number | null;
  /** What was written to the report, as base64; null where the process was to write none. */
  readonly report: string | null;
  /** What kept it from starting, and what was written to standard error before the report began. For logs only. */
  readonly failure: string;
};

/** What the spawner can do, told once it is ready. */
export type Ready = {
  /** Which limits control groups hold here, with the reason for each that they do not. */
  readonly group: { readonly memory: boolean; readonly pids: boolean; readonly cpu: boolean; readonly why: string };
};

/** Puts a job and its blobs into one payload. */
export function encodeJob(job: Job, blobs: readonly Uint8Array[]): Buffer {
  const text = Buffer.from(JSON.stringify(job));
  const head = Buffer.allocUnsafe(4);
  head.writeUInt32LE(text.length, 0);
  return Buffer.concat([head, text, ...blobs]);
}

/** Takes a payload apart; throws where it is none. */
export function decodeJob(payload: Buffer): { readonly job: Job; readonly blobs: readonly Buffer[] } {
  const end = 4 + payload.readUInt32LE(0);
  const job: unknown = JSON.parse(payload.toString("utf8", 4, end));
  if (!isJob(job)) throw new Error("not a job");
  const blobs: Buffer[] = [];
  let at = end;
  for (const length of blobLengths(job)) {
    blobs.push(payload.subarray(at, at + length));
    at += length;
  }
  if (at !== payload.length) throw new Error("a job with other bytes than it says");
  return { job, blobs };
}

function blobLengths(job: Job): number[] {
  const lengths = job.descriptors.flatMap((one) => ("length" in one ? [one.length] : []));
  return job.stdinBytes === null ? lengths : [...lengths, job.stdinBytes];
}

/** The other side is our own gateway, with our own types: what is told apart here is only a broken stream. */
function isJob(value: unknown): value is Job {
  return typeof value === "object" && value !== null && "descriptors" in value && Array.isArray(value.descriptors);
}

/** As {@link isJob}: the spawner speaks our own types. */
export function isEnded(value: unknown): value is Ended {
  return typeof value === "object" && value !== null && "cause" in value && "failure" in value;
}

/** As {@link isJob}. */
export function isReady(value: unknown): value is Ready {
  return typeof value === "object" && value !== null && "group" in value;
}
