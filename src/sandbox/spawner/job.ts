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

/** What a job travels in. A gateway and a spawner of different versions do not understand each other, and say so. */
const envelope = "lockkeeper/job/v1";

/** Puts a job and its blobs into one payload. */
export function encodeJob(job: Job, blobs: readonly Uint8Array[]): Buffer {
  const text = Buffer.from(JSON.stringify({ schema: envelope, job }));
  const head = Buffer.allocUnsafe(4);
  head.writeUInt32LE(text.length, 0);
  return Buffer.concat([head, text, ...blobs]);
}

/** Takes a payload apart; throws where it is none. */
export function decodeJob(payload: Buffer): { readonly job: Job; readonly blobs: readonly Buffer[] } {
  const end = 4 + payload.readUInt32LE(0);
  const job = jobIn(JSON.parse(payload.toString("utf8", 4, end)));
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

/**
 * Opens the envelope.
 *
 * @throws Error where it is of another version, or what it carries lacks a field or has one of another type
 * @requirement MEX-06
 */
export function jobIn(value: unknown): Job {
  if (!isObject(value) || value.schema !== envelope) throw new Error(`no envelope of ${envelope}`);
  const { job } = value;
  if (!isObject(job)) throw new Error("an envelope without a job");
  const wrong = jobFields.find(([name, isRight]) => !isRight(job[name]));
  if (wrong !== undefined) throw new Error(`a job whose ${wrong[0]} is wrong`);
  return job as Job;
}

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isNullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isMapOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const isUser: Check = (value) => isObject(value) && isCount(value.uid) && isCount(value.gid);
const isDescriptor: Check = (value) =>
  isObject(value) && (value.kind === "report" || (isCount(value.length) && /^(bytes|pipe)$/.test(`${value.kind}`)));
const isGroup: Check = (value) => isObject(value) && isCount(value.memoryBytes) && isCount(value.processes);

/** A job's schema. It stands here by hand because the spawner forks faster the less it has loaded. */
const jobSchema: { readonly [Name in keyof Job]: Check } = {
  file: isText,
  args: isListOf(isText),
  argv0: isText,
  cwd: isText,
  env: isMapOf(isText),
  ownGroup: isFlag,
  user: isNullOr(isUser),
  descriptors: isListOf(isDescriptor),
  group: isGroup,
  wallMs: isCount,
  cpuMs: isCount,
  outputBytes: isCount,
  stdinBytes: isNullOr(isCount),
};
const jobFields = Object.entries(jobSchema);

/** The other side is our own spawner, with our own types: what is told apart here is only a broken stream. */
export function isEnded(value: unknown): value is Ended {
  return typeof value === "object" && value !== null && "cause" in value && "failure" in value;
}

/** As {@link isEnded}. */
export function isReady(value: unknown): value is Ready {
  return typeof value === "object" && value !== null && "group" in value;
}
