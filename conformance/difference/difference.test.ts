import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openToolchain, type PolicyFiles, readPolicyFiles, type Toolchain } from "../../src/index.js";
import { loadSpecs, type SpecSuite } from "../spec/index.js";
import { openBlame } from "./blame.js";
import { diffPolicies } from "./diff-policies.js";
import { findChanges } from "./find-changes.js";
import { hunt } from "./hunt.js";
import { openFiles, type PolicySide } from "./policy-side.js";
import { openSearch, type Search } from "./search.js";
import { basesOf } from "./seeds.js";
import { planted, plantedLoosenings, plantedRefactorings, rewritten } from "./testdata/planted-changes.js";

const minuteMs = 60_000;
let toolchain: Toolchain;
let folder: PolicyFiles;
let shipped: PolicySide;
let suites: readonly SpecSuite[];

beforeAll(async () => {
  toolchain = openToolchain({ deadlineMs: minuteMs });
  const files = await readPolicyFiles("policies");
  const specs = loadSpecs("specs");
  if (!files.ok || !specs.ok) throw new Error("policies or specs cannot be read");
  folder = files.value;
  suites = specs.value.suites;
  shipped = await open(folder, "shipped");
}, 2 * minuteMs);
afterAll(() => toolchain[Symbol.asyncDispose]());

async function open(files: PolicyFiles, name: string): Promise<PolicySide> {
  const side = await openFiles(files, name, toolchain);
  if (!side.ok) throw new Error(JSON.stringify(side.error));
  return side.value;
}

/** Searches until something is found that `isEnough`, or the budget is spent. */
async function searched(now: PolicySide, evaluations: number, isEnough: (search: Search) => boolean): Promise<Search> {
  const changes = await findChanges(shipped, now, toolchain);
  if (!changes.ok) throw new Error(JSON.stringify(changes.error));
  const budget = { evaluations, timeIsUp: () => isEnough(search) };
  const search: Search = openSearch(shipped.engine, now.engine, budget);
  const blame = openBlame(shipped, now, changes.value, toolchain);
  const bases = basesOf([now, shipped]);
  await hunt(search, { old: shipped, new: now, changes: changes.value, blame, bases, suites, seed: 1 });
  return search;
}

function loosened(search: Search): readonly string[] {
  return [...search.findings.values()].flatMap(({ found }) => (found.kind === "loosened" ? found.lost : []));
}

describe("a search", () => {
  for (const change of plantedLoosenings) {
    it(`finds an input that gets through when ${change.id}`, { timeout: 2 * minuteMs }, async () => {
      const now = await open(planted(folder, change), "loosened");
      const search = await searched(now, 8000, (one) => loosened(one).includes(change.loosens));
      expect(loosened(search)).toContain(change.loosens);
    });
  }

  for (const { id, file, rewrite } of plantedRefactorings) {
    it(`finds nothing when ${id}`, { timeout: 2 * minuteMs }, async () => {
      const now = await open(rewritten(folder, file, rewrite), "rewritten");
      expect(now.bundle.sha256).not.toBe(shipped.bundle.sha256);
      const search = await searched(now, 1500, () => false);
      expect(search.asked()).toBe(1500);
      expect([...search.findings.values()]).toEqual([]);
    });
  }

  it("finds the same with the same seed", { timeout: 2 * minuteMs }, async () => {
    const now = await open(planted(folder, change("token good at its last moment")), "loosened");
    const one = await searched(now, 1000, () => false);
    const other = await searched(now, 1000, () => false);
    expect([...one.findings]).toEqual([...other.findings]);
    expect(one.findings.size).toBeGreaterThan(0);
  });
});

function change(id: string) {
  const found = plantedLoosenings.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no change ${id}`);
  return found;
}

describe("a difference", () => {
  it("is shown by the smallest input, with both decisions and the lines of both versions", {
    timeout: minuteMs,
  }, async () => {
    const now = await open(planted(folder, change("token good at its last moment")), "loosened");
    const result = await diffPolicies({
      old: shipped,
      new: now,
      toolchain,
      recorded: [],
      accepted: [],
      suites,
      seed: 1,
      budget: { evaluations: 1500, timeIsUp: () => false },
      progress: () => undefined,
    });
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    const [first, ...more] = result.value.differences;
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      kind: "loosened",
      entrypoint: "request",
      lost: ["token/expired"],
      gained: [],
      within_contract: true,
      patch: [{ path: ["token", "exp_s"], value: 1_767_787_200 }],
      decisions: {
        old: { allow: false, violations: [{ rule: "token/expired" }] },
        new: { allow: true, violations: [] },
      },
      rules: [{ rule: "token/expired", objects: "old" }],
      changes: [{ name: "token.unexpired" }],
    });
    const file = "policies/token/times.rego";
    const [rule] = first?.rules ?? [];
    expect([rule?.old?.file, rule?.new?.file]).toEqual([file, file]);
    const [through] = first?.changes ?? [];
    expect(through?.old[0]).toMatchObject({ file, source_line: expect.stringContaining("> earliest_ms") });
    expect(through?.new[0]).toMatchObject({ file, source_line: expect.stringContaining(">= earliest_ms") });
  });

  it("that denies what was allowed is told as tightened", { timeout: 2 * minuteMs }, async () => {
    const looser = await open(planted(folder, change("token good at its last moment")), "looser");
    const search = openSearch(looser.engine, shipped.engine, { evaluations: 1500, timeIsUp: () => false });
    const changes = await findChanges(looser, shipped, toolchain);
    if (!changes.ok) throw new Error("no changes");
    const blame = openBlame(looser, shipped, changes.value, toolchain);
    const bases = basesOf([shipped]);
    await hunt(search, { old: looser, new: shipped, changes: changes.value, blame, bases, suites, seed: 1 });
    const kinds = [...search.findings.values()].map(({ found }) => [found.kind, found.gained.join()]);
    expect(kinds).toContainEqual(["tightened", "token/expired"]);
    expect(kinds.map(([kind]) => kind)).not.toContain("loosened");
  });
});
