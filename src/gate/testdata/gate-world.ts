import { type Decision, type Entry, noIsolation, ok } from "../../model/index.js";
import { createMemoryTakings } from "../../store/index.js";
import { createGate, type GateParts } from "../gate.js";
import { passingFilter } from "../local-parts.js";
import type { Execution, Identity, Takings } from "../ports.js";
import { splitLedger } from "../split-ledger.js";
import type { Submission } from "../submission.js";

export const clock = { nowMs: () => 1_767_787_200_000 };
export const limits = {
  wall_ms: 10,
  cpu_ms: 10,
  memory_bytes: 10,
  output_bytes: 10,
  disk_bytes: 10,
  processes: 1,
  open_files: 1,
};
export const allowed: Decision = {
  allow: true,
  violations: [],
  obligations: {
    run: { path: "/usr/bin/echo", env: { A: "1" }, risk: "low" },
    isolation: { profile: "open", requires: [] },
    limits,
    consume: [{ key: "subject:bob/executions", window_ms: 1000, limit: 3, amount: 1 }],
    filter: null,
  },
};
export const token: NonNullable<Identity["token"]> = {
  typ: "t",
  iss: "i",
  aud: "a",
  sub: "bob",
  jti: "token-1",
  approval_id: "approval-1",
  cmd_hash: "0".repeat(64),
  binary_sha256: null,
  bundle_sha256: null,
  iat_s: 1,
  nbf_s: null,
  exp_s: 2,
  replayed: false,
  store_since_s: 0,
};
export const submission: Submission = {
  channel: "gateway",
  command: "echo 'a b'",
  profile: "readonly",
  cwd: "/w",
  workspace: "/w",
  env: {},
  stdin: null,
  limits: {},
  credential: "secret",
  approvalId: "approval-1",
  task: null,
};

/** A gate whose every call is written down in order; any part may be replaced. */
export type Over = Partial<GateParts & { takings: Takings }>;

export function gateWith(over: Over = {}, decision: () => Decision = () => allowed) {
  const calls: string[] = [];
  const entries: Entry[] = [];
  const executions: Execution[] = [];
  const inputs: unknown[] = [];
  const failures: unknown[] = [];
  const takings = over.takings ?? createMemoryTakings(clock);
  const recorder = over.recorder ?? {
    append: async (entry: Entry) => {
      calls.push(`record ${entry.kind}`);
      entries.push(entry);
    },
  };
  const counted: Takings = {
    ...takings,
    take: async (opening) => {
      calls.push("open");
      return takings.take(opening);
    },
    settle: async (id, actuals) => {
      calls.push("close");
      return takings.settle(id, actuals);
    },
  };
  let drawn = 0;
  const parts: GateParts = {
    policies: {
      current: () => ({
        sha256: "b".repeat(64),
        limits: { executions: { scope: "subject", resource: "executions", window_ms: 1000 } },
        wantsRepository: (program) => program === "echo",
        ruleAt: (id) => ({ file: `${id}.rego`, row: 7 }),
        decide: (_, input) => {
          inputs.push(input);
          return decision();
        },
      }),
    },
    authenticator: { authenticate: async () => ok({ subject: { id: "bob", roles: [] }, token }) },
    approvals: { find: async () => null },
    killSwitch: { engaged: async () => false },
    repository: { read: async () => null },
    ledger: splitLedger(counted, recorder),
    executor: {
      isolation: () => noIsolation,
      run: async (execution, sink) => {
        calls.push("run");
        executions.push(execution);
        for (const chunk of ["a ", "b\n"]) sink("stdout", Buffer.from(chunk));
        sink("stderr", Buffer.from("so so"));
        return { outcome: "exited", exitCode: 0, signal: null, durationMs: 1.5, cpuMs: 0.5, memoryPeakBytes: 4096 };
      },
      stopAll: () => 0,
    },
    recorder,
    filter: passingFilter,
    clock,
    random: { bytes: (length) => new Uint8Array(length).fill(++drawn) },
    onFailure: (error) => failures.push(error),
    ...over,
  };
  return { gate: createGate(parts), calls, entries, executions, inputs, failures };
}

export const broken = async () => {
  throw new Error("postgres://user:secret@host is away");
};
export const thrower = () => {
  throw new Error("at once");
};
export const rulesOf = (outcome: Awaited<ReturnType<ReturnType<typeof createGate>["submit"]>>) =>
  outcome.kind === "refused" ? outcome.violations.map(({ rule }) => rule) : [];

