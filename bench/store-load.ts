import type { Entry, Ledger } from "../src/index.js";

/** The quotas that are shipped for a subject: see policies/quota/quota.yaml. */
const limits = [
  { id: "subject-minute", window_ms: 60_000, amount: 1, actual: undefined },
  { id: "subject-hour", window_ms: 3_600_000, amount: 1, actual: undefined },
  { id: "subject-cpu", window_ms: 3_600_000, amount: 2000, actual: 3 },
  { id: "subject-output", window_ms: 86_400_000, amount: 1_000_000, actual: 5 },
] as const;

/**
 * Opens and closes one execution: intent, nonce, approval, four quotas; end, two of them settled.
 *
 * @param subject - whose quotas they are: each client's own, as each agent has its own
 */
export async function pair(ledger: Ledger, id: string, subject: string): Promise<void> {
  const reservations = limits.map(({ id: limit, window_ms, amount }) => {
    return { key: `subject:${subject}/${limit}`, window_ms, limit: Number.MAX_SAFE_INTEGER, amount };
  });
  const executionId = `execution-${id}`;
  const opening = { executionId, nowMs: Date.now(), nonce: `n-${id}`, approvalUse: `approval-${id}`, reservations };
  const opened = await ledger.open(intentOf(executionId, reservations), opening);
  if (opened.kind === "lost") throw new Error(`lost its ${opened.which}`);
  const actuals = limits.flatMap(({ actual }, n) =>
    actual === undefined ? [] : [[reservations[n]?.key ?? "", actual]],
  );
  await ledger.close(endOf(executionId), executionId, Object.fromEntries(actuals));
}

/** Pairs a second that this many clients get, each asking for the next when it has the last. */
export async function measurePairs(ledger: Ledger, name: string, clients: number, count: number): Promise<number> {
  const startedMs = performance.now();
  let next = 0;
  const client = async (number: number) => {
    while (next < count) await pair(ledger, `${name}-${next++}`, `${name}-${number}`);
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return (count * 1000) / (performance.now() - startedMs);
}

/** An intent as the gate writes it, about 1.3 kB. */
function intentOf(executionId: string, consume: readonly object[]): Entry {
  return {
    kind: "intent",
    execution_id: executionId,
    channel: "gateway",
    subject: "agent-1",
    approval_id: "approval-1",
    approvers: ["ada"],
    token_id: executionId,
    action: {
      kind: "command",
      profile: "default",
      argv: ["echo", "test"],
      cwd: "/srv/work",
      env: {},
      stdin_sha256: null,
      cmd_hash: "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f",
      workspace: "/srv/work",
      limits: {},
    },
    command: "echo test",
    bundle_sha256: "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f",
    isolation: null,
    decision: "allow",
    violations: [],
    obligations: {
      run: { path: "/usr/bin/echo", env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" }, risk: "low" },
      isolation: { profile: null, requires: ["user", "mount", "pid", "net"] },
      limits: null,
      consume: consume.map((one) => Object.assign({ key: "", window_ms: 0, limit: 0, amount: 0 }, one)),
      filter: null,
    },
  };
}

function endOf(executionId: string): Entry {
  return {
    kind: "end",
    execution_id: executionId,
    outcome: "exited",
    reason: null,
    exit_code: 0,
    signal: null,
    duration_ms: 3,
    stdout_sha256: "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f",
    stderr_sha256: "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f",
    output_bytes: 5,
    cpu_ms: 3,
    memory_peak_bytes: null,
  };
}
