import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { systemClock, systemRandom } from "../../../host/index.js";
import type { Entry } from "../../../model/index.js";
import { openJsonlLog } from "../../../store/index.js";
import { addKey, changeKeyFile } from "../../../token/index.js";
import type { Terminal } from "../../terminal.js";

/** The second before the first entry. */
export const startMs = Date.UTC(2026, 0, 5);

/** An intent, as far as these tests look at it. */
export function intent(id: string, over: object = {}): Entry {
  return {
    kind: "intent",
    execution_id: id,
    channel: "gateway",
    subject: "alice",
    approval_id: "approval-1",
    approvers: ["bob"],
    token_id: null,
    action: null,
    command: "echo test",
    bundle_sha256: "cd".repeat(32),
    isolation: null,
    decision: "allow",
    violations: [],
    obligations: { run: null, isolation: { profile: null, requires: [] }, limits: null, consume: [], filter: null },
    ...over,
  };
}
/** The end that belongs to it. */
export const end = (id: string): Entry => ({
  kind: "end",
  execution_id: id,
  outcome: "exited",
  reason: null,
  exit_code: 0,
  signal: null,
  duration_ms: 7,
  stdout_sha256: null,
  stderr_sha256: null,
  output_bytes: 0,
  cpu_ms: null,
  memory_peak_bytes: null,
});
/** What happened to the approval before. */
export const approved: Entry = {
  kind: "event",
  name: "approval/approved",
  actor: "bob",
  roles: [],
  object: "approval-1",
  detail: {},
};

/** A terminal that keeps what it is given. */
export function kept(json = false): Terminal & { readonly lines: string[]; readonly notes: string[] } {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    json,
    colour: false,
    out: (line) => lines.push(line),
    note: (line) => notes.push(line),
    progress: () => undefined,
    paint: (_, text) => text,
  };
}

/** Makes a key file with one key for checkpoints. */
export async function newKeys(home: string): Promise<string> {
  const keys = join(home, "keys.json");
  const made = await changeKeyFile(keys, (set) =>
    addKey(set, { purpose: "checkpoint", alg: "EdDSA" }, systemClock, systemRandom),
  );
  if (!made.ok) throw new Error("no keys");
  return keys;
}

/** A folder with a log of one writer: an approval and two executions, a second apart. */
export async function newLog(home: string): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await mkdtemp(join(home, "log-"));
  const file = join(folder, "log.jsonl");
  let atMs = startMs;
  const clock = {
    nowMs: () => {
      atMs += 1000;
      return atMs;
    },
  };
  await using log = await openJsonlLog(file, "w1", clock);
  await log.append(approved);
  for (const id of ["execution-1", "execution-2"]) {
    await log.append(intent(id));
    await log.append(end(id));
  }
  return { folder, file };
}
