import { describe, expect, it } from "vitest";
import type { AuditEntry, Entry } from "../model/index.js";
import { readEntry } from "./read-entry.js";
import { executionsIn, retrace } from "./retrace.js";
import { retracedLines } from "./retraced-lines.js";
import { end, event, intent, sampleWriter, startMs } from "./testdata/sample-log.js";

function entriesOf(entries: readonly Entry[]): AuditEntry[] {
  const writer = sampleWriter("w1");
  return entries.map((entry) => {
    const read = readEntry(writer.write(entry));
    if (!read.ok) throw new Error(read.error);
    return read.value;
  });
}

const nowhere = () => undefined;

// @requirement MEX-04
// @requirement MEX-05
describe("an execution that ran", () => {
  const entries = entriesOf([
    event("approval/requested", "approval-0001", { actor: "alice@example.org", detail: { reason: "because" } }),
    event("approval/approved", "approval-0001"),
    intent("execution-1"),
    intent("execution-2", { approval_id: null }),
    event("kill_switch/engaged", "execution-1", { actor: null, roles: [] }),
    end("execution-1"),
    end("execution-2"),
    { kind: "load", subject_kind: "bundle", name: "bundle", sha256: "cd".repeat(32) },
  ]);

  it("is told from the question to what came out, whatever the order of its entries", () => {
    const retraced = retrace("execution-1", entries.toReversed(), nowhere);
    expect(retraced).toEqual({
      execution_id: "execution-1",
      asked: {
        by: "alice@example.org",
        channel: "gateway",
        at_ms: startMs + 2000,
        command: "echo test",
        token_id: "token-0001",
      },
      approved: {
        approval_id: "approval-0001",
        by: ["bob@example.org"],
        events: [
          {
            at_ms: startMs,
            name: "approval/requested",
            actor: "alice@example.org",
            roles: ["OPERATOR"],
            detail: { reason: "because" },
          },
          {
            at_ms: startMs + 1000,
            name: "approval/approved",
            actor: "bob@example.org",
            roles: ["OPERATOR"],
            detail: {},
          },
        ],
      },
      decided: { decision: "allow", bundle_sha256: "cd".repeat(32), rules: [] },
      ran: {
        path: "/usr/bin/echo",
        argv: ["echo", "test"],
        cwd: "/work",
        env: { LANG: "C.UTF-8", PATH: "/usr/bin:/bin" },
        cmd_hash: "ab".repeat(32),
        isolation: {
          required: { profile: "standard", requires: ["user", "mount", "pid", "net"] },
          in_force: expect.objectContaining({ user: true, disk: true }),
        },
        limits: expect.objectContaining({ wall_ms: 10_000, open_files: 256 }),
      },
      ended: {
        at_ms: startMs + 5000,
        outcome: "exited",
        reason: null,
        exit_code: 0,
        signal: null,
        duration_ms: 7,
        cpu_ms: 2,
        memory_peak_bytes: 1_200_128,
      },
      came_out: {
        stdout_sha256: "f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2",
        stderr_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        output_bytes: 5,
      },
      events: [{ at_ms: startMs + 4000, name: "kill_switch/engaged", actor: null, roles: [], detail: {} }],
      entries: [
        { writer: "w1", seq: 1, kind: "event", at_ms: startMs },
        { writer: "w1", seq: 2, kind: "event", at_ms: startMs + 1000 },
        { writer: "w1", seq: 3, kind: "intent", at_ms: startMs + 2000 },
        { writer: "w1", seq: 5, kind: "event", at_ms: startMs + 4000 },
        { writer: "w1", seq: 6, kind: "end", at_ms: startMs + 5000 },
      ],
    });
  });

  it("has no path where none is recorded, and the environment that was asked for", () => {
    const action = { kind: "command", profile: "readonly", argv: ["echo"], cwd: "/work", env: { A: "1" } };
    const rest = { stdin_sha256: null, cmd_hash: "ab".repeat(32), workspace: "/work", limits: {} };
    const obligations = {
      run: null,
      isolation: { profile: null, requires: [] },
      limits: null,
      consume: [],
      filter: null,
    };
    const recorded = entriesOf([intent("execution-1", { action: { ...action, ...rest }, obligations })]);
    const retraced = retrace("execution-1", recorded, nowhere);
    expect(retraced?.ran).toMatchObject({ path: null, argv: ["echo"], env: { A: "1" }, limits: null });
  });

  it("reads as lines", () => {
    const retraced = retrace("execution-1", entries, nowhere);
    if (retraced === undefined) throw new Error("nothing");
    expect(retracedLines(retraced).slice(0, 16)).toEqual([
      "execution  execution-1",
      "asked      by alice@example.org over gateway at 2026-01-05T09:00:02.000Z, with token token-0001",
      "command    echo test",
      "approved   by bob@example.org, as approval approval-0001",
      '           approval/requested by alice@example.org at 2026-01-05T09:00:00.000Z {"reason":"because"}',
      "           approval/approved by bob@example.org at 2026-01-05T09:00:01.000Z",
      `decided    allow, by bundle ${"cd".repeat(32)}`,
      'ran        ["echo","test"] as /usr/bin/echo in /work',
      `           command hash ${"ab".repeat(32)}`,
      "isolation  standard needs user, mount, pid, net; in force disk, ipc, memory, mount, net, pid, pids, seccomp, user",
      "limits     cpu_ms 10000, disk_bytes 67108864, memory_bytes 268435456, open_files 256, output_bytes 1048576, processes 32, wall_ms 10000",
      "ended      exited at 2026-01-05T09:00:05.000Z: exit code 0, after 7 ms, cpu 2 ms, memory 1200128 bytes",
      "came out   5 bytes",
      "           stdout f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2",
      "           stderr e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "event      kill_switch/engaged at 2026-01-05T09:00:04.000Z",
    ]);
  });

  it("is found among others by the ids of their entries", () => {
    expect(executionsIn(entries)).toEqual(["execution-1", "execution-2"]);
    expect(retrace("execution-2", entries, nowhere)).toMatchObject({
      approved: null,
      asked: { by: "alice@example.org" },
    });
    expect(retrace("execution-3", entries, nowhere)).toBeUndefined();
  });
});

// @requirement MEX-04
describe("an execution that was refused", () => {
  const violation = { rule: "command/not_allowed", message: "not on the list", requirements: ["EXE-15"], detail: {} };
  const refused = intent("execution-1", {
    decision: "deny",
    violations: [violation],
    approval_id: null,
    token_id: null,
  });
  const entries = entriesOf([refused]);

  it("names the rules that objected, with their lines where the bundle is known", () => {
    const place = { file: "policies/command/allow.rego", row: 12, col: 1 };
    const asked: unknown[] = [];
    const retraced = retrace("execution-1", entries, (id, bundle) => {
      asked.push([id, bundle]);
      return place;
    });
    expect(asked).toEqual([["command/not_allowed", "cd".repeat(32)]]);
    expect(retraced?.decided).toMatchObject({ decision: "deny", rules: [{ ...violation, place }] });
    expect(retraced).toMatchObject({ ran: null, ended: null, came_out: null });
    if (retraced === undefined) throw new Error("nothing");
    expect(retracedLines(retraced)).toEqual([
      "execution  execution-1",
      "asked      by alice@example.org over gateway at 2026-01-05T09:00:00.000Z, without a token",
      "command    echo test",
      "approved   no approval was named",
      `decided    deny, by bundle ${"cd".repeat(32)}`,
      "           command/not_allowed: not on the list (policies/command/allow.rego:12:1)",
      "ran        nothing",
      "ended      no end is recorded",
      "entry      intent at 2026-01-05T09:00:00.000Z: writer w1, 1",
    ]);
  });

  it("that could not be read names no bundle, command or line", () => {
    const [entry] = entriesOf([
      intent("execution-1", {
        decision: "deny",
        action: null,
        command: null,
        bundle_sha256: null,
        isolation: null,
        approvers: [],
        violations: [violation],
      }),
    ]);
    const retraced = entry === undefined ? undefined : retrace("execution-1", [entry], nowhere);
    if (retraced === undefined) throw new Error("nothing");
    expect(retracedLines(retraced)).toContain("decided    deny, before any rule was asked");
    expect(retracedLines(retraced)).toContain("           command/not_allowed: not on the list");
    expect(retracedLines(retraced)).toContain("approved   by nobody, as approval approval-0001");
    expect(retracedLines(retraced)).toContain("command    none");
  });
});

it("tells an end alone, and how it came to it", () => {
  const entries = entriesOf([
    end("execution-1", {
      outcome: "not_started",
      reason: "gate/executor",
      exit_code: null,
      signal: "SIGKILL",
      stdout_sha256: null,
      stderr_sha256: null,
      cpu_ms: null,
      memory_peak_bytes: null,
    }),
  ]);
  const retraced = retrace("execution-1", entries, nowhere);
  if (retraced === undefined) throw new Error("nothing");
  expect(retraced).toMatchObject({ asked: null, approved: null, decided: null, ran: null });
  expect(retracedLines(retraced).slice(1, 5)).toEqual([
    "asked      nothing is recorded",
    "approved   no approval was named",
    "ran        nothing",
    "ended      not_started at 2026-01-05T09:00:00.000Z: signal SIGKILL, because of gate/executor, after 7 ms",
  ]);
});
