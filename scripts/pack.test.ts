import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

let folder: string;
let lockkeeper: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-pack-"));
  await run("npm", ["run", "-s", "build"], { cwd: root });
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root });
  const [tarball = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  await mkdir(join(folder, "app"));
  await writeFile(join(folder, "app/package.json"), '{"name": "app", "private": true}');
  const install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", join(folder, tarball)];
  await run("npm", install, { cwd: join(folder, "app") });
  lockkeeper = join(folder, "app/node_modules/lockkeeper/bin/lockkeeper.js");
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (args: readonly string[]) => run(process.execPath, [lockkeeper, ...args], { cwd: join(folder, "app") });

// @requirement HAR-01
it("installs into an empty folder, and decides with the policies that came with it", async () => {
  const version: unknown = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  expect((await start(["--version"])).stdout.trim()).toBe(Object(version).version);
  const checked = await start(["command", "check", "--json", "ls -la"]);
  expect(JSON.parse(checked.stdout)).toMatchObject({ allow: true, argv: ["ls", "-la"] });
  await expect(start(["command", "check", "ls;id"])).rejects.toMatchObject({ code: 2 });
}, 60_000);

// @requirement HAR-01
it("checks and tests a policy that is written there, with Node and nothing else", async () => {
  const policies = join(folder, "app/policies/main");
  await mkdir(policies, { recursive: true });
  await writeFile(
    join(policies, "request.rego"),
    'package main\n\n# METADATA\n# title: Sample\n# entrypoint: true\nrequest := {"allow": input.n == 1}\n',
  );
  await writeFile(
    join(policies, "request_test.rego"),
    'package main_test\n\nimport data.main\n\ntest_allow_one if main.request.allow with input as {"n": 1}\n',
  );
  const tested = await start(["policy", "test", "--json"]);
  expect(tested.stdout).toContain("test_allow_one");
  await rm(join(folder, "app/policies"), { recursive: true });
}, 60_000);

it("brings no source, no tests and no Node of its own", async () => {
  const files = await readdir(join(folder, "app/node_modules/lockkeeper"), { recursive: true });
  expect(files.filter((name) => /\.test\.(js|ts)$|testdata|^src|^node_modules/.test(name))).toEqual([]);
  const installed = await readdir(join(folder, "app/node_modules"));
  expect(installed.filter((name) => name.startsWith("node-"))).toEqual([]);
});

it("says in one line that an older Node is too old", async () => {
  const text = await readFile(join(root, "bin/lockkeeper.js"), "utf8");
  const pretending = join(folder, "old.mjs");
  const old = 'Object.defineProperty(process.versions, "node", { value: "20.11.0" });\n';
  await writeFile(pretending, old + text.replace(/^#!.*\n/, ""));
  const failed: unknown = await run(process.execPath, [pretending]).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 1, stderr: "lockkeeper needs Node 24 or newer; this is Node 20.11.0\n" });
});
