import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../host/index.js";
import { goodPolicy, policyFolder, writeFiles } from "./policy/testdata/fixture.js";

let dir: string;
let discard: () => Promise<void>;
beforeAll(async () => {
  const made = await policyFolder(goodPolicy);
  dir = made.dir;
  discard = made.discard;
});
afterAll(() => discard());

/** Starts the command line from source in the folder that holds `policies`, its output piped. */
function start(...args: string[]) {
  const root = packageRoot();
  const command = ["--import", join(root, "node_modules/tsx/dist/loader.mjs"), join(root, "src/cli/dev.ts"), ...args];
  return spawn(process.execPath, command, { cwd: join(dir, ".."), stdio: "pipe" });
}

async function lockkeeper(args: readonly string[], input = "") {
  const child = start(...args);
  child.stdin.end(input);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  return { out, err, code };
}

describe("lockkeeper policy, as a process", () => {
  it("takes ./policies, answers on stdout alone with --json, and is without colours in a pipe", async () => {
    const { out, err, code } = await lockkeeper(["policy", "test", "--json"]);
    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(JSON.parse(out)).toMatchObject({ ok: true, passed: 3 });
    const input = JSON.stringify({ subject: { id: "eve" }, channel: "open" });
    const explained = await lockkeeper(["policy", "explain"], input);
    expect(explained.code).toBe(0);
    expect(explained.out).toContain("DENY by main/request\n\nWhat was missing for an allow:\n");
    expect(explained.out).toContain("policies/main/request.rego:15");
    expect(explained.out).not.toContain("\u001b");
  });

  it("gives one clear message and no stack for what is wrong, also as JSON", async () => {
    const bad = await lockkeeper(["policy", "eval", "main/request"], "{");
    expect(bad).toMatchObject({ out: "", code: 1 });
    expect(bad.err).toMatch(/^standard input:1:2: .*\[json\/syntax\]/);
    expect(bad.err).not.toContain("    at ");
    const json = await lockkeeper(["policy", "check", "--policies", "absent", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problems: [{ code: "usage/missing" }] });
    expect(json).toMatchObject({ err: "", code: 1 });
    const flag = await lockkeeper(["policy", "test", "--threshold", "many"]);
    expect(flag).toMatchObject({ code: 1 });
    expect(flag.err).toContain("It must be a number from 0 to 100.");
  });

  it("never ends quietly: what is wrong before the compiler has started is said, too", async () => {
    const { err, code } = await lockkeeper(["policy", "test", "--policies", "policies/main/absent"]);
    expect({ err: err.includes("no such folder"), code }).toEqual({ err: true, code: 1 });
    await writeFiles(dir, { "main/broken.yaml": "a: [" });
    const broken = await lockkeeper(["policy", "test"]);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain("policies/main/broken.yaml:1");
    await rm(join(dir, "main/broken.yaml"));
  });

  it("watches until Ctrl-C, then leaves with 0", async () => {
    const child = start("policy", "test", "--watch", "--json");
    const closed = new Promise((resolve) => child.once("close", resolve));
    let said = "";
    const told = (words: string) =>
      new Promise<void>((resolve) => {
        const look = () => said.includes(words) && resolve();
        child.stdout.on("data", look);
        look();
      });
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
    });
    await told('"what":"all"');
    await writeFiles(dir, { "main/request_test.rego": "package main_test\n\ntest_one if true\n" });
    await told('"what":"main"');
    child.kill("SIGINT");
    expect(await closed).toBe(0);
    const runs = said
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(runs).toMatchObject([
      { what: "all", passed: 3 },
      { what: "main", passed: 1 },
    ]);
    await writeFiles(dir, goodPolicy);
  });
});

it.each(["build", "check", "fmt", "test", "eval", "explain"])(
  "shows two examples in the help of policy %s",
  async (name) => {
    const { Command } = await import("commander");
    const { registerPolicy } = await import("./policy.js");
    const program = new Command("lockkeeper").exitOverride();
    let help = "";
    program.configureOutput({
      writeOut: (chunk) => {
        help += chunk;
      },
    });
    registerPolicy(program);
    await expect(program.parseAsync(["policy", name, "--help"], { from: "user" })).rejects.toMatchObject({
      exitCode: 0,
    });
    expect(help.match(/^ {2}(.*\| )?lockkeeper policy/gm)).toHaveLength(2);
  },
);
