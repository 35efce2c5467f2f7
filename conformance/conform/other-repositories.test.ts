import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatProblem } from "../../src/index.js";
import { readConfig } from "../config/index.js";
import { canonicalJson } from "../report/index.js";
import { conform } from "./conform.js";

// Repositories in other languages with the results that their tools wrote: one without gaps, and one with each gap.
const repositories = join(import.meta.dirname, "../testdata/repositories");

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-other-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function lay(...parts: readonly string[]): void {
  for (const part of parts) cpSync(join(repositories, part), root, { recursive: true });
}

/** Changes a file of the repository; a change that changes nothing is a mistake. */
function change(file: string, from: string | RegExp, to: string): void {
  const before = readFileSync(join(root, file), "utf8");
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(join(root, file), after);
}

async function run() {
  const config = await readConfig(root);
  if (!config.ok) throw new Error(config.error.map(formatProblem).join("\n"));
  const options = { profile: "embedded", only: [], seed: 1, today: "2026-01-01", progress: () => undefined } as const;
  return conform(config.value, options);
}

async function judge() {
  const ran = await run();
  if (!ran.ok) throw new Error(ran.error.map(formatProblem).join("\n"));
  return ran.value.report;
}

const reasonsOf = async () => (await judge()).reasons.map(({ exit_code, text }) => `${exit_code} ${text}`);

const places = {
  python: {
    code: "limits/quota.py",
    failed: "test test_blocked (tests/test_quota.py:23)",
    idle: "code refused (limits/quota.py:36): did not run in the test run: row 38",
    survived: "code penalty (limits/quota.py:42)",
    silent: "test test_allowed (tests/test_quota.py:45)",
    unknown: "limits/quota.py:55:3",
    alone: "limits/quota.py:60:3",
  },
  go: {
    code: "quota/quota.go",
    failed: "test TestBlocked (quota/quota_test.go:26)",
    idle: "code Refused (quota/quota.go:40): did not run in the test run: row 42",
    survived: "code Penalty (quota/quota.go:50)",
    silent: "test TestAllowed (quota/quota_test.go:57)",
    unknown: "quota/quota.go:60:4",
    alone: "quota/quota.go:63:4",
  },
  rust: {
    code: "src/quota.rs",
    failed: "test tests::blocked_holds (src/quota.rs:91)",
    idle: "code refused (src/quota.rs:43): did not run in the test run: row 46",
    survived: "code penalty (src/quota.rs:54)",
    silent: "test allowed_holds (tests/limits.rs:23)",
    unknown: "src/quota.rs:66:4",
    alone: "src/quota.rs:97:4",
  },
} as const;

// @requirement HAR-10
describe.each(["python", "go", "rust"] as const)("a repository in %s", (language) => {
  it("passes without gaps, to the top rung", async () => {
    lay(`${language}/sound`);
    const report = await judge();
    expect(report).toMatchObject({ verdict: "PASS", exit_code: 0, reasons: [], product: { name: "limits" } });
    expect(report.requirements.map(({ reached }) => reached.at(-1))).toEqual(Array(8).fill("killed"));
  });

  it("fails with exactly the gaps that it has", async () => {
    lay(`${language}/sound`, `${language}/gaps`);
    const at = places[language];
    expect(await reasonsOf()).toEqual([
      "2 LIM-2 does not reach killed: cited: no rule and no code cites it; cited: no case, attack or test cites it",
      expect.stringMatching(/^2 LIM-3 does not reach killed: cited: no rule and no code cites it;/),
      `2 LIM-4 does not reach killed: passed: ${at.failed}: failed`,
      `2 LIM-6 does not reach killed: executed: ${at.idle}`,
      `2 ${at.unknown}: LIM-80 is cited here, and no specification has it: is it LIM-8? [evidence/unresolved]`,
      `2 ${at.alone}: the marker is followed by no declaration [evidence/unresolved]`,
      expect.stringMatching(/^3 LIM-7: a mutant of the cited lines survived: /),
      "7 LIM-5 does not reach killed: passed: no case, attack or test of it ran",
      `7 LIM-8 does not reach killed: passed: ${at.silent}: has no result`,
    ]);
    const proofs = (await judge()).requirements.filter(({ proof }) => proof?.state === "survived");
    expect(proofs.map(({ id, gaps }) => [id, gaps])).toEqual([
      ["LIM-7", [`killed: ${at.survived}: 1 of 1 mutants survived`]],
    ]);
  });

  it("gives the same report again, from what it kept", async () => {
    lay(`${language}/sound`, `${language}/gaps`);
    const first = canonicalJson(await judge());
    expect(canonicalJson(await judge())).toBe(first);
  });

  it("does not take mutants of other lines for proof", async () => {
    lay(`${language}/sound`);
    change(places[language].code, "failures * 2", "failures * 2 + 0");
    expect(await reasonsOf()).toEqual([expect.stringMatching(/^7 LIM-7 does not reach killed: /)]);
  });

  it("is judged up to the rung that it demands", async () => {
    lay(`${language}/sound`, `${language}/gaps`);
    change("lockkeeper.yaml", "demand: killed", "demand: passed");
    const reasons = await reasonsOf();
    expect(reasons.filter((one) => /LIM-[67] /.test(one))).toEqual([]);
    expect(reasons).toContainEqual(expect.stringContaining("LIM-4 does not reach passed"));
  });
});

// @requirement HAR-10
describe("a repository without policies", () => {
  const problemsOf = async () => {
    const ran = await run();
    return ran.ok ? [] : ran.error.map(({ message }) => message);
  };

  it("is refused when results are not there, lead out of it, or are no results", async () => {
    lay("python/sound");
    change("lockkeeper.yaml", "results: [build/junit.xml]", "results: [build/none.xml, ../x.xml]");
    change("build/coverage.lcov", /^DA:.*$/m, "DA:one,two");
    change("build/mutants.json", "schemaVersion", "schema");
    expect(await problemsOf()).toEqual([
      "no file of the repository is build/none.xml, which results names in lockkeeper.yaml",
      "no file of the repository is ../x.xml, which results names in lockkeeper.yaml",
      "a line of coverage that is not DA:line,hits inside a file",
      expect.stringContaining("schemaVersion"),
    ]);
  });

  it("is refused when cases ask policies that it does not have", async () => {
    lay("python/sound");
    mkdirSync(join(root, "specs/attacks"));
    writeFileSync(
      join(root, "specs/attacks/listing.yaml"),
      `schema: lockkeeper/suite/v1
suite: listing
title: Listing
requirements: [LIM-1]
source: {name: Limits, version: "1.0"}
notes: {}
cases:
  - {id: listing-001, title: lists, input: {command: "ls"}, expect: {decision: allow}}
`,
    );
    expect(await problemsOf()).toEqual(["cases are asked of policies, and there are none"]);
  });

  it("proves nothing without a result", async () => {
    lay("python/sound");
    change("build/junit.xml", /<testcase.*<\/testsuite>/, "</testsuite>");
    expect(await reasonsOf()).toContain("7 no check ran: the run proves nothing");
  });
});
