import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fullIsolation } from "../model/index.js";
import { createSandbox } from "./create-sandbox.js";
import { hasBubblewrap, isExecutable, openWorld } from "./testdata/world.js";

const here = hasBubblewrap();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-create-"));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A bubblewrap with a fault: it changes the arguments that it reads from the pipe, by a line of Perl over `@a`. */
const faulty = (change: string) => {
  const file = join(folder, "bwrap");
  const lines = [
    "#!/usr/bin/perl",
    'open(my $in, "<&=", 3); local $/; my @a = split /\\0/, <$in>;',
    change,
    'exec "/usr/bin/bwrap", @a, @ARGV[2 .. $#ARGV];',
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  chmodSync(file, 0o755);
  return file;
};

const missing = async (bubblewrap: string) => {
  await using sandbox = await createSandbox({ bubblewrap });
  return { holder: sandbox.holder, missing: sandbox.probes.filter(({ holds }) => !holds).map(({ kind }) => kind) };
};

// @requirement SBX-07
describe.skipIf(!here)("the sandbox that this machine has", () => {
  it("is tried out: each kind that is in force was seen to hold", async () => {
    await using sandbox = await createSandbox();
    expect(sandbox.holder).toBe("bubblewrap");
    const { memory, pids, ...rest } = sandbox.isolation();
    const { memory: _, pids: __, ...all } = fullIsolation;
    // Whether there are control groups is the machine's; a reason is always given.
    expect(rest).toEqual(all);
    for (const { kind, holds, why } of sandbox.probes) expect([kind, why === ""]).toEqual([kind, holds]);
    if (process.getuid?.() === 0) expect([memory, pids]).toEqual([true, true]);
  });

  it("leaves nothing behind when it is closed", async () => {
    const before = readdirSync("/dev/shm").filter((name) => name.startsWith("lockkeeper-scratch-"));
    const sandbox = await createSandbox({ stateFolder: folder });
    expect(readdirSync(folder).length).toBe(1);
    await sandbox[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
    const after = readdirSync("/dev/shm").filter((name) => name.startsWith("lockkeeper-scratch-"));
    expect(after.filter((name) => !before.includes(name)).length).toBeLessThanOrEqual(before.length);
    await expect(
      sandbox.run(
        {
          executionId: "execution-1",
          path: "/bin/true",
          argv: ["true"],
          cwd: "/",
          workspace: folder,
          env: {},
          stdin: null,
          limits: {
            wall_ms: 1,
            cpu_ms: 1,
            memory_bytes: 1,
            output_bytes: 1,
            disk_bytes: 1,
            processes: 1,
            open_files: 9,
          },
          isolation: { profile: null, requires: [] },
        },
        () => undefined,
      ),
    ).rejects.toThrow("away");
  });

  it("never runs commands as root", async () => {
    if (process.getuid?.() !== 0) return;
    await expect(createSandbox({ user: { uid: 0, gid: 65533 } })).rejects.toThrow("as root");
    await expect(createSandbox({ user: { uid: 65533, gid: 0 } })).rejects.toThrow("as root");
    await using world = await openWorld({ user: { uid: 64000, gid: 64001 } });
    expect((await world.sh("id -u; id -g")).stdout).toBe("64000\n64001\n");
    expect(world.sandbox.isolation().user).toBe(true);
  });
});

// @requirement SBX-07
describe.skipIf(!here || !isExecutable("/usr/bin/perl"))("a sandbox with a fault", () => {
  it("in nothing is as good as without the program that plants them", async () => {
    expect(await missing(faulty(""))).toEqual(await missing("/usr/bin/bwrap"));
  });

  it.each([
    ["net", '@a = grep { $_ ne "--unshare-net" } @a;'],
    ["ipc", '@a = grep { $_ ne "--unshare-ipc" } @a;'],
    ["seccomp", 'for my $i (reverse 0 .. $#a) { splice @a, $i, 2 if $a[$i] eq "--seccomp" }'],
    ["mount", 'push @a, "--bind", "/tmp", "/tmp";'],
    ["disk", 'for my $i (reverse 0 .. $#a) { splice @a, $i, 2 if $a[$i] eq "--size" }'],
  ])("in %s is seen to have it", async (kind, change) => {
    const seen = await missing(faulty(change));
    expect(seen.holder).toBe("bubblewrap");
    expect(seen.missing).toContain(kind);
  });

  it("that does not start at all is none: what is left is told, with the reason", async () => {
    await using sandbox = await createSandbox({ bubblewrap: faulty('die "no namespaces here\\n";') });
    expect(sandbox.holder).toBe("plain");
    const net = sandbox.probes.find(({ kind }) => kind === "net");
    expect(net?.holds).toBe(false);
    expect(net?.why).toContain("no namespaces here");
    expect(net?.why).toContain("a port of this machine could be reached");
  });
});

describe("without bubblewrap", () => {
  it("commands run with little around them, and that is said", async () => {
    await using world = await openWorld({ bubblewrap: "/nowhere/bwrap" });
    expect(world.sandbox.holder).toBe("plain");
    const { mount, pid, net, ipc, seccomp, disk } = world.sandbox.isolation();
    expect([mount, pid, net, ipc, seccomp, disk]).toEqual(Array(6).fill(false));
    for (const { holds, why } of world.sandbox.probes) {
      if (!holds) expect(why).toContain("bubblewrap is not installed: ");
    }
  });

  // @requirement EXE-14
  it("they are still what was decided upon, under limits", async () => {
    await using world = await openWorld({ bubblewrap: "/nowhere/bwrap" });
    const argv = ["other name", "-c", 'printf "[%s]" "$0" "$@"; env -0; pwd; cat; exit 3', "zero", "$(id)", "a b"];
    const env = { PATH: "/usr/bin:/bin" };
    const end = await world.run("/bin/sh", argv, { env, stdin: Buffer.from("in") });
    expect(end.stdout).toContain("[zero][$(id)][a b]PATH=/usr/bin:/bin\0");
    expect(end.stdout.endsWith(`${world.workspace}\nin`)).toBe(true);
    expect(end).toMatchObject({ outcome: "exited", exitCode: 3, signal: null });
    expect((await world.run("/bin/sh", ["some name", "-c", 'printf %s "$0"'])).stdout).toBe("some name");
    const bounds = await world.sh("cat /proc/self/limits", { env });
    expect(bounds.stdout).toMatch(/^Max open files +64 +64/m);
    expect(bounds.stdout).toMatch(/^Max cpu time +10 +11/m);
    expect(bounds.stdout).toMatch(/^Max file size +4194304 +4194304/m);
    expect(await world.sh("sleep 60 & sleep 60", { env, limits: { ...limitsOf(200) } })).toMatchObject({
      outcome: "timeout",
      signal: "SIGKILL",
    });
    expect(await world.run("/usr/bin/nowhere", ["x"])).toMatchObject({ outcome: "not_started" });
    expect(readdirSync(world.workspace)).toEqual([]);
  });

  it("programs that others can write to are copied first, as ever", async () => {
    await using world = await openWorld({ bubblewrap: "/nowhere/bwrap" });
    const program = join(world.workspace, "tool");
    writeFileSync(program, "#!/bin/sh\necho $0\n", { mode: 0o755 });
    chmodSync(program, 0o755);
    const { stdout } = await world.run(program, ["tool"]);
    expect(stdout).toMatch(/\/programs\/[0-9a-f]{64}\n$/);
  });
});

function limitsOf(wall_ms: number) {
  return {
    wall_ms,
    cpu_ms: 10_000,
    memory_bytes: 1e8,
    output_bytes: 1000,
    disk_bytes: 1e6,
    processes: 16,
    open_files: 64,
  };
}
