import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { formatProblem, parseCommand } from "../../src/index.js";
import { questionOf } from "./case-question.js";
import { loadSpecs } from "./load-specs.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const loaded = loadSpecs(join(root, "specs"), "specs");

describe("the committed specification", () => {
  if (!loaded.ok) {
    it("loads", () => expect(loaded.error.map(formatProblem)).toEqual([]));
    return;
  }
  const { requirements, suites } = loaded.value;
  const live = suites.flatMap((suite) => {
    return suite.cases.filter((item) => item.withdrawn === undefined).map((item) => ({ item, suite }));
  });

  it("has every row of its five sources, numbered without a gap that the sources do not have", () => {
    const counts = new Map<string, number>();
    for (const { id } of requirements) counts.set(id.slice(0, 3), (counts.get(id.slice(0, 3)) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ EXE: 27, SBX: 91, WFL: 30, MEX: 17, HAR: 13 });
  });

  it("states each requirement as a MUST or a SHOULD, as its level says", () => {
    const wrong = requirements.filter(({ level, text }) => !text.includes(level));
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it("expects a parser's refusal of exactly those commands that the parser refuses", () => {
    const wrong = live.filter(({ item, suite }) => {
      const question = questionOf(item, suite);
      return question.kind === "command" && parseCommand(question.text).ok === (item.expect.phase === "parse");
    });
    expect(wrong.map(({ item }) => item.id)).toEqual([]);
  });

  it("has a case for every rule that can object", () => {
    const expected = new Set(live.flatMap(({ item }) => item.expect.violations ?? []));
    const silent = [...objectingRules()].filter((rule) => !expected.has(rule));
    expect(silent.sort()).toEqual([]);
  });

  it("has at least 120 ordinary commands that have to pass", () => {
    const everyday = suites.find(({ suite }) => suite === "command-everyday")?.cases ?? [];
    expect(everyday.filter(({ expect: { decision } }) => decision === "allow").length).toBeGreaterThanOrEqual(120);
  });
});

/** The ids in the METADATA of all rules. */
function objectingRules(): ReadonlySet<string> {
  const names = readdirSync(join(root, "policies"), { recursive: true, encoding: "utf8" });
  const modules = names.filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"));
  const texts = modules.map((name) => readFileSync(join(root, "policies", name), "utf8"));
  return new Set(texts.flatMap((text) => [...text.matchAll(/^# *(?:custom: \{)?id: ([a-z_]+\/[a-z_]+)/gm)].map(idOf)));
}

function idOf(match: RegExpExecArray): string {
  return match[1] ?? "";
}
