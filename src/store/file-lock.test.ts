import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { holdLock, isFree, tryToHold } from "./file-lock.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-locks-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whether another process finds a name free. */
function isFreeElsewhere(name: string): boolean {
  const module = new URL("./file-lock.ts", import.meta.url).href;
  const script = `import { isFree } from ${JSON.stringify(module)}; console.log(isFree(process.argv[1], process.argv[2]));`;
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const told = execFileSync(process.execPath, ["--import", loader, "--input-type=module", "-e", script, folder, name]);
  return String(told).trim() === "true";
}

it("holds a name until it is let go of, and no other", () => {
  const lock = holdLock(folder, "a");
  expect([isFree(folder, "a"), isFree(folder, "b")]).toEqual([false, true]);
  expect(() => holdLock(folder, "a")).toThrow("another process holds this name");
  lock.release();
  expect(isFree(folder, "a")).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

it("holds it against other processes, also after this one has looked whether it is free", () => {
  const lock = holdLock(folder, "a");
  expect(isFreeElsewhere("a")).toBe(false);
  expect([isFree(folder, "a"), tryToHold(folder, "a")]).toEqual([false, undefined]);
  expect(isFreeElsewhere("a")).toBe(false);
  lock.release();
  expect(isFreeElsewhere("a")).toBe(true);
});

it("takes no link for a lock", () => {
  holdLock(folder, "a").release();
  const lock = holdLock(folder, "a");
  const [name = ""] = readdirSync(folder);
  lock.release();
  writeFileSync(join(folder, "elsewhere"), "");
  symlinkSync(join(folder, "elsewhere"), join(folder, name));
  expect(() => tryToHold(folder, "a")).toThrow("EEXIST");
});
