/** What a hostile command tries, in a real sandbox: each attack shows that nothing happened, and has a twin that works. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBubblewrap, isExecutable, limits, living, openWorld, spawnersOf, type World } from "./testdata/world.js";

let world: World;
const here = hasBubblewrap() && isExecutable("/usr/bin/perl");
const noGroups = "no control groups can be made here";
const onX64 = process.arch === "x64";

const lives = (text: string) => living(text).length > 0;

/** A listener, and how many have connected. */
const listen = async (where: { port: 0; host: string } | { path: string }) => {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(where, resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, count: () => connections, [Symbol.dispose]: () => void server.close() };
};

const connectTcp = (host: string, port: number) =>
  `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or die "socket: $!"; ` +
  `connect($s, sockaddr_in(${port}, inet_aton("${host}"))) or die "connect: $!"; print "connected"`;
const connectUnix = (path: string) =>
  `use Socket; socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!"; ` +
  `connect($s, sockaddr_un("${path}")) or die "connect: $!"; print "connected"`;

describe.skipIf(!here)("a hostile command", () => {
  beforeAll(async () => {
    world = await openWorld({ writable: ({ executionId }) => executionId === "writes" });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  describe("reads nothing outside of its workspace", () => {
    it("by no path", async () => {
      const secret = `${world.workspace}-secret`;
      writeFileSync(secret, "canary", { mode: 0o644 });
      writeFileSync(join(world.workspace, "own"), "ours");
      const paths = [secret, `/proc/1/root${secret}`, `/proc/self/root${secret}`, `${world.workspace}/../${secret}`];
      for (const path of [...paths, "/etc/shadow", "/proc/1/environ", "/proc/kcore", "/sys/kernel", "/root", "/home"]) {
        const { stdout, exitCode } = await world.run("/bin/cat", ["cat", path]);
        expect([path, stdout, exitCode]).toEqual([path, "", 1]);
      }
      expect(await world.run("/bin/cat", ["cat", "own"])).toMatchObject({ stdout: "ours", exitCode: 0 });
      rmSync(secret);
    });

    it("and of other processes not even that they are there", async () => {
      const { stdout } = await world.sh("cd /proc; echo [0-9]*");
      expect(stdout).toBe("1 2\n");
      expect((await world.sh(`kill -0 ${process.pid} && echo seen`)).stdout).toBe("");
      expect((await world.sh("kill -0 $$ && echo seen")).stdout).toBe("seen\n");
    });
  });

  it("writes nowhere but to its own /tmp", async () => {
    const places = ["/", "/usr", "/etc", "/dev", "/run", "/run/lockkeeper", "/var", world.workspace];
    const script = `for p in ${places.join(" ")}; do touch $p/made 2>/dev/null && echo $p; done; echo > /tmp/made; ls /tmp`;
    const { stdout } = await world.sh(script);
    expect(stdout).toContain("made");
    expect(stdout).not.toMatch(/^\//m);
    const { exitCode } = await world.sh("echo x > /proc/sys/kernel/core_pattern");
    expect(exitCode).not.toBe(0);
    expect((await world.sh("ls /tmp")).stdout).not.toContain("made");
  });

  it("has no capability, gains none, and has no terminal", async () => {
    const { stdout } = await world.sh("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; cat /proc/self/uid_map");
    const caps = ["Inh", "Prm", "Eff", "Bnd", "Amb"].map((one) => `Cap${one}:\t0000000000000000\n`).join("");
    expect(stdout).toContain(`${caps}NoNewPrivs:\t1\nSeccomp:\t2\n`);
    expect(stdout).not.toMatch(/^\s*0\s/m);
    expect((await world.sh("echo x > /dev/tty")).exitCode).not.toBe(0);
    expect((await world.sh("echo x > /dev/null")).exitCode).toBe(0);
  });

  describe("reaches no network", () => {
    it("no port of this machine, while its own can be reached", async () => {
      using listener = await listen({ port: 0, host: "127.0.0.1" });
      const { exitCode, stdout } = await world.perl(connectTcp("127.0.0.1", listener.port));
      expect([exitCode === 0, stdout, listener.count()]).toEqual([false, "", 0]);
      const own =
        "use Socket; socket(my $l, PF_INET, SOCK_STREAM, 0); bind($l, sockaddr_in(0, INADDR_LOOPBACK)); listen($l, 1);" +
        'socket(my $s, PF_INET, SOCK_STREAM, 0); connect($s, getsockname($l)) or die "$!"; print "connected"';
      expect((await world.perl(own)).stdout).toBe("connected");
      expect(spawnSync("/usr/bin/perl", ["-e", connectTcp("127.0.0.1", listener.port)]).stdout.toString()).toBe(
        "connected",
      );
    });

    it.each(["169.254.169.254", "0xa9fea9fe", "2852039166", "8.8.8.8"])("nor %s", async (host) => {
      const { exitCode, stderr } = await world.perl(connectTcp(host, 53));
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain("unreachable");
    });

    it("nor names", async () => {
      const script = 'print gethostbyname("example.com") ? "resolved" : "unknown"';
      expect((await world.perl(script)).stdout).toBe("unknown");
      expect((await world.perl('print gethostbyname("localhost") ? "resolved" : "unknown"')).stdout).toBe("resolved");
    });
  });

  // @requirement EXE-25
  describe("reaches no container engine", () => {
    it.each([
      ["where engines listen", "/run/lockkeeper-test-docker.sock"],
      ["in its own workspace", "in-workspace.sock"],
      ["with a name in no folder", "\0lockkeeper-test-engine"],
    ])("%s", async (_where, name) => {
      const path = name.startsWith("in-") ? join(world.workspace, name) : name;
      if (path.startsWith("/run/") && process.getuid?.() !== 0) return;
      rmSync(path.replaceAll("\0", "@"), { force: true });
      using engine = await listen({ path });
      const perlPath = path.replaceAll("\0", "\\0");
      const { exitCode, stdout, stderr } = await world.perl(connectUnix(perlPath));
      expect([exitCode === 0, stdout]).toEqual([false, ""]);
      expect(stderr).toContain("socket: Address family not supported");
      expect(engine.count()).toBe(0);
      if (path.startsWith("/run/")) expect((await world.sh(`ls ${path} /run`)).stdout).not.toContain("docker");
      await new Promise<void>((resolve) => {
        const twin = spawn("/usr/bin/perl", ["-e", connectUnix(perlPath)]);
        twin.on("close", () => resolve());
      });
      expect(engine.count()).toBe(1);
    });

    it("by none of the usual names, while pairs of sockets work", async () => {
      const names = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman"];
      const { stdout } = await world.sh(`for s in ${names.join(" ")}; do test -e $s && echo $s; done; ls /run`);
      expect(stdout).toBe("lockkeeper\n");
      const pair = 'use Socket; socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die $!; syswrite $a, "x"; print 1';
      expect((await world.perl(pair)).stdout).toBe("1");
    });
  });

  it("inherits no descriptor of ours, nor of whoever started us", async () => {
    const listing = "ls /proc/self/fd";
    expect((await world.sh(listing)).stdout).toBe("0\n1\n2\n3\n");
    const script = new URL("./testdata/inherits.ts", import.meta.url).pathname;
    const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    const canary = join(world.workspace, "canary");
    writeFileSync(canary, "canary");
    const shell = `exec 7<${canary} 9<${canary}; ls /proc/self/fd; exec "$@"`;
    const { stdout } = spawnSync("/bin/sh", ["-c", shell, "sh", process.execPath, "--import", loader, script], {
      encoding: "utf8",
      env: { TMPDIR: process.env.TMPDIR ?? "/tmp" },
    });
    const [outside = "", inside = ""] = stdout.split("inside:\n");
    expect(outside.split("\n")).toEqual(expect.arrayContaining(["7", "9"]));
    expect(inside).toBe("0\n1\n2\n3\n");
  });

  // @requirement SBX-07
  describe.skipIf(!onX64)("is refused by the kernel", () => {
    const syscall = (call: string) => `$! = 0; my $r = syscall(${call}); print $r < 0 ? 0 + $! : "done"`;
    const calls: readonly (readonly [name: string, call: string, errno: string])[] = [
      ["ptrace", "101, 0, 0, 0, 0", "1"],
      ["process_vm_readv", "310, $$, 0, 0, 0, 0, 0", "1"],
      ["io_uring_setup", "425, 1, 0", "1"],
      ["keyctl", "250, 0, -3, 1", "1"],
      ["unshare of a user namespace", "272, 0x10000000", "1"],
      ["clone into new namespaces", "56, 0x10000011, 0, 0, 0, 0", "1"],
      ["clone3", "435, 0, 0", "38"],
      ["TIOCSTI", "16, 0, 0x5412, 0", "1"],
      ["memory that can be executed as a file", '319, my $n = "x", 0', "1"],
      ["personality", "135, 0x40000", "1"],
      ["bpf", "321, 0, 0, 0", "1"],
      ["userfaultfd", "323, 0", "1"],
      ["perf_event_open", "298, 0, 0, 0, 0, 0", "1"],
      ["mount", "165, 0, 0, 0, 0, 0", "1"],
    ];
    it.each(calls)("%s", async (_name, call, errno) => {
      expect((await world.perl(syscall(call))).stdout).toBe(errno);
    });

    it("but not what is like it and harmless", async () => {
      expect((await world.perl(syscall("135, 0xffffffff"))).stdout).toBe("done");
      expect((await world.perl(syscall('319, my $n = "x", 8'))).stdout).toBe("done");
      expect((await world.perl(syscall("39"))).stdout).toBe("done");
    });

    it("and ended by it where it calls through another architecture's numbers", async () => {
      // 0x40000000 is the bit of x86-64's 32-bit-pointer variant.
      expect(await world.perl(syscall("0x40000000 | 39"))).toMatchObject({ outcome: "signalled", signal: "SIGSYS" });
    });
  });

  // @requirement SBX-07
  describe("uses no more than it may", () => {
    it("processes: a fork bomb ends at the limit, and with the command", async () => {
      const bomb = (most: number) =>
        world.perl(
          `my $n = 1; while ($n < ${most}) { my $p = fork; last unless defined $p; ` +
            `exec("sleep", "777001") or die unless $p; $n++ } print $n`,
        );
      expect((await bomb(200)).stdout).toBe(String(limits.processes));
      expect(lives("777001")).toBe(false);
      expect((await bomb(5)).stdout).toBe("5");
    });

    it("processes: also where few may be", async () => {
      const over = { limits: { ...limits, processes: 2 } };
      expect((await world.sh("(sleep 60 & sleep 60 & sleep 60 & echo all)", over)).stdout).not.toContain("all");
      expect((await world.sh("(echo all)", over)).stdout).toBe("all\n");
    });

    it("memory: what uses more is killed", async ({ skip }) => {
      skip(!world.sandbox.isolation().memory, noGroups);
      const use = (bytes: number) => world.perl(`my $x = "a" x ${bytes}; print length $x`);
      expect(await use(limits.memory_bytes)).toMatchObject({ outcome: "signalled", signal: "SIGKILL", stdout: "" });
      expect(await use(limits.memory_bytes / 4)).toMatchObject({ outcome: "exited", exitCode: 0 });
    });

    it("disk: one file and many end at the limit", async () => {
      const fill = (files: number, each: number) =>
        world.sh(`for i in $(seq ${files}); do head -c ${each} /dev/zero > /tmp/$i; done; cat /tmp/[0-9]* | wc -c`);
      const many = await fill(10, 1024 * 1024);
      expect(many.stderr).toContain("No space left");
      expect(Number(many.stdout)).toBeLessThan(limits.disk_bytes + 1);
      expect(Number((await fill(1, 64 * 1024 * 1024)).stdout)).toBeLessThan(limits.disk_bytes + 1);
      const few = await fill(2, 1024 * 1024);
      expect(few.stderr).toBe("");
      expect(Number(few.stdout)).toBe(2 * 1024 * 1024);
    });

    it("CPU time: of all its processes together", async ({ skip }) => {
      skip(!world.sandbox.isolation().memory, noGroups);
      const over = { limits: { ...limits, cpu_ms: 400 } };
      const burn = "(while :; do :; done) & (while :; do :; done) & wait";
      expect(await world.sh(burn, over)).toMatchObject({ outcome: "signalled", signal: "SIGXCPU" });
      expect(await world.sh("echo little", over)).toMatchObject({ outcome: "exited", stdout: "little\n" });
    });

    it("files open at once, core dumps, and exactly these bounds of each process", async () => {
      const { stdout } = await world.sh("cat /proc/self/limits");
      const bound = (name: string) => new RegExp(`^Max ${name} +(\\S+) +(\\S+)`, "m").exec(stdout)?.slice(1);
      expect(bound("open files")).toEqual(["64", "64"]);
      expect(bound("core file size")).toEqual(["0", "0"]);
      expect(bound("cpu time")).toEqual(["10", "11"]);
      expect(bound("file size")).toEqual([String(limits.disk_bytes), String(limits.disk_bytes)]);
      expect(bound("processes")).toEqual(["17", "17"]);
    });

    it("output: exactly so many bytes of both streams", async () => {
      const end = await world.sh("while :; do echo 0123456789; echo 0123456789 >&2; done");
      expect(end.outcome).toBe("output_limit");
      expect(end.stdout.length + end.stderr.length).toBe(limits.output_bytes);
      const exact = await world.sh(`head -c ${limits.output_bytes} /dev/zero`);
      expect([exact.outcome, exact.stdout.length]).toEqual(["exited", limits.output_bytes]);
    });

    it("time: what ignores to be asked is killed", async () => {
      const over = { limits: { ...limits, wall_ms: 300 } };
      const end = await world.sh("trap '' TERM INT HUP XCPU; echo on; while :; do sleep 777002; done", over);
      expect(end).toMatchObject({ outcome: "timeout", exitCode: null, signal: "SIGKILL", stdout: "on\n" });
      expect(lives("777002")).toBe(false);
    });
  });

  describe("leaves nothing behind", () => {
    it("no daemon, however often it forks", async () => {
      const daemon =
        'use POSIX; for (1..3) { exit if fork; POSIX::setsid() } close $_ for *STDIN, *STDOUT, *STDERR; exec "sleep", "777003"';
      const end = await world.sh(`perl -e '${daemon.replaceAll("'", `'"'"'`)}'; echo done`, {
        env: { PATH: "/usr/bin:/bin" },
      });
      expect(end).toMatchObject({ outcome: "exited", stdout: "done\n" });
      expect(lives("777003")).toBe(false);
    });

    it("no zombie, and does not wait for who holds a pipe", async () => {
      const end = await world.perl('for (1..8) { exit 0 unless fork } system("sleep 777004 &"); print "done"');
      expect(end).toMatchObject({ outcome: "exited", exitCode: 0, stdout: "done" });
      expect(lives("777004")).toBe(false);
    });

    it("and cannot end what watches it", async () => {
      expect(await world.sh("kill -9 1; echo on; kill -9 -1")).toMatchObject({ stdout: "on\n" });
      expect(await world.sh("echo still here")).toMatchObject({ stdout: "still here\n" });
    });

    it("nor a control group", async () => {
      await world.sh("true");
      // Other sandboxes may be at work on this machine: only what our own spawner made is looked at.
      const made = ["/sys/fs/cgroup", "/sys/fs/cgroup/pids"].flatMap((folder) =>
        spawnersOf(process.pid).map((pid) => join(folder, `lockkeeper-${pid}`)),
      );
      for (const folder of made.filter((one) => existsSync(one))) {
        expect(readdirSync(folder).filter((name) => name.startsWith("run-"))).toEqual([]);
      }
    });
  });
});
