import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCtrf } from "./ctrf-results.js";
import { packageNames } from "./package-names.js";
import { readRunResults } from "./run-results.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-results-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const junit = (name: string) => `<testsuite><testcase classname="a" name="${name}"/></testsuite>`;

function names(...results: string[]) {
  const read = readRunResults({ root, results });
  return read.ok
    ? read.value.tests.map(({ name }) => name)
    : read.error.map(({ message, place }) => place?.file ?? message);
}

// @requirement HAR-10
describe("reading what other programs wrote", () => {
  it("reads files by paths and globs, JUnit and CTRF by the look of them, each once, in order", () => {
    write("build/b.xml", junit("b"));
    write("build/deep/a.xml", junit("a"));
    write("build/c.json", '{"results": {"tests": [{"name": "c", "status": "passed"}]}}');
    expect(names("build/**/*.xml", "build/b.xml", "build/c.json")).toEqual(["b", "c", "a"]);
  });

  it("reads nothing outside, also not by a link, and nothing of installed packages", () => {
    write("in/a.xml", junit("a"));
    write("in/node_modules/b.xml", junit("b"));
    const outside = mkdtempSync(join(tmpdir(), "lockkeeper-outside-"));
    writeFileSync(join(outside, "c.xml"), junit("c"));
    symlinkSync(join(outside, "c.xml"), join(root, "in/c.xml"));
    symlinkSync(outside, join(root, "in/folder"));
    const missing = (pattern: string) =>
      `no file of the repository is ${pattern}, which results names in lockkeeper.yaml`;
    expect(names("in/a.xml", "in/**/b.xml")).toEqual([missing("in/**/b.xml")]);
    expect(names("in/c.xml", "in/folder/c.xml")).toEqual(["in/c.xml", "in/folder/c.xml"]);
    for (const pattern of ["../*/c.xml", join(outside, "c.xml"), "in/../../x", "in", "none.xml"]) {
      expect(names(pattern)).toEqual([missing(pattern)]);
    }
    rmSync(outside, { recursive: true });
  });

  it("says of every file what is wrong with it", () => {
    write("a.xml", "<a");
    write("b.json", '{"results": {}}');
    write("c.info", "x");
    write("d.json", "{}");
    const read = readRunResults({ root, results: ["a.xml", "b.json"], coverage: ["c.info"], mutants: ["d.json"] });
    expect(new Set(read.ok ? [] : read.error.map(({ place }) => place?.file))).toEqual(
      new Set(["a.xml", "b.json", "c.info", "d.json"]),
    );
  });
});

// @requirement HAR-10
describe("reading coverage and mutants", () => {
  const mutants = JSON.stringify({ schemaVersion: "2", thresholds: { high: 80, low: 60 }, files: {} });

  it("gives each with the others", () => {
    write("a.xml", junit("a"));
    write("a.info", "SF:a.py\nDA:1,2\nend_of_record\n");
    write("b.info", "SF:b.py\nDA:3,0\nend_of_record\n");
    write("a.json", mutants);
    const read = readRunResults({ root, results: ["a.xml"], coverage: ["*.info"], mutants: ["a.json"] });
    expect(read).toMatchObject({
      ok: true,
      value: { tests: [{ name: "a" }], coverage: [{ file: "a.py" }, { file: "b.py" }], mutants: [{ files: {} }] },
    });
    expect(readRunResults({ root })).toEqual({ ok: true, value: { tests: [], coverage: [], mutants: [] } });
  });

  it.each(["results", "coverage", "mutants"])("names what is missing, also where nothing else is: %s", (key) => {
    write("a.json", mutants);
    const read = readRunResults({ root, mutants: ["a.json"], [key]: ["none"] });
    expect(read.ok ? [] : read.error.map(({ message }) => message)).toEqual([
      `no file of the repository is none, which ${key} names in lockkeeper.yaml`,
    ]);
  });
});

// @requirement HAR-10
describe("reading CTRF", () => {
  const ctrf = (...tests: object[]) =>
    readCtrf(JSON.stringify({ reportFormat: "CTRF", results: { tests, tool: {} } }), "c.json");

  it("reads where a test stands, what it is called and what came of it", () => {
    const read = ctrf(
      { name: "a", status: "passed", filePath: ".\\src\\a.test.ts", suite: ["x", "y"], duration: 1 },
      { name: "b", status: "failed", suite: "x", message: "no" },
      { name: "c", status: "failed" },
      { name: "d", status: "pending" },
      { name: "e", status: "other" },
      { name: "f", status: "skipped" },
    );
    expect(read.ok && read.value).toEqual([
      { file: "src/a.test.ts", source: "src/a.test.ts", name: "a", status: "pass", suites: ["x", "y"] },
      { file: "x", name: "b", status: "fail", suites: ["x"], detail: "no" },
      { file: "", name: "c", status: "fail", detail: "failed" },
      { file: "", name: "d", status: "skip" },
      { file: "", name: "e", status: "skip" },
      { file: "", name: "f", status: "skip" },
    ]);
  });

  it("refuses a status that it does not know, and a key that stands twice", () => {
    expect(ctrf({ name: "a", status: "ok" }).ok).toBe(false);
    expect(readCtrf('{"results": {"tests": [], "tests": []}}', "c.json").ok).toBe(false);
  });
});

// @requirement HAR-10
describe("packages of files", () => {
  it("are those of the nearest manifest", () => {
    write("go.mod", "// comment\nmodule example.com/m // root\n\ngo 1.26\n");
    write("sub/go.mod", 'module "example.com/m/sub"\n');
    write("crates/a/Cargo.toml", '[workspace]\n\n[package]\nversion = "1"\nname = "a-b"\n\n[[bin]]\nname = "other"\n');
    write("Cargo.toml", '[workspace]\nmembers = ["crates/a"]\n\n[dependencies.x]\nname = "no"\n');
    const packageOf = packageNames(root);
    expect(packageOf("x/y/a_test.go", "go.mod")).toEqual({ name: "example.com/m", folder: "" });
    expect(packageOf("sub/a_test.go", "go.mod")).toEqual({ name: "example.com/m/sub", folder: "sub" });
    expect(packageOf("crates/a/src/lib.rs", "Cargo.toml")).toEqual({ name: "a-b", folder: "crates/a" });
    expect(packageOf("src/lib.rs", "Cargo.toml")).toBeUndefined();
  });
});
