/**
 * The spawner's program: a process that stays small, because starting another blocks in proportion to one's memory. It
 * starts what its parent asks for, and ends with it, and everything that it started with it.
 */
import { closeSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { type FrameKind, frameHead, frameKinds, frameReader } from "./frames.js";
import { findGroupPlaces, leaveGroupPlaces, ownProcs } from "./group-places.js";
import { decodeJob, type Ended } from "./job.js";
import { quickMoves } from "./quick-moves.js";
import { type RunningJob, startJob } from "./run-job.js";

/** The descriptor of the socket to the parent. */
const parentDescriptor = 3;

const closeOnExec = 0o2000000;

/** What would be inherited further: everything of our own closes by itself when another program is started. */
function closeInherited(): void {
  for (const name of readdirSync("/proc/self/fd")) {
    const descriptor = Number(name);
    if (descriptor <= parentDescriptor) continue;
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, "utf8"))?.[1] ?? "0";
      if ((Number.parseInt(flags, 8) & closeOnExec) === 0) closeSync(descriptor);
    } catch {
      // The one that the listing itself used.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

closeInherited();
process.umask(0o022);
// The terminal tells the whole group; what runs is ended by the gateway, in order.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

const folders = process.argv.slice(2);
const [scratch = ""] = folders;
const groups = findGroupPlaces(process.pid, isAlive);
const jobSeen = quickMoves(ownProcs());
const running = new Map<number, RunningJob>();
const parent = new Socket({ fd: parentDescriptor, readable: true, writable: true });
const read = frameReader();

function send(kind: FrameKind, run: number, payload: Uint8Array): void {
  parent.cork();
  parent.write(frameHead(kind, run, payload.length));
  const keepsUp = parent.write(payload);
  parent.uncork();
  // A gateway that does not keep up is not sent more than its socket holds.
  if (!keepsUp) for (const job of running.values()) job.pause();
}

function start(run: number, payload: Buffer): void {
  jobSeen();
  const { job, blobs } = decodeJob(payload);
  let over = false;
  const started = startJob(
    job,
    blobs,
    { groups, scratch },
    {
      output: (stream, chunk) => send(frameKinds[stream], run, chunk),
      ended: (ended: Ended) => {
        over = true;
        running.delete(run);
        jobSeen();
        send(frameKinds.ended, run, Buffer.from(JSON.stringify(ended)));
        if (leaving && running.size === 0) leave();
      },
    },
  );
  if (!over) running.set(run, started);
}

parent.on("drain", () => {
  for (const job of running.values()) job.resume();
});
parent.on("data", (chunk: Buffer) => {
  for (const { kind, run, payload } of read(chunk)) {
    if (kind === frameKinds.run) start(run, payload);
    if (kind === frameKinds.end) running.get(run)?.end("stopped");
  }
});

/** Longest time for what runs to be gone once the parent is, in milliseconds. */
const leaveMs = 1000;
let leaving = false;

function leave(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  leaveGroupPlaces(groups);
  process.exit();
}

function parentGone(): void {
  if (leaving) return;
  leaving = true;
  for (const job of running.values()) job.end("stopped");
  if (running.size === 0) leave();
  setTimeout(leave, leaveMs);
}
parent.on("close", parentGone);
parent.on("end", parentGone);
parent.on("error", parentGone);

const why = groups.why;
const ready = { group: { memory: groups.memory !== null, pids: groups.pids !== null, cpu: groups.cpu !== null, why } };
send(frameKinds.ready, 0, Buffer.from(JSON.stringify(ready)));
