import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "./figure.js";

/** Milliseconds that a write of 8 KiB in a folder takes to be durable, the median of so many. */
export function syncMs(folder: string, count: number): number {
  const file = openSync(join(folder, "sync"), "w");
  const bytes = Buffer.alloc(8192);
  const times = Array.from({ length: count }, () => {
    writeSync(file, bytes);
    const startedMs = performance.now();
    fdatasyncSync(file);
    return performance.now() - startedMs;
  });
  closeSync(file);
  return quantile(times, 0.5);
}
