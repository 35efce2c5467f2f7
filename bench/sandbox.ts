import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { createSandbox, Sandbox } from "../src/index.js";
import { type Figure, quantile, rounded } from "./figure.js";

const limits = {
  wall_ms: 20_000,
  cpu_ms: 5000,
  memory_bytes: 256 * 1024 * 1024,
  output_bytes: 100_000,
  disk_bytes: 1024 * 1024,
  processes: 16,
  open_files: 64,
};

/** Runs one after another, and runs at once. */
const inSequence = 300;
const inFlight = 32;
const atOnce = 600;

/** What `echo test` costs in the sandbox, beside bubblewrap alone with the same folders, in turns. */
export async function sandboxFigures(): Promise<Figure[]> {
  if (!existsSync("/usr/bin/bwrap")) {
    return [{ name: "echo in the sandbox", value: 0, unit: "ms", skipped: "bubblewrap is not here" }];
  }
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), "lockkeeper-bench-")));
  chmodSync(workspace, 0o755);
  const startedMs = performance.now();
  const sandbox = await (await builtSandbox())();
  const openMs = performance.now() - startedMs;
  const [ours, bare] = [() => runIn(sandbox, workspace), () => runBare(workspace)];
  const times: Readonly<Record<"ours" | "bare", number[]>> = { ours: [], bare: [] };
  for (let round = 0; round < inSequence; round++) {
    times.ours.push(await timed(ours));
    times.bare.push(await timed(bare));
  }
  // In turns, and the median of them: other work on the machine then falls on both.
  const rates: Readonly<Record<"ours" | "bare", number[]>> = { ours: [], bare: [] };
  for (let round = 0; round < 5; round++) {
    rates.ours.push(await rate(ours));
    rates.bare.push(await rate(bare));
  }
  const megabytes = spawnerMegabytes();
  await sandbox[Symbol.asyncDispose]();
  rmSync(workspace, { recursive: true });
  return figures(openMs, times, rates, megabytes);
}

function figures(
  openMs: number,
  times: Readonly<Record<"ours" | "bare", readonly number[]>>,
  rates: Readonly<Record<"ours" | "bare", readonly number[]>>,
  megabytes: number,
): Figure[] {
  const [p50, bareP50] = [quantile(times.ours, 0.5), quantile(times.bare, 0.5)];
  const [p95, bareP95] = [quantile(times.ours, 0.95), quantile(times.bare, 0.95)];
  const [perSecond, barePerSecond] = [quantile(rates.ours, 0.5), quantile(rates.bare, 0.5)];
  return [
    {
      name: "echo in the sandbox, one client, p50",
      value: rounded(p50),
      unit: "ms",
      bar: "≤ 2 × bubblewrap alone",
      met: p50 <= 2 * bareP50,
      peer: { name: "bubblewrap alone, p50 ms", value: rounded(bareP50) },
      ratio: rounded(bareP50 / p50),
    },
    {
      name: "echo in the sandbox, one client, p95",
      value: rounded(p95),
      unit: "ms",
      bar: "≤ 20 ms",
      met: p95 <= 20,
      peer: { name: "bubblewrap alone, p95 ms", value: rounded(bareP95) },
    },
    {
      name: `echo in the sandbox, ${inFlight} in flight`,
      value: rounded(perSecond),
      unit: "a second",
      bar: "≥ 70 % of bubblewrap alone",
      met: perSecond >= 0.7 * barePerSecond,
      peer: { name: "bubblewrap alone, a second", value: rounded(barePerSecond) },
      ratio: rounded(perSecond / barePerSecond),
    },
    {
      name: "opening and probing the sandbox",
      value: rounded(openMs),
      unit: "ms",
      bar: "≤ 2000 ms",
      met: openMs <= 2000,
    },
    { name: "memory of the spawner", value: rounded(megabytes), unit: "MB", bar: "≤ 90 MB", met: megabytes <= 90 },
  ];
}

/** As it is installed: from source the spawner would hold a loader as well. */
async function builtSandbox(): Promise<typeof createSandbox> {
  const built: { createSandbox: typeof createSandbox } = await import(
    new URL("../dist/src/sandbox/index.js", import.meta.url).href
  );
  return built.createSandbox;
}

async function runIn(sandbox: Sandbox, workspace: string): Promise<void> {
  const { exitCode } = await sandbox.run(
    {
      executionId: "bench",
      path: "/usr/bin/echo",
      argv: ["echo", "test"],
      cwd: workspace,
      workspace,
      env: {},
      stdin: null,
      limits,
      isolation: { profile: null, requires: [] },
    },
    () => undefined,
  );
  if (exitCode !== 0) throw new Error("echo failed");
}

const devices = ["null", "zero", "full", "random", "urandom"].flatMap((name) => [
  "--dev-bind",
  `/dev/${name}`,
  `/dev/${name}`,
]);

function runBare(workspace: string): Promise<void> {
  const args = [
    ..."--unshare-all --unshare-user --die-with-parent --new-session --clearenv --cap-drop ALL".split(" "),
    ..."--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64".split(" "),
    ..."--ro-bind /etc/alternatives /etc/alternatives --ro-bind /etc/ld.so.cache /etc/ld.so.cache".split(" "),
    ...["--proc", "/proc", ...devices, "--size", "1048576", "--tmpfs", "/tmp", "--ro-bind", workspace, workspace],
    ...["--remount-ro", "/", "--chdir", workspace, "/usr/bin/echo", "test"],
  ];
  const user = process.getuid?.() === 0 ? { uid: 65533, gid: 65533 } : {};
  return new Promise((resolve, reject) => {
    const child = spawn("/usr/bin/bwrap", args, { cwd: "/", env: {}, stdio: ["ignore", "pipe", "pipe"], ...user });
    child.stdout?.resume();
    child.stderr?.resume();
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error("bubblewrap failed"))));
  });
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

async function rate(run: () => Promise<void>): Promise<number> {
  let left = atOnce;
  const client = async () => {
    while (left-- > 0) await run();
  };
  const ms = await timed(async () => {
    await Promise.all(Array.from({ length: inFlight }, client));
  });
  return (atOnce / ms) * 1000;
}

function spawnerMegabytes(): number {
  for (const pid of readdirSync("/proc")) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const isOurs = new RegExp(`^PPid:\\s*${process.pid}$`, "m").test(status);
      if (!isOurs || !readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("spawner/main")) continue;
      return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024;
    } catch {
      // It was no process, or is none any longer.
    }
  }
  return Number.NaN;
}
