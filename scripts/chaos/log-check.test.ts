import { describe, expect, it } from "vitest";
import type { AuditEntry } from "../../src/index.js";
import type { Answer, Attempt } from "./client.js";
import { factsOf, logFaults } from "./log-check.js";
import { seeded } from "./random.js";
import { reportText } from "./report.js";
import { marking } from "./world.js";

const head = {
  schema: "lockkeeper/audit-entry/v1",
  writer: "w",
  seq: 1,
  at_ms: 1,
  prev_sha256: "0".repeat(64),
} as const;

function intent(
  execution_id: string,
  n: number,
  over: { decision?: "allow" | "deny"; token_id?: string } = {},
): AuditEntry {
  return {
    ...head,
    kind: "intent",
    execution_id,
    channel: "gateway",
    subject: "agent",
    approval_id: "a",
    approvers: [],
    token_id: `token-${n}`,
    action: null,
    command: marking(n),
    bundle_sha256: null,
    isolation: null,
    decision: "allow",
    violations: [],
    obligations: { run: null, limits: null, isolation: { profile: null, requires: [] }, consume: [], filter: null },
    ...over,
  };
}

type Outcome = Extract<AuditEntry, { kind: "end" }>["outcome"];
function end(execution_id: string, outcome: Outcome = "exited"): AuditEntry {
  return {
    ...head,
    kind: "end",
    execution_id,
    outcome,
    reason: null,
    exit_code: 0,
    signal: null,
    duration_ms: 1,
    stdout_sha256: null,
    stderr_sha256: null,
    output_bytes: 0,
    cpu_ms: null,
    memory_peak_bytes: null,
  };
}

const answer = (status: number, execution_id: string): Answer => ({ status, body: { execution_id }, ms: 1 });
const attempt = (n: number, ...answers: Answer[]): Attempt => ({ n, token: "t", approvalId: "a", answers });

type Kept = { entries: readonly AuditEntry[]; marks: readonly (readonly [number, number])[]; fault?: string };
const faultsIn = ({ entries, marks, fault }: Kept, ...attempts: Attempt[]) =>
  logFaults({ entries: async () => entries, marks: () => new Map(marks), fault: async () => fault }, attempts);

/** One that ran, one that was refused, and one that came second. */
const good: Kept = {
  entries: [
    intent("one", 1),
    end("one"),
    intent("two", 2, { decision: "deny" }),
    intent("late", 1),
    end("late", "not_started"),
  ],
  marks: [[1, 1]],
};
const answered = [attempt(1, answer(200, "one"), answer(401, "late")), attempt(2, answer(401, "two"))];

describe("what a crash may not leave", () => {
  it("is not in a log that is whole", async () => {
    expect(await faultsIn(good, ...answered)).toEqual([]);
  });

  it("an answer without its entry, or with two", async () => {
    const without = {
      ...good,
      entries: good.entries.filter((one) => !("execution_id" in one && one.execution_id === "two")),
    };
    expect(await faultsIn(without, ...answered)).toEqual(["two was answered, and is 0 times in the log"]);
    const twice = { ...good, entries: [...good.entries, intent("two", 2, { decision: "deny" })] };
    expect(await faultsIn(twice, ...answered)).toEqual(["two was answered, and is 2 times in the log"]);
  });

  it("a run without an intent", async () => {
    expect(await faultsIn({ ...good, marks: [...good.marks, [3, 1]] }, ...answered)).toEqual([
      "3: it ran, and no intent says so",
    ]);
    const lost = {
      entries: good.entries.filter((one) => "execution_id" in one && one.execution_id !== "one"),
      marks: good.marks,
    };
    expect(await faultsIn(lost)).toEqual(["1: it ran, and no intent says so"]);
  });

  it("an answer that it ran where it did not, and a command that ran twice", async () => {
    expect(await faultsIn({ ...good, marks: [] }, ...answered)).toEqual(["1: answered as run, and ran 0 times"]);
    expect(await faultsIn({ ...good, marks: [[1, 2]] }, attempt(1))).toEqual(["1: the command ran 2 times"]);
  });

  it("a token that was good twice", async () => {
    const entries = [...good.entries, intent("again", 1), end("again", "interrupted")];
    expect(await faultsIn({ ...good, entries }, ...answered)).toEqual(["the token token-1 was taken 2 times"]);
    const both = attempt(1, answer(200, "one"), answer(200, "again"));
    expect(await faultsIn({ ...good, entries }, both)).toEqual([
      "1: the token was good 2 times",
      "the token token-1 was taken 2 times",
    ]);
  });

  it("an execution that stays open, and a log that was changed", async () => {
    const entries = [...good.entries, intent("open", 4)];
    expect(await faultsIn({ ...good, entries, fault: "changed" })).toEqual([
      "open was opened and never closed",
      "changed",
    ]);
    expect(factsOf([intent("x", 1), end("x", "interrupted")])).toMatchObject({ interrupted: 1, open: [] });
  });
});

it("tells what was tried and what did not hold", () => {
  const report = { name: "kill", figures: { rounds_done: 2, ran: 1 }, faults: [] };
  expect(reportText(report)).toBe("held   kill: rounds done 2, ran 1");
  const many = Array.from({ length: 22 }, (_, n) => `fault ${n}`);
  const lines = reportText({ ...report, faults: many }).split("\n");
  expect(lines[0]).toBe("FAILED kill: rounds done 2, ran 1");
  expect(lines.slice(-2)).toEqual(["  fault 19", "  … and 2 more"]);
});

it("chooses the same again from the same seed", () => {
  const chosen = (seed: number) => {
    const random = seeded(seed);
    return [random.next(), random.below(10), random.pick(["a", "b", "c"]), random.bytes(4).toString("hex")];
  };
  expect(chosen(7)).toEqual(chosen(7));
  expect(chosen(7)).not.toEqual(chosen(8));
});
