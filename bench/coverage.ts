import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Figure } from "./figure.js";

const rooms = ["src/token", "src/gateway"] as const;

/** What share of the lines of the rooms that guard commands their tests run. */
export async function coverageFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-coverage-"));
  try {
    const vitest = join("node_modules", "vitest", "vitest.mjs");
    const asked = ["--coverage.enabled", "--coverage.reporter=json-summary", `--coverage.reportsDirectory=${folder}`];
    const included = rooms.map((room) => `--coverage.include=${room}/*.ts`);
    const run = spawnSync(process.execPath, [vitest, "run", ...rooms, ...asked, ...included], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`the tests fail: ${run.stdout.slice(-2000)}`);
    const files = Object.entries<Summary>(JSON.parse(readFileSync(join(folder, "coverage-summary.json"), "utf8")));
    return rooms.map((room) =>
      coverageFigure(
        room,
        files.filter(([file]) => relative("", file).startsWith(`${room}/`)),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Summary = { readonly lines: { readonly total: number; readonly covered: number } };

/** @requirement EXE-22 */
function coverageFigure(room: (typeof rooms)[number], files: readonly (readonly [string, Summary])[]): Figure {
  const sum = (key: "total" | "covered") => files.reduce((all, [, { lines }]) => all + lines[key], 0);
  const value = Math.floor((1000 * sum("covered")) / sum("total")) / 10;
  const name = { "src/token": "lines covered of src/token", "src/gateway": "lines covered of src/gateway" }[room];
  return { name, value, unit: "%", bar: "> 95 %", met: value > 95 };
}
