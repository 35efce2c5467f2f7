import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, makeWorld } from "../scripts/chaos/world.js";
import { openBundle, readPolicyTree } from "../src/index.js";
import { type Figure, quantile, rounded } from "./figure.js";
import { limitIdsOf, realisticRequest } from "./large-data.js";

const route = "/v1/data/main/request";
const rounds = 3;
const seconds = 4;
const clients = 32;

/** The decision API beside OPA's own server: same rules, same data, same request, same load tool, in turns. */
export async function decisionApiFigures(): Promise<Figure[]> {
  const opa = process.env.OPA ?? resolve(".lockkeeper/bin/opa");
  const name = "decisions over HTTP";
  if (!isThere("wrk")) return [{ name, value: 0, unit: "a second", skipped: "wrk is not here" }];
  if (!existsSync(opa)) {
    const skipped = `there is no ${opa}: go install github.com/open-policy-agent/opa, or set OPA`;
    return [{ name, value: 0, unit: "a second", skipped }];
  }
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-bench-"));
  await using world = await makeWorld("sqlite", resolve("bin/lockkeeper.js"));
  // Both answer from the rules that ship.
  const gateway = await world.start({ LOCKKEEPER_POLICIES: resolve("policies"), LOCKKEEPER_LOG: "error" });
  const limitIds = await writeRego(join(folder, "bundle"));
  const { child, url } = await startOpa(opa, join(folder, "bundle"));
  try {
    const script = join(folder, "load.lua");
    writeFileSync(script, lua(await world.bearer("agent", "decider"), { input: realisticRequest(limitIds) }));
    await allowsBoth([gateway.url, url], await world.bearer("agent", "decider"), limitIds);
    const [ours, theirs]: [Load[], Load[]] = [[], []];
    // The first round warms both.
    for (let round = 0; round <= rounds; round += 1) {
      ours.push(load(gateway.url, script));
      theirs.push(load(url, script));
    }
    return figures(name, ours.slice(1), theirs.slice(1));
  } finally {
    child.kill();
    await gateway.stop();
    rmSync(folder, { recursive: true });
  }
}

type Load = { readonly perSecond: number; readonly p99Ms: number };

function figures(name: string, ours: readonly Load[], theirs: readonly Load[]): Figure[] {
  const median = (loads: readonly Load[], of: (one: Load) => number) => quantile(loads.map(of), 0.5);
  const [rate, peerRate] = [median(ours, ({ perSecond }) => perSecond), median(theirs, ({ perSecond }) => perSecond)];
  const [p99, peerP99] = [median(ours, ({ p99Ms }) => p99Ms), median(theirs, ({ p99Ms }) => p99Ms)];
  return [
    {
      name: `${name}, ${clients} clients`,
      value: rounded(rate),
      unit: "a second",
      bar: "≥ 2 × OPA's server",
      met: rate >= 2 * peerRate,
      peer: { name: "opa run --server, a second", value: rounded(peerRate) },
      ratio: rounded(rate / peerRate),
    },
    {
      name: `${name}, p99`,
      value: rounded(p99),
      unit: "ms",
      bar: "not above OPA's server",
      met: p99 <= peerP99,
      peer: { name: "opa run --server, ms", value: rounded(peerP99) },
      ratio: rounded(peerP99 / p99),
    },
  ];
}

function isThere(program: string): boolean {
  try {
    execFileSync("which", [program], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Writes the rules and the data that the bundle was made of, as OPA reads them. */
async function writeRego(folder: string): Promise<readonly string[]> {
  const [tree, bundle] = [await readPolicyTree("policies"), await openBundle({ policies: "policies" })];
  if (!tree.ok || !bundle.ok) throw new Error("the policies cannot be read");
  for (const { path, text } of tree.value.modules.filter((one) => !one.path.endsWith("_test.rego"))) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, "data.json"), bundle.value.data);
  return limitIdsOf(bundle.value);
}

async function startOpa(opa: string, bundle: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(opa, ["run", "--server", "--addr", address, "--log-level", "error", "--bundle", bundle], {
    stdio: "inherit",
  });
  const url = `http://${address}`;
  for (let n = 0; n < 100; n += 1) {
    const up = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return { child, url };
    await sleep(100);
  }
  child.kill();
  throw new Error("OPA's server did not start");
}

/** A figure of refusals would be one of something else. */
async function allowsBoth(urls: readonly string[], bearer: string, limitIds: readonly string[]): Promise<void> {
  const body = JSON.stringify({ input: realisticRequest(limitIds) });
  const headers = { "content-type": "application/json", authorization: `Bearer ${bearer}` };
  for (const url of urls) {
    const response = await fetch(`${url}${route}`, { method: "POST", headers, body });
    const answer: unknown = await response.json();
    if (Object(Object(answer).result).allow !== true) throw new Error(`${url} refuses: ${JSON.stringify(answer)}`);
  }
}

const lua = (bearer: string, body: object) => `wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer ${bearer}"
wrk.body = [==[${JSON.stringify(body)}]==]
done = function(summary, latency, requests)
  io.write(string.format("\\nRESULT %f %f %d\\n", summary.requests / summary.duration * 1e6, latency:percentile(99) / 1000, summary.errors.status))
end
`;

function load(url: string, script: string): Load {
  const args = ["-t1", `-c${clients}`, `-d${seconds}s`, "-s", script, `${url}${route}`];
  const printed = execFileSync("wrk", args, { encoding: "utf8" });
  const [, perSecond, p99Ms, errors] = /RESULT ([0-9.]+) ([0-9.]+) ([0-9]+)/.exec(printed) ?? [];
  if (errors !== "0") throw new Error(`not every answer was good: ${printed}`);
  return { perSecond: Number(perSecond), p99Ms: Number(p99Ms) };
}
