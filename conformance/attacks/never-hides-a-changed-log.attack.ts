/**
 * Claim: a log verifies exactly as long as every writer's lines are those that were written, in their order, with the checkpoints
 * that were made of them.
 *
 * Why: whoever can change the log unnoticed can have run anything.
 * How: a few writers' entries in some mixture, a checkpoint here and there and at the end, a witness. Then nothing is done, or
 * bytes are changed, taken out or put in, lines are dropped, doubled or swapped, all is chained anew by somebody without the
 * key, the end is cut off, or an older log with its checkpoints is put in place. A model that knows no hashes says what is good.
 */
import { createPrivateKey } from "node:crypto";
import fc from "fast-check";
import {
  type AuditLog,
  chainEntry,
  type Entry,
  ed25519Signer,
  emptyHead,
  type Head,
  linesOf,
  makeCheckpoint,
  type StoredEntry,
  verifierOf,
} from "../../src/index.js";
import { type Attack, claim } from "./attack.js";
import { nowMs } from "./base-request.js";

/** A key of nobody's: PKCS #8 around 32 bytes that are all the same. */
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 7)]),
  format: "der",
  type: "pkcs8",
});
const signer = ed25519Signer(privateKey);
const verifiers = [verifierOf(privateKey)];

const writers = ["gateway-1", "gateway-2", "gateway-3"] as const;
type Writer = (typeof writers)[number];
type Step = { readonly writer: Writer; readonly isCheckpoint: boolean };

/** A log as somebody who can write the store sees it: bytes, and notes. */
type Stored = { readonly lines: readonly string[]; readonly notes: readonly string[] };

const entryOf = (at: number): Entry => ({
  kind: "event",
  name: "approval/approved",
  actor: "agent-7",
  roles: [],
  object: `approval-${at}`,
  detail: {},
});

/** Writes a log, and tells all of its states at which there was a checkpoint, the last one with everything. */
async function written(steps: readonly Step[], entry: (at: number) => Entry = entryOf): Promise<readonly Stored[]> {
  const heads = new Map<Writer, Head>();
  const stored: StoredEntry[] = [];
  const notes: string[] = [];
  const states: Stored[] = [];
  const log: AuditLog = {
    append: () => Promise.reject(new Error("not needed")),
    heads: async () => [...heads.values()],
    entries: async function* ({ writer, afterSeq = 0 } = {}) {
      yield* stored.filter((one) => (writer ?? one.writer) === one.writer && one.seq > afterSeq);
    },
    tail: async () => [],
    about: async () => [],
    checkpoints: async () => notes,
    addCheckpoint: async (note) => {
      notes.push(note);
    },
  };
  for (const [at, { writer, isCheckpoint }] of steps.entries()) {
    const { line, head } = chainEntry(heads.get(writer) ?? emptyHead(writer), entry(at), nowMs + at);
    heads.set(writer, head);
    stored.push({ writer, seq: head.seq, line });
    if (!isCheckpoint && at < steps.length - 1) continue;
    const made = await makeCheckpoint(log, { signer, verifiers, witnesses: [], nowMs: nowMs + at });
    claim(made.ok, () => "no checkpoint could be made of a good log");
    states.push({ lines: stored.map((one) => one.line), notes: [...notes] });
  }
  return states;
}

/** What is done to a log; shares are of its bytes or lines. */
type Change =
  | { readonly kind: "bytes"; readonly at: number; readonly taken: number; readonly put: string }
  | { readonly kind: "drop" | "double" | "cut"; readonly at: number }
  | { readonly kind: "swap"; readonly at: number; readonly with: number }
  | { readonly kind: "rechain"; readonly at: number }
  | { readonly kind: "older"; readonly at: number };

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant("bytes" as const),
    at: share,
    taken: fc.nat(2),
    put: fc.constantFrom("", "0", "1", "a", '"', "\n", "\0", "\u007f", "é", '"seq":1', ",", "}"),
  }),
  fc.record({ kind: fc.constantFrom("drop" as const, "double" as const, "cut" as const), at: share }),
  fc.record({ kind: fc.constant("swap" as const), at: share, with: share }),
  fc.record({ kind: fc.constantFrom("rechain" as const, "older" as const), at: share }),
);

async function changed(steps: readonly Step[], states: readonly Stored[], how: Change | undefined) {
  const { lines, notes } = states.at(-1) ?? { lines: [], notes: [] };
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  const asIs = { bytes, notes };
  if (how === undefined) return asIs;
  const index = Math.floor(how.at * lines.length);
  const [one = ""] = lines.slice(index);
  const joined = (list: readonly string[]) => ({ bytes: Buffer.from(list.map((line) => `${line}\n`).join("")), notes });
  switch (how.kind) {
    case "bytes": {
      const at = Math.floor(how.at * bytes.length);
      const parts = [bytes.subarray(0, at), Buffer.from(how.put), bytes.subarray(at + how.taken)];
      return { bytes: Buffer.concat(parts), notes };
    }
    case "cut":
      return { bytes: bytes.subarray(0, Math.floor(how.at * bytes.length)), notes };
    case "drop":
      return joined(lines.toSpliced(index, 1));
    case "double":
      return joined(lines.toSpliced(index, 0, one));
    case "swap": {
      const other = Math.floor(how.with * lines.length);
      return joined(lines.with(index, lines[other] ?? "").with(other, one));
    }
    case "rechain": {
      const states = await written(steps, (at) => (at < index ? entryOf(at) : { ...entryOf(at), object: "another" }));
      return { ...joined(states.at(-1)?.lines ?? []), notes };
    }
    case "older": {
      const older = states[Math.floor(how.at * states.length)];
      return { ...joined(older?.lines ?? []), notes: older?.notes ?? [] };
    }
  }
}

/** Whether every writer's lines are all there, as they were and in their order, and nothing else is. */
function isAsWritten(bytes: Buffer, notes: readonly string[], { lines, notes: made }: Stored): boolean {
  const text = bytes.toString("latin1");
  if (!text.endsWith("\n") || notes.join() !== made.join()) return false;
  const seen = text.slice(0, -1).split("\n");
  const ofWriter = (list: readonly string[], writer: Writer) =>
    list.filter((line) => line.endsWith(`"writer":"${writer}"}`));
  const original = lines.map((line) => Buffer.from(line).toString("latin1"));
  if (seen.length !== original.length) return false;
  return writers.every((writer) => ofWriter(seen, writer).join("\n") === ofWriter(original, writer).join("\n"));
}

export const neverHidesAChangedLog: Attack = {
  id: "never-hides-a-changed-log",
  claim: "a log verifies exactly as long as every writer's lines and the checkpoints are those that were written",
  requirements: ["SBX-50", "EXE-11"],
  weight: 0.1,
  property: ({ verify }) => {
    const step = fc.record({ writer: fc.constantFrom(...writers), isCheckpoint: fc.nat(3).map((n) => n === 0) });
    const log = fc.array(step, { minLength: 1, maxLength: 8 });
    return fc.asyncProperty(log, fc.option(change, { nil: undefined, freq: 5 }), async (steps, how) => {
      const states = await written(steps);
      const whole = states.at(-1) ?? { lines: [], notes: [] };
      const { bytes, notes } = await changed(steps, states, how);
      const witness = {
        name: "witness",
        publish: async () => undefined,
        latest: async () => whole.notes.at(-1) ?? null,
      };
      const chunks = async function* () {
        yield bytes;
      };
      const stored = { entries: () => linesOf(chunks()), checkpoints: async () => notes };
      const report = await verify(stored, { verifiers, witnesses: [witness] });
      const expected = isAsWritten(bytes, notes, whole);
      claim(report.ok === expected, () => `${report.ok ? "verifies" : "does not verify"} after ${JSON.stringify(how)}`);
      const named = report.findings.every(
        ({ writer, row, code }) => writer !== null || row !== undefined || code === "rolled_back",
      );
      claim(named, () => `a finding without a place after ${JSON.stringify(how)}`);
    });
  },
};
