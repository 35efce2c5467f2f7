import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "./create-sandbox.js";
import { hasBubblewrap, limits, living, openWorld, spawnersOf, type World } from "./testdata/world.js";

const here = hasBubblewrap();

/** Waits, without end but for the test's own, until something holds. */
const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe.skipIf(!here)("a spawner that is lost", () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it("is a run that was interrupted, with nothing of it left; nothing runs until another is there, which is soon", async () => {
    const run = world.sh("echo on; exec sleep 777011");
    await until(() => living("777011").length > 0);
    world.sandbox.restart();
    expect(await run).toMatchObject({ outcome: "interrupted", exitCode: null, signal: null });
    await expect(world.sh("echo early")).rejects.toThrow("the spawner is away");
    await until(() => living("777011").length === 0);
    await until(async () => (await world.sh("echo again").catch(() => undefined))?.stdout === "again\n");
  });

  it("takes also what had only just begun with it", async () => {
    for (let round = 0; round < 5; round++) {
      const runs = Promise.all(Array.from({ length: 4 }, () => world.sh("exec sleep 777012")));
      await until(() => living("777012").length >= round);
      world.sandbox.restart();
      expect((await runs).map(({ outcome }) => outcome)).toEqual(Array(4).fill("interrupted"));
      await until(() => living("777012").length === 0);
      await until(async () => (await world.sh("echo again").catch(() => undefined))?.stdout === "again\n");
    }
  });

  it("is a stop where it was lost while it was told to stop", async () => {
    const run = world.sh("exec sleep 777013");
    await until(() => living("777013").length > 0);
    world.sandbox.stopAll();
    world.sandbox.restart();
    expect(await run).toMatchObject({ outcome: "stopped" });
    await until(async () => (await world.sh("echo again").catch(() => undefined))?.stdout === "again\n");
  });
});

describe.skipIf(!here)("a spawner that does not answer", () => {
  // @requirement WFL-06
  it("is ended with everything that runs, when that is to stop", async () => {
    const others = spawnersOf(process.pid);
    await using world = await openWorld();
    const ours = spawnersOf(process.pid).filter((pid) => !others.includes(pid));
    const run = world.sh("exec sleep 777015");
    await until(() => living("777015").length > 0);
    for (const spawner of ours) process.kill(spawner, "SIGSTOP");
    expect(world.sandbox.stopAll()).toBe(1);
    expect(await run).toMatchObject({ outcome: "stopped" });
    await until(() => living("777015").length === 0);
  });
});

describe.skipIf(!here)("a sink that throws", () => {
  it("ends its own run, which rejects, and no other", async () => {
    await using world = await openWorld();
    const other = world.sh("sleep 0.2; echo other");
    const isolation = { profile: null, requires: [] };
    const execution = {
      executionId: "execution-1",
      path: "/bin/sh",
      argv: ["sh", "-c", "echo x; exec sleep 777016"],
      cwd: "/",
      workspace: world.workspace,
      env: {},
      stdin: null,
      limits,
      isolation,
    };
    const run = world.sandbox.run(execution, () => {
      throw new Error("no room");
    });
    await expect(run).rejects.toThrow("no room");
    await until(() => living("777016").length === 0);
    expect(await other).toMatchObject({ stdout: "other\n" });
  });
});

describe.skipIf(!here)("a gateway that is lost", () => {
  it("takes its spawner and everything that runs with it", async () => {
    const script = new URL("./testdata/lasts.ts", import.meta.url).pathname;
    const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    const folder = mkdtempSync(join(tmpdir(), "lockkeeper-lost-"));
    chmodSync(folder, 0o755);
    const gateway = spawn(process.execPath, ["--import", loader, script], { stdio: "ignore", env: { TMPDIR: folder } });
    await until(() => living("777014").length > 0);
    const before = spawnersOf(gateway.pid ?? 0);
    expect(before.length).toBe(1);
    gateway.kill("SIGKILL");
    await until(() => living("777014").length === 0);
    await until(() => living("spawner/main.").every((pid) => !before.includes(pid)));
    expect(readdirSync(folder).filter((name) => name.startsWith("lockkeeper-sandbox-"))).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it("leaves a folder where its spawner is lost with it, which the next one removes", async () => {
    const script = new URL("./testdata/lasts.ts", import.meta.url).pathname;
    const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    const folder = mkdtempSync(join(tmpdir(), "lockkeeper-lost-"));
    chmodSync(folder, 0o755);
    const gateway = spawn(process.execPath, ["--import", loader, script], { stdio: "ignore", env: { TMPDIR: folder } });
    await until(() => living("777014").length > 0);
    const [spawner = 0] = spawnersOf(gateway.pid ?? 0);
    const left = () => readdirSync(folder).filter((name) => name.startsWith("lockkeeper-sandbox-"));
    const before = left();
    expect(before).toHaveLength(1);
    process.kill(spawner, "SIGSTOP");
    const gone = new Promise((resolve) => gateway.once("exit", resolve));
    gateway.kill("SIGKILL");
    await gone;
    process.kill(spawner, "SIGKILL");
    await until(() => living("777014").length === 0 && !living("spawner/main.").includes(spawner));
    expect(left()).toEqual(before);
    {
      await using _sandbox = await createSandbox({ stateFolder: folder });
      expect(left()).toHaveLength(1);
      expect(left()).not.toEqual(before);
    }
    expect(left()).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
