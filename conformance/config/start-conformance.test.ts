import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSpecs } from "../spec/index.js";
import { readConfig } from "./config.js";
import { startConformance } from "./start-conformance.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-start-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text = ""): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

// @requirement HAR-10
describe("starting the conformance of a repository", () => {
  it.each<readonly [string, string, readonly string[], readonly string[]]>([
    ["Python", "pyproject.toml", ["src", "tests"], ["src", "tests"]],
    ["Python", "setup.py", ["tests", "package"], ["."]],
    ["Go", "go.mod", ["internal"], ["."]],
    ["Rust", "Cargo.toml", ["src", "tests"], ["src", "tests"]],
    ["Java", "pom.xml", ["src"], ["src"]],
    ["TypeScript or JavaScript", "package.json", ["src", "test"], ["src", "test"]],
    ["any", "README", [], ["."]],
  ])("writes for %s what can be read, by %s", async (language, manifest, folders, roots) => {
    write(manifest);
    for (const folder of folders) mkdirSync(join(root, folder));
    const started = startConformance(root);
    expect(started).toMatchObject({ ok: true, value: { languages: [language] } });
    const config = await readConfig(root);
    expect(config).toMatchObject({ ok: true, value: { root, specs: "specs", demand: "passed", evidence: { roots } } });
    expect(config.ok && config.value.product === undefined).toBe(manifest === "package.json");
    expect(loadSpecs(join(root, "specs"))).toMatchObject({ ok: true, value: { requirements: [{ id: "APP-1" }] } });
  });

  it("puts two languages into one configuration", async () => {
    write("go.mod");
    write("Cargo.toml");
    expect(startConformance(root)).toMatchObject({ ok: true, value: { languages: ["Go", "Rust"] } });
    const config = await readConfig(root);
    expect(config.ok && config.value.results).toEqual(["build/junit.xml", "target/nextest/ci/junit.xml"]);
  });

  it.each(["lockkeeper.yaml", "specs/requirements/first.yaml"])("overwrites nothing: %s", (file) => {
    write(file, "mine");
    const started = startConformance(root);
    expect(started.ok ? [] : started.error.map(({ place }) => place?.file)).toEqual([file]);
    expect(readFileSync(join(root, file), "utf8")).toBe("mine");
    expect(readdirSync(root)).toEqual([file.split("/")[0]]);
  });

  it("writes through no link, also to nowhere", () => {
    symlinkSync(join(root, "elsewhere"), join(root, "lockkeeper.yaml"));
    expect(startConformance(root).ok).toBe(false);
    expect(readdirSync(root)).toEqual(["lockkeeper.yaml"]);
  });

  it("says that there is no such folder", () => {
    const started = startConformance(join(root, "none"));
    expect(started.ok ? [] : started.error).toMatchObject([{ code: "usage/missing" }]);
  });

  it("stays readable under a hostile folder's name", async () => {
    const folder = join(root, 'a": {}\n# \u202e\u001b[31m');
    mkdirSync(folder);
    expect(startConformance(folder).ok).toBe(true);
    expect(await readConfig(folder)).toMatchObject({ ok: true, value: { product: { name: "a  31m" } } });
  });
});
