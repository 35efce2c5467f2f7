import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot } from "../host/index.js";

const config = `schema: lockkeeper/config/v1
policies: policies
specs: specs
reports: reports
evidence: {roots: [src], ignore: []}
hygiene: {ignore: ["bad/**"]}
`;
const requirements = `schema: lockkeeper/requirements/v1
title: Ours
sources: {ours: {title: Ours, date: "2026-01-01"}}
requirements:
  - id: OUR-1
    rev: 1
    level: MUST
    method: mutation
    text: The program MUST run nothing that it is told to run.
    source: {doc: ours, section: "1"}
    since: "9.0"
`;
const suite = readFileSync(join(packageRoot(), "specs/attacks/request-kill-switch.yaml"), "utf8");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-cli-hygiene-"));
  for (const folder of ["specs/requirements", "specs/attacks", "src", "bad"])
    mkdirSync(join(root, folder), { recursive: true });
  write("lockkeeper.yaml", config);
  write("specs/requirements/our.yaml", requirements);
  write("specs/attacks/request-kill-switch.yaml", suite.replaceAll(/requirements: \[.*\]/g, "requirements: [OUR-1]"));
  write("bad/a.ts", "eval(x);\n");
  write("src/a.ts", "evaluate(x);\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  writeFileSync(join(root, file), text);
}

function waive(expires: string): void {
  write(
    "specs/waivers.yaml",
    `schema: lockkeeper/waivers/v1
title: Ours
waivers:
  - id: waiver-001
    requirement: OUR-1
    rule: hygiene/eval
    path: src/a.ts
    reason: goes with the next version
    owner: Ann
    approver: Bob
    expires: "${expires}"
`,
  );
}

function hygiene(...args: readonly string[]) {
  const product = packageRoot();
  const words = ["--import", join(product, "node_modules/tsx/dist/loader.mjs"), join(product, "src/cli/dev.ts")];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...words, "hygiene", ...args], {
    cwd: join(root, "src"),
    encoding: "utf8",
  });
  return { stdout, stderr, status };
}

describe("lockkeeper hygiene, as a process", () => {
  it("passes a clean tree, fails for a finding with its place, and writes SARIF", () => {
    expect(hygiene("--full")).toMatchObject({ status: 0, stdout: "0 findings in 4 files\n", stderr: "" });
    write("src/a.ts", "\neval(x);\n");
    const failed = hygiene("--full", "--sarif", join(root, "out.sarif"));
    expect(failed.status).toBe(2);
    expect(failed.stdout).toContain("src/a.ts:2:1: A text is run as a program [hygiene/eval]\n  why: ");
    expect(failed.stdout).not.toContain("\u001b");
    expect(JSON.parse(readFileSync(join(root, "out.sarif"), "utf8"))).toMatchObject({
      runs: [{ results: [{ ruleId: "hygiene/eval" }] }],
    });
  });

  it("passes what a waiver accepts, and fails with 6 when it has expired or is not needed", () => {
    write("src/a.ts", "eval(x);\n");
    waive("9999-12-31");
    expect(hygiene()).toMatchObject({ status: 0, stdout: "0 findings and 1 waived in 5 files\n" });
    write("src/a.ts", "evaluate(x);\n");
    const unneeded = hygiene("--json");
    expect(unneeded.status).toBe(6);
    expect(JSON.parse(unneeded.stdout)).toMatchObject({ ok: false, exit_code: 6, findings: [], waiver_faults: [{}] });
  });

  it("prints what files are called as text, whatever they are called", () => {
    write("src/a\u001b[31m\u202e\n::error::planted.ts", "eval(x);\n");
    write("lockkeeper.yaml", config.replace("bad/**", "none/**"));
    mkdirSync(join(root, "::error::planted"));
    write("::error::planted/a.ts", "eval(x);\n");
    for (const words of [["--full"], ["--full", "--json"]]) {
      const { status, stdout } = hygiene(...words);
      expect(status).toBe(2);
      expect(stdout).toContain("::error::planted");
      expect(stdout).not.toMatch(/[^\P{C}\n]|^\s*::/mu);
    }
  });

  it("takes paths from where it is started, and does not pass where there is nothing to look at", () => {
    write("lockkeeper.yaml", config.replace("bad/**", "none/**"));
    expect(hygiene("../bad")).toMatchObject({ status: 2 });
    expect(hygiene(".")).toMatchObject({ status: 0, stdout: "0 findings in 1 file\n" });
    const absent = hygiene("scr");
    expect(absent.status).toBe(7);
    expect(absent.stderr).toContain("src/scr: there is nothing to look at");
    expect(absent.stderr).not.toContain("    at ");
  });
});
