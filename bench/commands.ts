import { execFileSync, spawnSync } from "node:child_process";
import { type Figure, quantile, rounded } from "./figure.js";

/** Whole processes of the built program, as a user starts them: medians of several runs. */
export function commandFigures(): Figure[] {
  const help = median(9, ["--help"]);
  const test = median(5, ["policy", "test"]);
  const conform = median(1, ["conform"]);
  return [
    { name: "lockkeeper --help, new process", value: rounded(help), unit: "ms", bar: "≤ 150 ms", met: help <= 150 },
    {
      name: "lockkeeper policy test, new process",
      value: rounded(test),
      unit: "ms",
      bar: "≤ 2 500 ms",
      met: test <= 2500,
    },
    {
      name: "lockkeeper conform, embedded profile",
      value: rounded(conform / 1000),
      unit: "s",
      bar: "≤ 60 s",
      met: conform <= 60_000,
    },
  ];
}

function median(runs: number, args: readonly string[]): number {
  // Once to warm the caches of files and bundles, which a user has as well from the second time on.
  if (runs > 1) execFileSync(process.execPath, ["bin/lockkeeper.js", ...args], { stdio: "ignore" });
  const elapsed = Array.from({ length: runs }, () => {
    const startedMs = performance.now();
    const ended = spawnSync(process.execPath, ["bin/lockkeeper.js", ...args], { stdio: "ignore" });
    if (ended.status !== 0) console.error(`lockkeeper ${args.join(" ")} ended with ${ended.status}`);
    return performance.now() - startedMs;
  });
  return quantile(elapsed, 0.5);
}
