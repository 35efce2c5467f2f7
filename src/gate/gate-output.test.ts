import { describe, expect, it } from "vitest";
import { passingFilter } from "./local-parts.js";
import type { OutputFilter } from "./ports.js";
import { broken, gateWith, rulesOf, submission, thrower } from "./testdata/gate-world.js";

describe("what is let out while it runs", () => {
  it("is told to who listens and kept, as the filter gives it", async () => {
    const upper: OutputFilter = {
      ...passingFilter,
      open: (stream) => ({
        push: (chunk) => Buffer.from(Buffer.from(chunk).toString().toUpperCase()),
        end: () => Buffer.from(stream === "stdout" ? "." : ""),
      }),
    };
    const heard: string[] = [];
    const { gate } = gateWith({ filter: upper });
    const outcome = await gate.submit(submission, (stream, chunk) => heard.push(`${stream} ${Buffer.from(chunk)}`));
    expect(heard).toEqual(["stdout A ", "stdout B\n", "stderr SO SO", "stdout ."]);
    expect(outcome).toMatchObject({ end: { stdout: Buffer.from("A B\n."), stderr: Buffer.from("SO SO") } });
  });

  it("is nothing more once the filter has failed", async () => {
    const heard: string[] = [];
    const once: OutputFilter = {
      ...passingFilter,
      open: () => ({ push: (chunk) => (heard.length === 0 ? chunk : thrower()), end: () => Buffer.from("rest") }),
    };
    const { gate, failures } = gateWith({ filter: once });
    const outcome = await gate.submit(submission, (_, chunk) => heard.push(`${Buffer.from(chunk)}`));
    expect(heard).toEqual(["a "]);
    expect(outcome).toMatchObject({ kind: "refused", violations: [{ rule: "gate/filter" }] });
    expect(failures).toHaveLength(1);
  });
});

// @requirement MEX-01
describe("what never became a submission", () => {
  const about = { channel: "gateway", command: "", approvalId: null };

  it("is recorded as a refusal", async () => {
    const { gate, calls, entries } = gateWith();
    const outcome = await gate.refuse(about, { code: "request/malformed", message: "no body" });
    expect(outcome).toMatchObject({ kind: "refused", phase: "parse", violations: [{ rule: "request/malformed" }] });
    expect(calls).toEqual(["record intent"]);
    expect(entries).toMatchObject([{ subject: "unknown", action: null, command: "", decision: "deny" }]);
  });

  it("says so where it could not be recorded", async () => {
    const { gate } = gateWith({ recorder: { append: broken } });
    const outcome = await gate.refuse(about, { code: "request/malformed", message: "no body" });
    expect(rulesOf(outcome)).toEqual(["request/malformed", "gate/record"]);
  });
});

it("says in the end why nothing ran, and what was measured of what did", async () => {
  const { gate, entries } = gateWith();
  await Promise.all([gate.submit(submission), gate.submit(submission)]);
  const ends = entries.filter(({ kind }) => kind === "end");
  expect(ends).toMatchObject([
    { outcome: "not_started", reason: "gate/replay", cpu_ms: null },
    { outcome: "exited", reason: null, duration_ms: 2, cpu_ms: 1, memory_peak_bytes: 4096 },
  ]);
});

it("judges without recording, taking or running anything", async () => {
  const { gate, calls } = gateWith();
  expect(await gate.judge(submission)).toMatchObject({ phase: null, decision: { allow: true } });
  expect(await gate.judge({ ...submission, command: "a|b" })).toMatchObject({ phase: "parse", input: null });
  expect(calls).toEqual([]);
});
