import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadSpecs } from "./load-specs.js";
import { problemsIn, requirementsFile, suiteFile, twin } from "./testdata/spec-texts.js";

let root = "";
let specs = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-specs-"));
  specs = join(root, "specs");
  mkdirSync(join(specs, "requirements"), { recursive: true });
  mkdirSync(join(specs, "attacks"));
  for (const { file, text } of [requirementsFile(["EXE-15"]), suiteFile([twin])]) writeFileSync(join(root, file), text);
});

afterEach(() => rmSync(root, { recursive: true }));

function problems(): readonly string[] {
  return problemsIn(loadSpecs(specs));
}

it("loads a folder, and shows files by their path from the folder's parent", () => {
  const result = loadSpecs(specs);
  expect(result.ok && result.value.suites.map(({ file }) => file)).toEqual(["specs/attacks/words.yaml"]);
  const other = loadSpecs(specs, "tree/rules");
  expect(other.ok && other.value.suites.map(({ file }) => file)).toEqual(["tree/rules/attacks/words.yaml"]);
});

it("reads the waivers where there are some", () => {
  writeFileSync(join(specs, "waivers.yaml"), "schema: lockkeeper/waivers/v1\ntitle: Waivers\nwaivers: none\n");
  expect(problems()).toEqual(["waivers.yaml:3:1: waivers must be array [schema/invalid]"]);
});

it("passes over hidden files that are no YAML, and reads those that are", () => {
  writeFileSync(join(specs, "attacks", ".DS_Store"), "\0");
  expect(problems()).toEqual([]);
  writeFileSync(join(specs, "attacks", ".words.yaml"), "a: 1\n");
  expect(problems().join()).toMatch(/^\.words\.yaml:1:1: /);
});

it("says which folder is missing or empty", () => {
  rmSync(join(specs, "requirements"), { recursive: true });
  rmSync(join(specs, "attacks", "words.yaml"));
  expect(problems()).toEqual([
    "requirements: the folder cannot be read [internal/io]",
    "attacks: the folder is empty [internal/io]",
  ]);
});

it("refuses files with another ending, folders and links", () => {
  writeFileSync(join(specs, "attacks", "notes.md"), "");
  mkdirSync(join(specs, "attacks", "more.yaml"));
  symlinkSync(join(specs, "attacks", "words.yaml"), join(specs, "attacks", "twin.yaml"));
  symlinkSync("/etc/passwd", join(specs, "waivers.yaml"));
  expect(problems()).toEqual([
    "more.yaml: not a regular file [internal/io]",
    "notes.md: not a .yaml file [internal/io]",
    "twin.yaml: not a regular file [internal/io]",
    "waivers.yaml: not a regular file [internal/io]",
  ]);
});

it("refuses bytes that are no UTF-8", () => {
  writeFileSync(join(specs, "attacks", "words.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a]));
  expect(problems()).toEqual(["words.yaml: cannot be read as UTF-8 [internal/io]"]);
});

it("refuses a file over 1 MiB without reading it", () => {
  truncateSync(join(specs, "attacks", "words.yaml"), 1024 * 1024 + 1);
  expect(problems()).toEqual(["words.yaml: larger than 1048576 bytes [internal/io]"]);
});
