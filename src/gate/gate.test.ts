import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { err, noIsolation, ok, refusal } from "../model/index.js";
import { createMemoryTakings } from "../store/index.js";
import { passingFilter } from "./local-parts.js";
import {
  allowed,
  broken,
  clock,
  gateWith,
  limits,
  type Over,
  rulesOf,
  submission,
  thrower,
} from "./testdata/gate-world.js";

// @requirement EXE-14
it("runs the argv that the rules saw, at the path and with the environment that they oblige to", async () => {
  const { gate, executions, inputs } = gateWith();
  expect(await gate.submit(submission)).toMatchObject({ kind: "finished", end: { exitCode: 0 } });
  expect(inputs).toMatchObject([{ action: { argv: ["echo", "a b"], cwd: "/w" } }]);
  expect(executions).toEqual([
    {
      executionId: "AQEBAQEBAQEBAQEBAQEBAQ",
      profile: "readonly",
      path: "/usr/bin/echo",
      argv: ["echo", "a b"],
      cwd: "/w",
      workspace: "/w",
      env: { A: "1" },
      stdin: null,
      limits,
      isolation: { profile: "open", requires: [] },
    },
  ]);
});

// @requirement MEX-01
describe("the order", () => {
  it("records the intent, takes, runs, settles, records the end", async () => {
    const { gate, calls } = gateWith();
    await gate.submit(submission);
    expect(calls).toEqual(["record intent", "open", "run", "close", "record end"]);
  });

  it("refuses with the line that objected, records it, and takes and runs nothing", async () => {
    const { gate, calls, entries } = gateWith({}, () => refusal("token/expired", "Token expired", ["EXE-02"]));
    expect(await gate.submit(submission)).toMatchObject({
      kind: "refused",
      phase: "policy",
      violations: [{ rule: "token/expired", place: { file: "token/expired.rego", row: 7 } }],
    });
    expect(calls).toEqual(["record intent"]);
    expect(entries).toMatchObject([
      { kind: "intent", decision: "deny", subject: "bob", action: { argv: ["echo", "a b"] } },
    ]);
  });

  it("gives a token's one use to one of many who come at once", async () => {
    const { gate, executions } = gateWith();
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => gate.submit(submission)));
    expect(executions).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === "finished")).toHaveLength(1);
    expect(outcomes.flatMap(rulesOf)).toEqual(Array(15).fill("gate/replay"));
  });

  it("says what the ledger knows of a nonce, whatever the authenticator says", async () => {
    const { gate, inputs } = gateWith();
    await gate.submit(submission);
    await gate.submit(submission);
    expect(inputs).toMatchObject([{ token: { replayed: false } }, { token: { replayed: true } }]);
  });
});

// @requirement MEX-03
it("refuses whoever loses the race for a quota, and runs no more than it allows", async () => {
  const authenticator = { authenticate: async () => ok({ subject: { id: "bob", roles: [] }, token: null }) };
  const { gate, executions } = gateWith({ authenticator });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => gate.submit(submission)));
  expect(executions).toHaveLength(3);
  expect(outcomes.flatMap(rulesOf)).toEqual(Array(5).fill("gate/quota"));
});

// @requirement EXE-14
it("refuses what does not parse before anybody is asked, and records it", async () => {
  const { gate, calls, entries, inputs } = gateWith();
  const outcome = await gate.submit({ ...submission, command: "ls;id" });
  expect(outcome).toMatchObject({
    kind: "refused",
    phase: "parse",
    violations: [{ rule: "command/syntax", detail: { offset: 2 } }],
  });
  expect(await gate.submit({ ...submission, command: ["ls", "a\0b"] })).toMatchObject({
    phase: "parse",
    violations: [{ rule: "command/syntax", message: "a word holds NUL or is not well-formed Unicode", detail: {} }],
  });
  expect(await gate.submit({ ...submission, command: [] })).toMatchObject({ phase: "parse" });
  expect(inputs).toEqual([]);
  expect(calls).toEqual(["record intent", "record intent", "record intent"]);
  expect(entries).toMatchObject(Array(3).fill({ subject: "bob", action: null, decision: "deny" }));
});

// @requirement EXE-14
it("says where a command does not parse, and what to write where that is known", async () => {
  const { gate } = gateWith();
  expect(await gate.submit({ ...submission, command: "ls 'a" })).toMatchObject({
    violations: [{ detail: { offset: 3 } }],
  });
  const hinted = await gate.submit({ ...submission, command: "'ls'" });
  const [{ detail } = { detail: {} }] = hinted.kind === "refused" ? hinted.violations : [];
  expect(detail).toEqual({ offset: 0, hint: "write the name plainly" });
  const bare = await gate.submit({ ...submission, command: "ls 'a" });
  const [{ detail: plain } = { detail: {} }] = bare.kind === "refused" ? bare.violations : [];
  expect(Object.keys(plain)).toEqual(["offset"]);
});

// @requirement MEX-01
describe("a failure anywhere is a refusal, recorded where it can be, and shows nothing of its cause", () => {
  const takings = createMemoryTakings(clock);
  it.each<[string, Over, string, string[]]>([
    [
      "no policy",
      {
        policies: {
          current: () => {
            throw new Error("none");
          },
        },
      },
      "bundle/invalid",
      ["record intent"],
    ],
    [
      "a credential that is not good",
      { authenticator: { authenticate: async () => err({ code: "token/forged", message: "a secret detail" }) } },
      "token/forged",
      ["record intent"],
    ],
    ["authentication", { authenticator: { authenticate: broken } }, "gate/store", ["record intent"]],
    ["approvals", { approvals: { find: broken } }, "gate/store", ["record intent"]],
    ["the kill switch", { killSwitch: { engaged: broken } }, "gate/store", ["record intent"]],
    ["the repository", { repository: { read: broken } }, "gate/store", ["record intent"]],
    ["usage", { takings: { ...takings, usage: broken } }, "gate/store", ["record intent"]],
    ["opening", { takings: { ...takings, take: broken } }, "gate/store", ["record intent", "open", "record end"]],
    ["the recorder", { recorder: { append: broken } }, "gate/record", []],
    [
      "the executor",
      { executor: { isolation: () => noIsolation, run: broken, stopAll: () => 0 } },
      "gate/executor",
      ["record intent", "open", "close", "record end"],
    ],
    ["filtering the command", { filter: { ...passingFilter, action: thrower } }, "gate/record", []],
    [
      "filtering the output",
      { filter: { ...passingFilter, open: thrower } },
      "gate/filter",
      ["record intent", "open", "run", "close", "record end"],
    ],
  ])("%s", async (_, over, code, order) => {
    const { gate, calls, failures } = gateWith(over);
    const outcome = await gate.submit(submission);
    expect(outcome.kind).toBe("refused");
    expect(rulesOf(outcome)).toEqual([code]);
    expect(calls).toEqual(order);
    expect(JSON.stringify(outcome)).not.toContain("secret");
    if (code !== "token/forged") expect(failures).toHaveLength(1);
  });

  it("an allow that does not say what to run", async () => {
    const nothing = { ...allowed, obligations: { ...allowed.obligations, run: null } };
    const { gate, calls } = gateWith({}, () => nothing);
    expect(rulesOf(await gate.submit(submission))).toEqual(["engine/decision"]);
    expect(calls).toEqual(["record intent"]);
  });

  it("a refusal that cannot be recorded stays refused", async () => {
    const { gate } = gateWith({ recorder: { append: broken } }, () => refusal("token/expired", "Token expired"));
    expect(rulesOf(await gate.submit(submission))).toEqual(["token/expired", "gate/record"]);
  });
});

// @requirement EXE-14
it("runs what it judged, whatever becomes of the caller's copy in the meantime", async () => {
  const words = ["echo", "one"];
  const stdin = Buffer.from("given");
  const late = async () => {
    words[1] = "two";
    stdin.write("other");
    return ok({ subject: { id: "bob", roles: [] }, token: null });
  };
  const { gate, executions, inputs } = gateWith({ authenticator: { authenticate: late } });
  await gate.submit({ ...submission, command: words, stdin });
  expect(executions).toMatchObject([{ argv: ["echo", "one"], stdin: Uint8Array.from(Buffer.from("given")) }]);
  expect(inputs).toMatchObject([{ action: { argv: ["echo", "one"], stdin_sha256: hash("sha256", "given") } }]);
});

// @requirement MEX-01
describe("what throws where it should reject", () => {
  it.each<[string, Over, string, string[]]>([
    ["randomness", { random: { bytes: thrower } }, "internal/bug", []],
    ["the recorder", { recorder: { append: thrower } }, "gate/record", []],
    [
      "the executor",
      { executor: { isolation: () => noIsolation, run: thrower, stopAll: () => 0 } },
      "gate/executor",
      ["record intent", "open", "close", "record end"],
    ],
  ])("is a refusal: %s", async (_, over, code, order) => {
    const { gate, calls, failures } = gateWith(over);
    const outcome = await gate.submit(submission);
    expect(rulesOf(outcome)).toEqual([code]);
    expect(outcome).toMatchObject({ phase: "gate" });
    expect(calls).toEqual(order);
    expect(failures).toHaveLength(1);
  });

  it("has a name where even that could not be drawn", async () => {
    const { gate } = gateWith({ random: { bytes: thrower } });
    expect(await gate.submit(submission)).toMatchObject({ executionId: "unnamed-execution" });
  });

  it("only judges where that is all that is asked", async () => {
    const { gate, calls } = gateWith();
    expect(await gate.judge(submission)).toMatchObject({ phase: null, decision: { allow: true } });
    expect(calls).toEqual([]);
  });

  it("records the end also where the ledger cannot be closed, and says that it ran", async () => {
    const takings = { ...createMemoryTakings(clock), settle: thrower };
    const { gate, calls } = gateWith({ takings });
    const outcome = await gate.submit(submission);
    expect(outcome).toMatchObject({ kind: "refused", violations: [{ rule: "gate/record", detail: { ran: true } }] });
    expect(calls).toEqual(["record intent", "open", "run", "close", "record end"]);
  });
});
