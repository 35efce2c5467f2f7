import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  err,
  type LoadedPolicy,
  ok,
  openToolchain,
  type PolicyTree,
  parseCommand,
  refusal,
  type Toolchain,
  verifyAudit,
} from "../../src/index.js";
import { policyFaults } from "./policy-faults.js";
import { reportFaults } from "./report-faults.js";
import { runHarnessFaults, runPlanted } from "./run-harness-faults.js";
import { type AskedCase, runPolicyFaults } from "./run-policy-faults.js";
import { judgeWith } from "./sound-world.js";
import { verdictFaults } from "./verdict-faults.js";

let toolchain: Toolchain;
beforeAll(() => {
  toolchain = openToolchain();
});
afterAll(() => toolchain[Symbol.asyncDispose]());

const [first] = policyFaults;

// @requirement HAR-09
describe("planted faults", () => {
  it("are each noticed by the harness as it is", async () => {
    const unnoticed = [];
    for (const one of [...verdictFaults, ...reportFaults]) if (!(await one.noticed())) unnoticed.push(one.id);
    expect(unnoticed).toEqual([]);
  });

  it("fail the run when their line is no longer there", async () => {
    const tree = { name: "policies", modules: [], data: {} };
    const checks = await runPolicyFaults({ ...emptyTree, ...tree }, [], [], toolchain);
    expect(checks.length).toBe(policyFaults.length);
    expect(checks.every(({ status }) => status === "fail")).toBe(true);
    expect(checks[0]?.detail).toContain("not there once");
  });

  it("fail the run when no case notices them", async () => {
    if (first === undefined) throw new Error("no faults");
    const text = `package token\n\nearliest_ms := 1\n\n${first.find}\n`;
    const checks = await runPolicyFaults({ ...emptyTree, modules: [{ path: first.file, text }] }, [], [], toolchain);
    expect(checks[0]).toMatchObject({
      id: `planted-${first.id}`,
      status: "fail",
      detail: "not noticed by any of 0 cases",
    });
  });

  it("are counted one by one, whatever becomes of the others", async () => {
    const data = {
      command: { programs: {} },
      token: { max_lifetime_s: 300, leeway_s: 0 },
      quota: { limits: {} },
      output: { kinds: {}, fields: {}, places: {} },
    };
    const checks = await runHarnessFaults(
      { decide: () => refusal("a/b", "no"), parse: parseCommand, verify: verifyAudit, data },
      [],
    );
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    expect(checks.filter(({ id }) => id.startsWith("planted-attack-meets-a-lax-gate")).length).toBeGreaterThan(5);
  });

  it("are told as checks: what was noticed passes, what was not and what could not be looked for fails", async () => {
    const file = "conformance/faults/verdict-faults.ts";
    const base = { kind: "fault", title: "t", requirements: ["HAR-09"], file, row: 1, inputs: 1 };
    const checks = await runPlanted([
      { id: "a", title: "t", file, noticed: () => true },
      { id: "b", title: "t", file, noticed: async () => false },
      { id: "c", title: "t", file, noticed: () => Promise.reject(new Error("no file")) },
    ]);
    expect(checks).toEqual([
      { ...base, id: "planted-a", status: "pass" },
      { ...base, id: "planted-b", status: "fail", detail: "it went unnoticed" },
      { ...base, id: "planted-c", status: "fail", detail: "looking for it failed: no file" },
    ]);
  });

  it("into policies are shown to the cases, and the case that noticed is named", async () => {
    if (first === undefined) throw new Error("no faults");
    const module = { path: first.file, text: `package token\n\n${first.find}\n` };
    const tree = { ...emptyTree, modules: [module], data: { token: { leeway_s: 0 } } };
    const loads: unknown[] = [];
    const answering = policyThat(async () =>
      ok([{ defined: true, result: refusal("token/expired", "Token expired") }]),
    );
    const checks = await runPolicyFaults(tree, [askedCase], [], {
      load: async (asked) => {
        loads.push(asked);
        return ok(answering);
      },
    });
    expect(checks[0]).toMatchObject({ status: "pass", detail: "noticed by case token-times-001" });
    expect(loads).toEqual([{ files: [{ ...module, text: `package token\n\n${first.replace}\n` }], data: tree.data }]);
  });

  it("fail the run when the planted policy does not compile", async () => {
    if (first === undefined) throw new Error("no faults");
    const modules = [{ path: first.file, text: first.find }];
    const checks = await runPolicyFaults({ ...emptyTree, modules }, [], [], {
      load: async () => err({ code: "toolchain/failed", message: "no package", diagnostics: [] }),
    });
    expect(checks[0]).toMatchObject({ status: "fail", detail: "the planted policy does not compile: no package" });
  });

  it("leave a sound run sound", () => {
    expect(judgeWith({})).toMatchObject({ verdict: "PASS", exit_code: 0 });
  });
});

/** A loaded policy that answers as it is told. */
function policyThat(evaluate: LoadedPolicy["evaluate"]): LoadedPolicy {
  return { files: [], evaluate, close: async () => undefined };
}

/** A case that expects an answer, and what it asked. */
const askedCase: AskedCase = {
  item: {
    id: "token-times-001",
    suite: "token-times",
    title: "a token that has not expired is good",
    requirements: ["EXE-02"],
    file: "specs/attacks/token-times.yaml",
    row: 1,
    end_row: 2,
    input: { request: {} },
    expect: { decision: "allow" },
  },
  questions: [{ entrypoint: "request", input: {}, decision: refusal("a/b", "no") }],
};

const emptyTree: PolicyTree = {
  name: "policies",
  modules: [],
  tests: [],
  data: {},
  placeOf: () => undefined,
  refusalOf: () => undefined,
  builtins: undefined,
  sha256: "0".repeat(64),
};
