import { expect, it } from "vitest";
import { processLimits, readHardLimits } from "./process-limits.js";

const limits = {
  wall_ms: 1,
  cpu_ms: 1500,
  memory_bytes: 1,
  output_bytes: 1,
  disk_bytes: 4096,
  processes: 8,
  open_files: 64,
};
const unlimited = readHardLimits("");

// @requirement SBX-07
it("takes the decision's limits, in the kernel's units", () => {
  expect(processLimits(limits, unlimited)).toEqual({
    cpuSeconds: 2,
    lastCpuSecond: 3,
    fileBytes: 4096,
    openFiles: 64,
    processes: 9,
  });
  expect(processLimits({ ...limits, cpu_ms: 2000 }, unlimited)).toMatchObject({ cpuSeconds: 2, lastCpuSecond: 3 });
});

// @requirement SBX-07
it("takes what we may use ourselves where that is less, for nobody below us can raise it", () => {
  const hard = { cpuSeconds: 2, fileBytes: 100, openFiles: 10, processes: 5 };
  expect(processLimits(limits, hard)).toEqual({
    cpuSeconds: 2,
    lastCpuSecond: 2,
    fileBytes: 100,
    openFiles: 10,
    processes: 5,
  });
  expect(processLimits({ ...limits, cpu_ms: 500 }, hard)).toMatchObject({ cpuSeconds: 1, lastCpuSecond: 2 });
});

it("reads what the kernel says of a process", () => {
  const text = [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max cpu time              unlimited            unlimited            seconds   ",
    "Max file size             10                   20                   bytes     ",
    "Max processes             30                   40                   processes ",
    "Max open files            50                   60                   files     ",
  ].join("\n");
  expect(readHardLimits(text)).toEqual({
    cpuSeconds: Number.POSITIVE_INFINITY,
    fileBytes: 20,
    openFiles: 60,
    processes: 40,
  });
  expect(readHardLimits().openFiles).toBeGreaterThan(0);
});
