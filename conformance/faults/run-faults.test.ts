import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openToolchain, type PolicyTree, parseCommand, refusal, type Toolchain } from "../../src/index.js";
import { policyFaults } from "./policy-faults.js";
import { reportFaults } from "./report-faults.js";
import { runHarnessFaults } from "./run-harness-faults.js";
import { runPolicyFaults } from "./run-policy-faults.js";
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
    const checks = await runHarnessFaults({ decide: () => refusal("a/b", "no"), parse: parseCommand, data }, []);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    expect(checks.filter(({ id }) => id.startsWith("planted-attack-meets-a-lax-gate")).length).toBeGreaterThan(5);
  });

  it("leave a sound run sound", () => {
    expect(judgeWith({})).toMatchObject({ verdict: "PASS", exit_code: 0 });
  });
});

const emptyTree: PolicyTree = {
  name: "policies",
  modules: [],
  tests: [],
  data: {},
  placeOf: () => undefined,
  builtins: undefined,
  sha256: "0".repeat(64),
};
