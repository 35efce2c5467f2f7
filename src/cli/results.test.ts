import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { selfConfig } from "../../conformance/target/index.js";
import { type FlawedWorld, flawedWorld } from "../../conformance/target/testdata/flawed-world.js";
import { conformTarget } from "./conform/conform-target.js";
import { writeResults } from "./results/write-results.js";
import type { ResultsFlags } from "./results.js";
import { CommandFailure, type Terminal } from "./terminal.js";

let folder: string;
let world: FlawedWorld;
let flags: ResultsFlags;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-results-"));
  world = await flawedWorld();
  await writeRepository();
  flags = {
    humanOperator: "Ann Example",
    aiAssistance: "none",
    junit: join(folder, "junit.xml"),
    coverage: join(folder, "lcov.info"),
    covered: ["src/token", "src/gateway"],
    target: world.url,
    targetConfig: world.configFile,
    workerId: "worker-001",
    task: "Execution gateway",
    out: join(folder, "worker-001-results.json"),
  };
  vi.spyOn(process, "cwd").mockReturnValue(folder);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A repository with one file that cites, and with what other programs wrote. */
async function writeRepository(): Promise<void> {
  const files = {
    "lockkeeper.yaml":
      "schema: lockkeeper/config/v1\nspecs: specs\nreports: reports\nevidence: {roots: [src], ignore: []}\n",
    "specs/requirements/exe.yaml": requirementsText,
    "src/gate.ts": `/** @${"requirement"} EXE-01 */\nexport function run(): number {\n  return 1;\n}\n`,
    "junit.xml":
      '<testsuites><testsuite name="a"><testcase classname="a.test.ts" name="holds"/></testsuite></testsuites>',
    "lcov.info": "SF:src/token/a.ts\nDA:1,1\nDA:2,1\nend_of_record\nSF:src/other/a.ts\nDA:1,0\nend_of_record\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
}

const requirementsText = `schema: lockkeeper/requirements/v1
title: A gateway
sources: {card: {title: "Card", date: "2026-01-07"}}
requirements:
  - {id: EXE-01, rev: 1, level: MUST, method: mutation, text: "The gate MUST run.", source: {doc: card, section: one}, since: "0.1"}
`;

const quiet = (lines: string[]): Terminal => ({
  out: (line) => lines.push(line),
  note: (line) => lines.push(line),
  progress: () => undefined,
  paint: (_, text) => text,
  json: false,
  colour: false,
});
const problemsOf = async (work: Promise<number>) =>
  work.then(
    () => [],
    (error: unknown) => (error instanceof CommandFailure ? error.problems.map(({ code }) => code) : [String(error)]),
  );

// @requirement EXE-20
describe("lockkeeper results", () => {
  it("writes what a run against a gateway shows, and passes once a person has signed the checklist", async () => {
    const lines: string[] = [];
    expect(await writeResults(flags, quiet(lines))).toBe(7);
    const form = JSON.parse(await readFile(flags.out, "utf8"));
    expect(form).toMatchObject({
      worker_id: "worker-001",
      status: "fail",
      test_results: {
        unit_tests_pass: true,
        coverage_percent: 100,
        manual_valid_token_test: true,
        manual_expired_token_test: true,
        manual_forged_token_test: true,
        manual_replay_token_test: true,
        audit_log_write: true,
      },
      evidence: { audit_log_sample: { end: { outcome: "exited" } } },
      human_operator: "Ann Example",
      bypasses: { bypasses: 0 },
      security: { verdict: "unsigned", signed_off: null },
    });
    expect(form.deliverables_created).toEqual(["src/gate.ts"]);
    expect(lines.join("\n")).toContain(form.security.checklist_sha256);

    const signOff = join(folder, "sign-off.yaml");
    const { checklist_sha256 } = form.security;
    await writeFile(
      signOff,
      `schema: lockkeeper/sign-off/v1\nname: Ann Example\ndate: "2026-01-07"\nchecklist_sha256: "${checklist_sha256}"\n`,
    );
    expect(await writeResults({ ...flags, signOff }, quiet([]))).toBe(0);
    expect(JSON.parse(await readFile(flags.out, "utf8"))).toMatchObject({
      status: "pass",
      security: { verdict: "pass", signed_off: { name: "Ann Example", date: "2026-01-07" } },
    });
  });

  it("fails with a secret in the tree, whatever was signed", async () => {
    const file = join(folder, "src/config.ts");
    await writeFile(file, `export const url = "https://ann:${"hunter2"}@example.com/";\n`);
    expect(await writeResults(flags, quiet([]))).toBe(2);
    await rm(file);
    const { security } = JSON.parse(await readFile(flags.out, "utf8"));
    expect(security.items.at(-1)).toMatchObject({ status: "no", findings: ["src/config.ts:1: a secret: BasicAuth"] });
  });

  it.each(["junit", "coverage", "signOff", "targetConfig"] as const)(
    "stops where %s is not there, and writes nothing",
    async (flag) => {
      const out = join(folder, "none.json");
      const broken = { ...flags, out, [flag]: join(folder, "not-there") };
      expect(await problemsOf(writeResults(broken, quiet([])))).toEqual(["usage/missing"]);
      await expect(readFile(out)).rejects.toThrow("ENOENT");
    },
  );
});

// @requirement HAR-12
describe("lockkeeper conform --target", () => {
  const asked = { target: undefined, targetConfig: undefined, only: [], json: true };

  it("needs an address, and how that gateway gives tokens", async () => {
    expect(await problemsOf(conformTarget({ ...asked, targetConfig: "x.yaml" }, quiet([])))).toEqual(["usage/missing"]);
    expect(await problemsOf(conformTarget({ ...asked, target: "http://127.0.0.1:1" }, quiet([])))).toEqual([
      "usage/missing",
    ]);
    const only = { ...asked, target: "self", only: ["EXE-99"] };
    expect(await problemsOf(conformTarget(only, quiet([])))).toEqual(["usage/flag"]);
  });

  it("fails with 2 where nothing answers, and with 7 where nothing could be asked", async () => {
    const targetConfig = join(folder, "target.json");
    const { features: _, ...config } = selfConfig;
    await writeFile(
      targetConfig,
      JSON.stringify({ ...config, approvals: { by: "list", grants: [{ approval_id: "a", token: "b" }] } }),
    );
    const lines: string[] = [];
    const nobody = { ...asked, target: "http://127.0.0.1:1", targetConfig };
    expect(await conformTarget({ ...nobody, only: ["EXE-01"] }, quiet(lines))).toBe(2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ verdict: "FAIL", exit_code: 2 });
    expect(await conformTarget({ ...nobody, only: ["EXE-08"] }, quiet([]))).toBe(7);
    expect(await readFile(join(folder, "reports/target/report.junit.xml"), "utf8")).toContain("http-approvals-before");
  });

  it("asks a gateway by its URL and config, and says what came of each requirement", async () => {
    const lines: string[] = [];
    const named = { ...asked, json: false, target: world.url, targetConfig: world.configFile };
    expect(await conformTarget(named, quiet(lines))).toBe(0);
    expect(lines.join("\n")).toMatch(/pass {2}EXE-04 {2}5 of 5 checks passed/);
    expect(lines.join("\n")).toMatch(/1 skipped; 0 bypasses\n {2}1 skipped: the target is not said to have events/);
  });
});
