import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor } from "../gate/index.js";
import { hasBubblewrap, openWorld, type World } from "./testdata/world.js";

let world: World;
const here = hasBubblewrap();

describe.skipIf(!here)("the sandbox", () => {
  beforeAll(async () => {
    world = await openWorld({ writable: ({ executionId }) => executionId === "writes" });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it("is an executor of the gate", async () => {
    const executor: Executor = world.sandbox;
    expect(executor.isolation()).toEqual(world.sandbox.isolation());
  });

  // @requirement EXE-14
  describe("what was decided is what runs", () => {
    it("gives the argv byte for byte, without a shell", async () => {
      const argv = ["printf", "[%s]", "$(id)", "a b", "*", "'", "", "größe", "\n", "--", "-rf"];
      const end = await world.run("/usr/bin/printf", argv);
      expect(end.stdout).toBe("[$(id)][a b][*]['][][größe][\n][--][-rf]");
      expect(end).toMatchObject({ outcome: "exited", exitCode: 0, signal: null, stderr: "" });
    });

    it("gives any argv and any environment byte for byte", async () => {
      const text = fc.string({ unit: "binary", maxLength: 40 }).filter((one) => !one.includes("\0"));
      const name = fc.stringMatching(/^[A-Za-z_.][A-Za-z0-9_. -]{0,20}$/);
      await fc.assert(
        fc.asyncProperty(
          fc.array(text, { maxLength: 8 }),
          fc.dictionary(name, text, { maxKeys: 5 }),
          async (args, env) => {
            const script = 'printf "%s\\0" "$0" "$@"';
            const { stdout } = await world.run("/bin/sh", ["sh", "-c", script, "zero", ...args]);
            expect(stdout).toBe(["zero", ...args].map((arg) => `${arg}\0`).join(""));
            const told = await world.run("/usr/bin/env", ["env", "-0"], { env });
            expect(told.stdout).toBe(
              Object.entries(env)
                .map(([key, value]) => `${key}=${value}\0`)
                .join(""),
            );
          },
        ),
        { seed: 7, numRuns: 15 },
      );
    });

    it("gives the program's name as it was spelt", async () => {
      expect((await world.run("/bin/sh", ["some name", "-c", 'printf "%s" "$0"'])).stdout).toBe("some name");
      expect((await world.run("/bin/sh", ["", "-c", 'printf "[%s]" "$0"'])).stdout).toBe("[]");
    });

    it("gives exactly the environment, not even a working directory's name", async () => {
      const env = { ONLY: "this", EMPTY: "", "odd.name": "a=b\nc" };
      expect((await world.run("/usr/bin/env", ["env", "-0"], { env })).stdout).toBe(
        "ONLY=this\0EMPTY=\0odd.name=a=b\nc\0",
      );
      expect((await world.run("/usr/bin/env", ["env"])).stdout).toBe("");
    });

    it("gives exactly the bytes for standard input, or none", async () => {
      expect((await world.run("/bin/cat", ["cat"], { stdin: Buffer.from("a\0b") })).stdout).toBe("a\0b");
      expect((await world.run("/bin/cat", ["cat"])).stdout).toBe("");
      const large = Buffer.alloc(90_000, "x");
      expect((await world.run("/usr/bin/wc", ["wc", "-c"], { stdin: large })).stdout.trim()).toBe("90000");
    });

    it("starts in the folder that was decided upon", async () => {
      mkdirSync(join(world.workspace, "below"), { mode: 0o755 });
      expect((await world.run("/bin/pwd", ["pwd"], { cwd: join(world.workspace, "below") })).stdout).toBe(
        `${world.workspace}/below\n`,
      );
    });

    it("refuses a NUL inside of an argument, for the kernel would cut it there", async () => {
      await expect(world.run("/usr/bin/printf", ["printf", "a\0b"])).rejects.toThrow("NUL");
    });
  });

  describe("how it ends", () => {
    it("keeps exit code and standard error", async () => {
      expect(await world.sh("echo no >&2; exit 3")).toMatchObject({ outcome: "exited", exitCode: 3, stderr: "no\n" });
    });

    it("tells a signal from an exit code that looks like one", async () => {
      expect(await world.sh("kill -TERM $$")).toMatchObject({
        outcome: "signalled",
        exitCode: null,
        signal: "SIGTERM",
      });
      expect(await world.sh("exit 143")).toMatchObject({ outcome: "exited", exitCode: 143, signal: null });
      expect(await world.sh("kill -ABRT $$")).toMatchObject({ outcome: "signalled", signal: "SIGABRT" });
    });

    it("says that a program could not be started, and tells whoever asked nothing of this machine", async () => {
      const none = { outcome: "not_started", exitCode: null, stdout: "", stderr: "" };
      expect(await world.run("/usr/bin/nowhere-at-all", ["x"])).toMatchObject(none);
      expect(await world.sh("true", { cwd: "/nowhere" })).toMatchObject(none);
      expect(world.failures.at(-1)).toContain("chdir");
      writeFileSync(join(world.workspace, "no-program"), "\x7fELF nothing", { mode: 0o755 });
      expect(await world.run(join(world.workspace, "no-program"), ["x"])).toMatchObject(none);
      expect(world.failures.at(-1)).toContain("error 8");
    });

    it("counts CPU time and memory", async () => {
      const { cpuMs, memoryPeakBytes, durationMs } = await world.perl('my $x = "a" x 30_000_000; print length $x');
      expect(cpuMs).toBeGreaterThan(1);
      expect(memoryPeakBytes).toBeGreaterThan(30_000_000);
      expect(durationMs).toBeGreaterThan(1);
    });
  });

  describe("the workspace", () => {
    const script = "echo changed > made && cat made";

    it("can be changed where it was allowed, and is unchanged where it was not", async () => {
      const refused = await world.sh(script);
      expect(refused.exitCode).not.toBe(0);
      expect(refused.stderr).toMatch(/read-only/i);
      expect(readdirSync(world.workspace)).not.toContain("made");
      expect(await world.sh(script, { executionId: "writes" })).toMatchObject({ exitCode: 0, stdout: "changed\n" });
      expect(readdirSync(world.workspace)).toContain("made");
    });

    it("is no folder that the sandbox needs itself, no link and no way around one", async () => {
      symlinkSync("/etc", join(world.workspace, "link"));
      for (const workspace of ["/", "/etc", "/usr/share", "/tmp", `${world.workspace}/link`, "relative", "/nowhere"]) {
        expect(await world.sh("true", { workspace, cwd: "/" })).toMatchObject({ outcome: "not_started" });
      }
      expect(await world.sh("true", { cwd: "/" })).toMatchObject({ exitCode: 0 });
    });
  });

  // @requirement MEX-02
  describe("runs only in the isolation that was asked for", () => {
    it("starts nothing where it is missing, and the same where it is not asked for", async () => {
      await using plain = await openWorld({ bubblewrap: "/nowhere/bwrap" });
      const marker = join(plain.workspace, "ran");
      const isolation = { profile: "contained", requires: ["user", "mount", "net"] as const };
      await expect(
        plain.sh(`echo > ${marker}`, { isolation: { ...isolation, requires: [...isolation.requires] } }),
      ).rejects.toThrow("isolation is not in force: mount, net");
      expect(readdirSync(plain.workspace)).toEqual([]);
      expect(await plain.sh(`echo > ${marker}`)).toMatchObject({ outcome: "exited", exitCode: 0 });
      expect(readdirSync(plain.workspace)).toEqual(["ran"]);
    });
  });

  // @requirement WFL-06
  describe("stopping all", () => {
    it("ends everything that runs, and what ignores to be asked; each run is told as stopped", async () => {
      const runs = ["trap '' TERM INT HUP; while :; do sleep 60; done", "sleep 60 & sleep 60"].map((script) =>
        world.sh(script, { executionId: "writes" }),
      );
      expect(world.sandbox.stopAll()).toBe(2);
      expect(await Promise.all(runs)).toMatchObject([{ outcome: "stopped" }, { outcome: "stopped" }]);
      expect(world.sandbox.stopAll()).toBe(0);
    });

    it("ends what has begun as well, and lets what comes after run", async () => {
      const begun = world.sh("echo begun; sleep 60; echo > late", { executionId: "writes" });
      const other = world.sh("sleep 0.2; echo done");
      expect(await other).toMatchObject({ stdout: "done\n" });
      expect(world.sandbox.stopAll()).toBe(1);
      expect(await begun).toMatchObject({ outcome: "stopped", stdout: "begun\n" });
      expect(readdirSync(world.workspace)).not.toContain("late");
      expect(await world.sh("echo after")).toMatchObject({ outcome: "exited", stdout: "after\n" });
    });
  });

  describe("stopping one", () => {
    it("ends it by its id, what ignores to be asked too, and leaves the others", async () => {
      const one = world.sh("trap '' TERM INT HUP; while :; do sleep 60; done", { executionId: "one" });
      const other = world.sh("sleep 0.5; echo done", { executionId: "other" });
      expect(world.sandbox.stop("neither")).toBe(false);
      expect(world.sandbox.stop("one")).toBe(true);
      expect(await one).toMatchObject({ outcome: "stopped" });
      expect(world.sandbox.stop("one")).toBe(false);
      expect(await other).toMatchObject({ outcome: "exited", stdout: "done\n" });
    });
  });

  describe("a workspace that is swapped", () => {
    it.each(["a link", "a folder"])("is noticed inside, where nobody can swap it any longer: %s", async (kind) => {
      const outer = mkdtempSync(join(world.workspace, "outer-"));
      chmodSync(outer, 0o755);
      const [good, evil] = [join(outer, "good"), join(outer, "evil")];
      for (const folder of [good, evil]) {
        mkdirSync(folder, { mode: 0o755 });
        writeFileSync(join(folder, "which"), basename(folder));
      }
      const over = { workspace: good, cwd: good };
      expect(await world.sh("cat which", over)).toMatchObject({ exitCode: 0, stdout: "good" });
      // It is looked at before the call comes back, and mounted long after.
      const run = world.sh("cat which", over);
      renameSync(good, `${good}-away`);
      if (kind === "a link") symlinkSync(evil, good);
      else renameSync(evil, good);
      expect(await run).toMatchObject({ outcome: "not_started", stdout: "" });
      expect(world.failures.at(-1)).toContain("swapped");
    });
  });
});
