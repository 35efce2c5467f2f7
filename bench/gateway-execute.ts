import { type ChildProcess, fork } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeWorld, type World } from "../scripts/chaos/world.js";
import { type Figure, quantile, rounded } from "./figure.js";
import { capabilities, execute, inFlight } from "./gateway-client.js";
import { syncMs } from "./sync.js";

const command = "echo test";
const single = 200;
const atOnce = 32;
const perRound = 320;
const rounds = 3;

/** What `POST /gateway/execute` costs besides the child's life, what it costs in all, and how many there are a second. */
export async function executeFigures(): Promise<Figure[]> {
  if (!existsSync("/usr/bin/bwrap")) {
    return [{ name: "gateway's own time, p50", value: 0, unit: "ms", skipped: "bubblewrap is not here" }];
  }
  return [...(await ownFigures(0)), ...(await ownFigures(400))];
}

async function ownFigures(heapMb: number): Promise<Figure[]> {
  await using world = await makeWorld("sqlite", resolve("bin/lockkeeper.js"));
  writeFileSync(join(world.folder, "lockkeeper.yaml"), config);
  const worker = await openWorker(world.folder, heapMb);
  try {
    const { whole, own, syncMs } = await timesOf(world, worker);
    const figures = ownTimeFigures(own, syncMs, heapMb);
    return heapMb > 0 ? figures : [...figures, ...wholeFigures(whole), await throughputFigure(world, worker)];
  } finally {
    worker.child.disconnect();
  }
}

const config = `schema: lockkeeper/config/v1
policies: policies
gateway: {keys: keys.json, workspace: workspace, metrics: false, token_ttl_s: 300}
`;

type Worker = { readonly child: ChildProcess; readonly url: string };

async function openWorker(folder: string, heapMb: number): Promise<Worker> {
  const execArgv = ["--import", "tsx", ...(process.env.BENCH_PROFILE === undefined ? [] : ["--cpu-prof"])];
  const child = fork("bench/gateway-worker.ts", [folder, String(heapMb)], {
    execArgv,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const { url } = await told(child);
  return { child, url };
}

/** The next message of the worker. */
function told(child: ChildProcess) {
  return new Promise<ReturnType<typeof Object>>((resolve, reject) => {
    child.once("message", (message) => resolve(Object(message)));
    child.once("exit", () => reject(new Error("the gateway ended")));
  });
}

/** Of each answer at one client: the whole time, and the time without the child's life, in milliseconds. */
async function timesOf(world: World, { child, url }: Worker) {
  const tokens = await capabilities(world, url, command, single + 50);
  // What is cold at first is no figure.
  for (const token of tokens.slice(single)) await execute(url, command, token);
  const answers: { readonly id: string; readonly ms: number }[] = [];
  const syncs: number[] = [];
  for (const [n, token] of tokens.slice(0, single).entries()) {
    if (n % 20 === 0) syncs.push(syncMs(world.folder, 20));
    const { body, ms } = await execute(url, command, token);
    answers.push({ id: String(body.execution_id), ms });
  }
  const answer = told(child);
  child.send({ kind: "lived" });
  const lived = new Map<string, number>((await answer).lived);
  return {
    whole: answers.map(({ ms }) => ms),
    own: answers.map(({ id, ms }) => ms - (lived.get(id) ?? Number.NaN)),
    syncMs: quantile(syncs, 0.5),
  };
}

function ownTimeFigures(own: readonly number[], syncMs: number, heapMb: number): Figure[] {
  const [p50, p95] = [quantile(own, 0.5), quantile(own, 0.95)];
  const bar = 1.6 + 2 * syncMs;
  const beside = heapMb === 0 ? "" : `, ${heapMb} MB of live heap`;
  return [
    {
      name: `gateway's own time, p50${beside}`,
      value: rounded(p50),
      unit: "ms",
      bar: `≤ 1.6 ms + 2 syncs = ${rounded(bar)}`,
      met: p50 <= bar,
    },
    {
      name: `gateway's own time, p95${beside}`,
      value: rounded(p95),
      unit: "ms",
      bar: `≤ 3 × that = ${rounded(3 * bar)}`,
      met: p95 <= 3 * bar,
    },
  ];
}

function wholeFigures(whole: readonly number[]): Figure[] {
  const p95 = rounded(quantile(whole, 0.95));
  return [
    { name: "answer for echo test in bubblewrap, p50", value: rounded(quantile(whole, 0.5)), unit: "ms" },
    { name: "answer for echo test in bubblewrap, p95", value: p95, unit: "ms", bar: "≤ 20 ms", met: p95 <= 20 },
    responseFigure(p95),
  ];
}

/**
 * What was asked for first: how long an answer takes, the command's own life with it.
 *
 * @requirement EXE-21
 */
function responseFigure(p95: number): Figure {
  return { name: "response of the gateway, p95", value: p95, unit: "ms", bar: "< 100 ms", met: p95 < 100 };
}

/** Executions a second at 32 clients, in turns with the same spawner and no gateway. */
async function throughputFigure(world: World, { child, url }: Worker): Promise<Figure> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const tokens = await capabilities(world, url, command, perRound);
    const answer = told(child);
    child.send({ kind: "direct", count: perRound, inFlight: atOnce });
    bare.push((await answer).rate);
    const startedMs = performance.now();
    await inFlight(perRound, atOnce, async (n) => {
      const token = tokens[n];
      if (token !== undefined) await execute(url, command, token);
    });
    ours.push((perRound * 1000) / (performance.now() - startedMs));
  }
  const [rate, peer] = [quantile(ours, 0.5), quantile(bare, 0.5)];
  return {
    name: "executions at 32 clients",
    value: rounded(rate),
    unit: "a second",
    bar: "≥ 70 % of the spawner alone",
    met: rate >= 0.7 * peer,
    peer: { name: "the same spawner, no gateway, 32 in flight", value: rounded(peer) },
    ratio: rounded(rate / peer),
  };
}
