import { chainEntry, emptyHead } from "../chain.js";
import type { Entry } from "../../model/index.js";

/** The moment of a sample log's first entry. */
export const startMs = Date.UTC(2026, 0, 5, 9);

const limits = {
  wall_ms: 10_000,
  cpu_ms: 10_000,
  memory_bytes: 268_435_456,
  output_bytes: 1_048_576,
  disk_bytes: 67_108_864,
  processes: 32,
  open_files: 256,
};
const allIsolation = {
  user: true,
  mount: true,
  pid: true,
  net: true,
  ipc: true,
  seccomp: true,
  memory: true,
  pids: true,
  disk: true,
};

/** What is recorded of an execution before it runs, as the gate writes it. */
export function intent(executionId: string, over: object = {}): Entry {
  return {
    kind: "intent",
    execution_id: executionId,
    channel: "gateway",
    subject: "alice@example.org",
    approval_id: "approval-0001",
    approvers: ["bob@example.org"],
    token_id: "token-0001",
    action: {
      kind: "command",
      profile: "readonly",
      argv: ["echo", "test"],
      cwd: "/work",
      env: {},
      stdin_sha256: null,
      cmd_hash: "ab".repeat(32),
      workspace: "/work",
      limits: {},
    },
    command: "echo test",
    bundle_sha256: "cd".repeat(32),
    isolation: allIsolation,
    decision: "allow",
    violations: [],
    obligations: {
      run: { path: "/usr/bin/echo", env: { LANG: "C.UTF-8", PATH: "/usr/bin:/bin" }, risk: "low" },
      isolation: { profile: "standard", requires: ["user", "mount", "pid", "net"] },
      limits,
      consume: [
        { key: "subject/alice@example.org/executions_per_minute", window_ms: 60_000, limit: 100, amount: 1 },
        { key: "subject/alice@example.org/executions_per_hour", window_ms: 3_600_000, limit: 10_000, amount: 1 },
      ],
      filter: null,
    },
    ...over,
  };
}

/** What is recorded of its end. */
export function end(executionId: string, over: object = {}): Entry {
  return {
    kind: "end",
    execution_id: executionId,
    outcome: "exited",
    reason: null,
    exit_code: 0,
    signal: null,
    duration_ms: 7,
    stdout_sha256: "f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2",
    stderr_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    output_bytes: 5,
    cpu_ms: 2,
    memory_peak_bytes: 1_200_128,
    ...over,
  };
}

/** Something that happened to an object. */
export function event(name: string, object: string | null, over: object = {}): Entry {
  return { kind: "event", name, actor: "bob@example.org", roles: ["OPERATOR"], object, detail: {}, ...over };
}

/** A writer whose lines are kept in memory; its clock moves on by a second an entry. */
export function sampleWriter(writer: string, fromMs = startMs) {
  let head = emptyHead(writer);
  let atMs = fromMs;
  const lines: string[] = [];
  const write = (entry: Entry): string => {
    const chained = chainEntry(head, entry, atMs);
    ({ head } = chained);
    atMs += 1000;
    lines.push(chained.line);
    return chained.line;
  };
  return { writer, lines, write, head: () => head };
}

/** Executions from `from`, each an intent and an end. */
export function sampleLines(writer: string, executions: number, from = 1): string[] {
  const log = sampleWriter(writer);
  for (let at = from; at < from + executions; at++) {
    log.write(intent(`execution-${at}`));
    log.write(end(`execution-${at}`));
  }
  return log.lines;
}

/** Lines as a reader of a file gives them. */
export async function* asLines(lines: readonly string[]): AsyncGenerator<{ line: string; row: number }> {
  for (const [at, line] of lines.entries()) yield { line, row: at + 1 };
}
