import { describe, expect, it } from "vitest";
import { end, intent } from "../testdata/entries.js";
import { insertEntries } from "./entry-rows.js";

const names = [
  "kind",
  "at_ms",
  "about",
  "approval_id",
  "actor",
  "command",
  "decision",
  "outcome",
  "reason",
  "exit_code",
  "duration_ms",
  "output_bytes",
] as const;

/** What stands in the table's columns beside an entry's text. */
function columnsOf(members: object) {
  const { values = [] } = insertEntries([{ writer: "gateway-1", seq: 1, line: "{}", members: { ...members } }], false);
  const [writer, seq, line, ...columns] = values.map((column: unknown) =>
    Array.isArray(column) ? column[0] : undefined,
  );
  expect([writer, seq, line]).toEqual(["gateway-1", 1, "{}"]);
  return Object.fromEntries(names.map((name, n) => [name, columns[n]]));
}
const empty = Object.fromEntries(names.map((name) => [name, null]));

// @requirement EXE-09
describe("the columns of an entry", () => {
  it("tell of an attempt that was allowed", () => {
    expect(columnsOf({ ...intent("execution-1", { approval_id: "approval-1" }), at_ms: 5 })).toEqual({
      ...empty,
      kind: "intent",
      at_ms: 5,
      about: "execution-1",
      approval_id: "approval-1",
      actor: "agent-1",
      command: "echo test",
      decision: "allow",
    });
  });

  it("tell of an attempt that was refused by which rules", () => {
    const violations = [{ rule: "token/replayed" }, { rule: "command/not_allowed" }];
    expect(columnsOf({ kind: "intent", decision: "deny", violations })).toEqual({
      ...empty,
      kind: "intent",
      decision: "deny",
      reason: "token/replayed, command/not_allowed",
    });
  });

  it("tell of an end how it went", () => {
    expect(columnsOf({ ...end("execution-1", { reason: "too long" }), at_ms: 7 })).toEqual({
      ...empty,
      kind: "end",
      at_ms: 7,
      about: "execution-1",
      outcome: "exited",
      reason: "too long",
      exit_code: 0,
      duration_ms: 12,
      output_bytes: 5,
    });
  });

  it("tell of an event who did what, to what", () => {
    expect(columnsOf({ kind: "event", actor: "ann", object: "task-1" })).toEqual({
      ...empty,
      kind: "event",
      actor: "ann",
      about: "task-1",
    });
    expect(columnsOf({ execution_id: "execution-1", object: "task-1", subject: "ann", actor: "bob" })).toEqual({
      ...empty,
      about: "execution-1",
      actor: "ann",
    });
    expect(columnsOf({ reason: "drill", violations: [{ rule: "token/forged" }] })).toEqual({
      ...empty,
      reason: "drill",
    });
  });

  it("hold nothing that PostgreSQL's text cannot", () => {
    expect(columnsOf({ command: "a\0b\ud800" })).toEqual({ ...empty, command: "a\ufffdb\ufffd" });
  });
});
