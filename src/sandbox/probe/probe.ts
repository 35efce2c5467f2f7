/** Tries out what the sandbox holds, on the machine that it is on, before anything is run in it. */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import type { Execution, Exit, OutputSink } from "../execution.js";
import { makeFile } from "../made-file.js";
import { type IsolationProbe, judge } from "./judge.js";
import {
  type Answers,
  diskBytes,
  hungryProgram,
  probeProgram,
  processLimit,
  readAnswers,
  removingProgram,
  type Targets,
} from "./probe-program.js";

/** What is tried out. */
export type ProbeSubject = {
  readonly arch: string;
  /** A folder of our own that the commands' user may pass through. */
  readonly folder: string;
  /** Who commands run as. */
  readonly uid: number;
  /** Why limits of control groups are not to be had here. */
  readonly groups: string;
  /** Runs in the sandbox. */
  run(execution: Execution, sink: OutputSink): Promise<Exit>;
  /** Runs a program as the commands' user, with nothing around it. */
  runOutside(execution: Execution, sink: OutputSink): Promise<unknown>;
};

const memoryBytes = 32 * 1024 * 1024;

/** Runs every attempt inside, and outside what must succeed there. Takes as long as four commands. */
export async function probeIsolation(subject: ProbeSubject): Promise<IsolationProbe[]> {
  const folder = join(subject.folder, "probe");
  const workspace = join(folder, "workspace");
  for (const made of [folder, workspace]) {
    mkdirSync(made);
    chmodSync(made, 0o755);
  }
  const listener = await listen();
  try {
    const targets: Targets = {
      port: listener.port,
      outside: makeFile(join(folder, "outside"), "canary", 0o644),
      ownersOnly: makeFile(join(workspace, "owners-only"), "canary", 0o600),
      pid: process.pid,
      key: 0x4c4b0000 + (process.pid & 0xffff),
    };
    const program = (name: string, bytes: Buffer) => makeFile(join(folder, name), bytes, 0o755);
    const execution = (path: string): Execution => probeExecution(path, workspace);
    const outside = await answersOf((sink) =>
      subject.runOutside(execution(program("outside-probe", probeProgram(subject.arch, "outside", targets))), sink),
    );
    const inside = await answersOf((sink) =>
      subject.run(execution(program("inside-probe", probeProgram(subject.arch, "inside", targets))), sink),
    );
    const hungry = program("hungry-probe", hungryProgram(subject.arch, 2 * memoryBytes));
    const ate = await subject.run(execution(hungry), () => undefined);
    if (outside !== null && outside.segment >= 0) {
      const remover = program("removing-probe", removingProgram(subject.arch, outside.segment));
      await subject.runOutside(execution(remover), () => undefined);
    }
    return judge({
      uid: subject.uid,
      asRoot: process.getuid?.() === 0,
      outside,
      inside,
      connected: listener.connections() > (outside?.connect === 0 ? 1 : 0),
      hungry: howItEnded(ate),
      groups: subject.groups,
    });
  } finally {
    listener.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function howItEnded({ outcome }: Exit): "ended" | "killed" | "not_started" {
  if (outcome === "not_started" || outcome === "interrupted") return "not_started";
  return outcome === "signalled" ? "killed" : "ended";
}

async function answersOf(run: (sink: OutputSink) => Promise<unknown>): Promise<Answers | null> {
  const written: Uint8Array[] = [];
  await run((_stream, chunk) => written.push(chunk));
  return readAnswers(Buffer.concat(written)) ?? null;
}

function probeExecution(path: string, workspace: string): Execution {
  return {
    executionId: "lockkeeper-probe",
    path,
    argv: ["lockkeeper-probe"],
    cwd: workspace,
    workspace,
    env: {},
    stdin: null,
    limits: {
      wall_ms: 10_000,
      cpu_ms: 5000,
      memory_bytes: memoryBytes,
      output_bytes: 10_000,
      disk_bytes: diskBytes,
      processes: processLimit,
      open_files: 32,
    },
    isolation: { profile: null, requires: [] },
  };
}

async function listen(): Promise<{ server: Server; port: number; connections: () => number }> {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    socket.on("error", () => undefined);
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to listen on");
  return { server, port: address.port, connections: () => count };
}
