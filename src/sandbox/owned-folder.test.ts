import { execFileSync, spawn } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeOwnedFolder, removeLeftFolders } from "./owned-folder.js";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "lockkeeper-owned-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

/** What a process leaves that is killed: the file that it had locked, and more. */
function leave(name: string): string {
  const path = join(parent, name);
  mkdirSync(join(path, "programs"), { recursive: true });
  writeFileSync(join(path, "owner"), "");
  writeFileSync(join(path, "programs", "one"), "x");
  return path;
}

it("keeps a folder for as long as its process has it, and is its owner's alone", () => {
  const folder = makeOwnedFolder(parent, "lockkeeper-sandbox-");
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  expect(removeLeftFolders(parent)).toEqual([]);
  expect(readdirSync(folder.path)).toEqual(["owner"]);
  folder.remove();
  expect(readdirSync(parent)).toEqual([]);
});

it("keeps it from other processes, also after this one has looked for what was left", () => {
  const folder = makeOwnedFolder(parent, "lockkeeper-sandbox-");
  expect(removeLeftFolders(parent)).toEqual([]);
  const module = new URL("./owned-folder.ts", import.meta.url).href;
  const script = `import { removeLeftFolders } from ${JSON.stringify(module)};
    console.log(removeLeftFolders(process.argv[1]).length);`;
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const words = ["--import", loader, "--input-type=module", "-e", script, parent];
  expect(String(execFileSync(process.execPath, words)).trim()).toBe("0");
  expect(existsSync(folder.path)).toBe(true);
  folder.remove();
});

it("removes what a process left that was killed", async () => {
  const module = new URL("./owned-folder.ts", import.meta.url).href;
  const script = `import { makeOwnedFolder } from ${JSON.stringify(module)};
    console.log(makeOwnedFolder(process.argv[1], "lockkeeper-scratch-").path); setInterval(() => undefined, 1000);`;
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = spawn(process.execPath, ["--import", loader, "--input-type=module", "-e", script, parent], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const path = await new Promise<string>((resolve) =>
    child.stdout.once("data", (text) => resolve(String(text).trim())),
  );
  expect(removeLeftFolders(parent)).toEqual([]);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  expect(removeLeftFolders(parent)).toEqual([path]);
  expect(existsSync(path)).toBe(false);
});

it("removes folders of ours only: by name, by the file that is locked, and not through a link", () => {
  const left = leave("lockkeeper-sandbox-abcDE1");
  const elsewhere = leave("elsewhere");
  for (const name of ["lockkeeper-sandbox-abcDE", "lockkeeper-other-abcDE1", "x-lockkeeper-sandbox-abcDE1"])
    leave(name);
  mkdirSync(join(parent, "lockkeeper-sandbox-noFile"));
  symlinkSync(elsewhere, join(parent, "lockkeeper-sandbox-link01"));
  writeFileSync(join(parent, "lockkeeper-scratch-file01"), "");
  mkdirSync(join(parent, "lockkeeper-scratch-link02"));
  symlinkSync(join(elsewhere, "owner"), join(parent, "lockkeeper-scratch-link02", "owner"));
  // What is linked to from within stays, too.
  symlinkSync(elsewhere, join(left, "programs", "away"));
  const before = readdirSync(parent);
  expect(removeLeftFolders(parent)).toEqual([left]);
  expect(readdirSync(parent)).toEqual(before.filter((name) => name !== basename(left)));
  expect(readdirSync(elsewhere)).toEqual(["owner", "programs"]);
});

it.runIf(process.getuid?.() === 0)("leaves what belongs to somebody else", () => {
  const [folder, file] = [leave("lockkeeper-sandbox-other1"), leave("lockkeeper-sandbox-other2")];
  chownSync(folder, 65_533, 65_533);
  chownSync(join(file, "owner"), 65_533, 65_533);
  expect(removeLeftFolders(parent)).toEqual([]);
  expect([existsSync(folder), existsSync(file)]).toEqual([true, true]);
});
