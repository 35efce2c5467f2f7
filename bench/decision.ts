import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Bundle, type Engine, openEngine, readPolicyTree } from "../src/index.js";
import { type Figure, quantile, rounded } from "./figure.js";
import { bundleWith, limitIdsOf, realisticRequest } from "./large-data.js";

/** Decisions over small and large data, beside OPA's prepared query, and what loading and a million of them cost. */
export async function decisionFigures(): Promise<Figure[]> {
  const small = await bundleWith(500);
  const engine = await engineOf(small);
  const limitIds = limitIdsOf(small);
  const ours = time(engine, limitIds);
  const memory = memoryFigures(engine, limitIds);
  const opa = await opaFigures(small, limitIds);
  const large = await loadLarge(limitIds);
  const ratio = large.p50 / ours.p50;
  return [
    {
      name: "request decision p50, 500 programs",
      value: rounded(ours.p50),
      unit: "µs",
      bar: "≤ 30 µs",
      met: ours.p50 <= 30,
    },
    {
      name: "request decision p99, 500 programs",
      value: rounded(ours.p99),
      unit: "µs",
      bar: "≤ 120 µs",
      met: ours.p99 <= 120,
    },
    typeof opa === "string"
      ? { name: "against OPA's prepared query in Go", value: 0, unit: "×", skipped: opa }
      : {
          name: "against OPA's prepared query in Go, p50",
          value: rounded(opa / ours.p50),
          unit: "× as fast",
          bar: "≥ 6 ×",
          met: opa / ours.p50 >= 6,
          peer: { name: "OPA prepared query (Go), µs", value: rounded(opa) },
          ratio: rounded(opa / ours.p50),
        },
    {
      name: "the same with 5 000 programs, relative",
      value: rounded(ratio),
      unit: "× the time",
      bar: "≤ 1.5 ×",
      met: ratio <= 1.5,
    },
    {
      name: "loading the data of 5 000 programs",
      value: rounded(large.loadMs),
      unit: "ms",
      bar: "≤ 500 ms",
      met: large.loadMs <= 500,
    },
    {
      name: "longest stall of the event loop while loading",
      value: rounded(large.stallMs),
      unit: "ms",
      bar: "≤ 20 ms",
      met: large.stallMs <= 20,
    },
    ...memory,
  ];
}

async function engineOf(bundle: Bundle): Promise<Engine> {
  const engine = await openEngine(bundle);
  if (!engine.ok) throw new Error(engine.error.map(({ message }) => message).join("; "));
  return engine.value;
}

/** Medians over five rounds of 20 000 decisions, in microseconds. */
function time(engine: Engine, limitIds: readonly string[]): { readonly p50: number; readonly p99: number } {
  const request = realisticRequest(limitIds);
  if (!engine.decide("request", request).allow) throw new Error("the request is refused");
  const rounds = Array.from({ length: 6 }, () => {
    const micros: number[] = [];
    for (let n = 0; n < 20_000; n++) {
      const startedMs = performance.now();
      engine.decide("request", request);
      micros.push((performance.now() - startedMs) * 1000);
    }
    return { p50: quantile(micros, 0.5), p99: quantile(micros, 0.99) };
  }).slice(1);
  return {
    p50: quantile(
      rounds.map(({ p50 }) => p50),
      0.5,
    ),
    p99: quantile(
      rounds.map(({ p99 }) => p99),
      0.5,
    ),
  };
}

/** OPA's median on the same policies, data and input, in microseconds; or why there is none. */
async function opaFigures(bundle: Bundle, limitIds: readonly string[]): Promise<number | string> {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-bench-"));
  try {
    execFileSync("go", ["build", "-o", join(folder, "peer"), "."], { cwd: "bench/opa-peer", stdio: "pipe" });
    await writePolicies(join(folder, "bundle"), bundle);
    writeFileSync(join(folder, "input.json"), JSON.stringify(realisticRequest(limitIds)));
    const runs = Array.from({ length: 3 }, () => {
      const printed = execFileSync(join(folder, "peer"), [join(folder, "bundle"), join(folder, "input.json"), "3000"], {
        encoding: "utf8",
      });
      return Number(Object(JSON.parse(printed)).p50_ns) / 1000;
    });
    return quantile(runs, 0.5);
  } catch (error) {
    return `the peer could not be had: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writePolicies(folder: string, bundle: Bundle): Promise<void> {
  const tree = await readPolicyTree("policies");
  if (!tree.ok) throw new Error("the policies cannot be read");
  for (const { path, text } of tree.value.modules) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, "data.json"), bundle.data);
}

async function loadLarge(limitIds: readonly string[]) {
  const bundle = await bundleWith(5000);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  // Let the histogram see an idle loop first, so that the work before does not count.
  await new Promise((resolve) => setTimeout(resolve, 50));
  delay.enable();
  const startedMs = performance.now();
  const engine = await engineOf(bundle);
  const loadMs = performance.now() - startedMs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return { loadMs, stallMs: delay.max / 1e6, p50: time(engine, limitIds).p50 };
}

/** How much memory a million decisions leave behind: the policy's own and the process's, after collecting garbage. */
function memoryFigures(engine: Engine, limitIds: readonly string[]): Figure[] {
  const request = realisticRequest(limitIds);
  const used = () => {
    for (let n = 0; n < 3; n++) globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external + engine.memoryBytes()) / 1e6;
  };
  for (let n = 0; n < 200_000; n++) engine.decide("request", request);
  const before = used();
  for (let n = 0; n < 1_000_000; n++) engine.decide("request", request);
  const grown = used() - before;
  return [
    {
      name: "memory grown over a million decisions",
      value: rounded(grown),
      unit: "MB",
      bar: "flat, ± 5 MB",
      met: Math.abs(grown) <= 5,
    },
  ];
}
