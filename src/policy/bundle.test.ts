import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildBundle } from "./build-bundle.js";
import { type Bundle, bundleHash, entrypointsOf, placeOfRule } from "./bundle.js";
import { openBundle } from "./bundle-cache.js";
import { readBundleFolder, writeBundleFolder } from "./bundle-folder.js";
import { loadBundle, writeBundleTarball, writeSourceTarball } from "./bundle-tarball.js";
import { bundleOf, folderOf, good, smallPolicy, treeOf } from "./testdata/fixture.js";
import { openToolchain, type Toolchain } from "./toolchain/index.js";

let toolchain: Toolchain;
let bundle: Bundle;
beforeAll(async () => {
  toolchain = openToolchain({ deadlineMs: 60_000 });
  bundle = await bundleOf(smallPolicy, toolchain);
}, 60_000);
afterAll(() => toolchain[Symbol.asyncDispose]());

const newFolder = () => mkdtemp(join(tmpdir(), "lockkeeper-bundle-"));

async function problemsOf(files: Parameters<typeof treeOf>[0]) {
  const built = await buildBundle(await treeOf(files), toolchain);
  return built.ok ? [] : built.error;
}

describe("building a bundle", () => {
  // @requirement HAR-01
  it("gives a module, data, entrypoints and the place of each rule", () => {
    expect(entrypointsOf(bundle)).toEqual(["main/output", "main/request"]);
    expect(placeOfRule(bundle, "main/unknown_name")).toEqual({
      file: "policies/main/request.rego",
      row: 32,
      end_row: 39,
    });
    expect(placeOfRule(bundle, "constructor")).toBeUndefined();
    expect(bundle.manifest.metadata.lockkeeper.rules["main/unknown_name"]).toMatchObject({
      package: "main",
      rule: "violations",
      requirements: ["EXE-15"],
      title: "The name is not on the list",
    });
    expect(JSON.parse(new TextDecoder().decode(bundle.data))).toMatchObject({ main: { mark: "first" } });
  });

  it("gives the same bytes and hash for the same folder elsewhere", async () => {
    expect(await bundleOf(smallPolicy, toolchain)).toEqual(bundle);
  });

  it("has another hash for other data or another toolchain", async () => {
    const other = await bundleOf({ ...smallPolicy, "main/more.yaml": "more: 1\n" }, toolchain);
    expect(other.sha256).not.toBe(bundle.sha256);
    expect(bundleHash("a".repeat(64), "b".repeat(64))).not.toBe(bundleHash("a".repeat(64), "c".repeat(64)));
  });

  it("refuses a rule that does not compile, at its place", async () => {
    const found = await problemsOf({
      "main/a.rego": "package main\n\n# METADATA\n# entrypoint: true\nrequest := nobody\n",
    });
    expect(found[0]).toMatchObject({ code: "policy/invalid", place: { file: "policies/main/a.rego", row: 5 } });
  });

  it("refuses a rule with the name of a data key", async () => {
    const found = await problemsOf({ ...smallPolicy, "main/clash.yaml": "violations: []\n" });
    expect(found[0]).toMatchObject({
      code: "policy/invalid",
      message: "the rule main.violations has the name of a data key: policies/main/clash.yaml:1",
      place: { file: "policies/main/request.rego", row: 32 },
    });
  });

  it("refuses a builtin that only a host could bring", async () => {
    const found = await problemsOf({
      "main/a.rego": 'package main\n\n# METADATA\n# entrypoint: true\nrequest := sprintf("%d", [input.n])\n',
    });
    expect(found[0]).toMatchObject({ code: "bundle/missing_builtin" });
    expect(found[0]?.message).toContain("sprintf");
  });

  it("refuses a builtin that the folder does not allow", async () => {
    const capabilities = {
      schema: "lockkeeper/capabilities/v1",
      why: "for a test",
      groups: [{ title: "a", why: "for a test", builtins: ["eq"] }],
    };
    const found = await problemsOf({ ...smallPolicy, "capabilities.json": JSON.stringify(capabilities) });
    expect(found.some(({ hint }) => hint?.includes("capabilities do not allow"))).toBe(true);
  });

  it.each([
    ['v := replace(input.a, input.b, "c")', 1],
    ['v := count(replace(input.a, "", "c"))', 1],
    ['v := replace(replace(input.a, "a", ""), input.b, "c")', 1],
    ['v if { some w in input.a; replace(w, input.b, "c") == "d" }', 1],
    ['v if replace(input.a, input.b, "c")', 1],
    ['v := {replace(w, "x", w) | some w in input.a}', 0],
    ['v := replace(replace(input.a, "a", ""), "b", input.c)', 0],
  ])("refuses a call of replace that may never end: %s", async (rule, count) => {
    const head = "package main\n\n# METADATA\n# entrypoint: true\nrequest := v\n\n";
    const found = await problemsOf({ "main/a.rego": `${head}${rule}\n` });
    expect(found.filter(({ message, place }) => message.startsWith("replace") && place?.row === 7)).toHaveLength(count);
    expect(found).toHaveLength(count);
  });

  it("refuses a policy without an entrypoint", async () => {
    expect((await problemsOf({ "main/a.rego": "package main\n\nrequest := 1\n" })).length).toBeGreaterThan(0);
  });

  it("refuses an id that stands at two rules, one that is none, and a rule that has lost its citation", async () => {
    const rule = (id: string, title: string) =>
      `# METADATA\n# title: ${title}\n# custom: {id: ${id}, requirements: [EXE-15]}\nviolations contains ${JSON.stringify(title)} if input.x\n\n`;
    const head = "package main\n\n# METADATA\n# entrypoint: true\nrequest := violations\n\n";
    const twice = await problemsOf({ "main/a.rego": head + rule("main/a", "one") + rule("main/a", "two") });
    expect(twice[0]?.message).toContain("the id main/a stands twice");
    const uncited = rule("main/b", "two").replace(", requirements: [EXE-15]", "");
    expect((await problemsOf({ "main/a.rego": head + rule("main/a", "one") + uncited }))[0]).toMatchObject({
      message: "the rule main/b cites no requirement",
      place: { file: "policies/main/a.rego", row: 15 },
    });
    const none = await problemsOf({ "main/a.rego": head + rule("Main A", "one") });
    expect(none[0]).toMatchObject({ message: "not a rule id: Main A", place: { row: 10 } });
  });
});

describe("a bundle's folder", () => {
  it("gives back the bundle", async () => {
    const dir = join(await newFolder(), "b");
    good(await writeBundleFolder(bundle, dir));
    expect(good(await readBundleFolder(dir))).toEqual(bundle);
    expect(good(await loadBundle(dir))).toEqual(bundle);
    expect((await readdir(dir)).sort()).toEqual([".manifest", "data.json", "policy.wasm"]);
  });

  it.each(["policy.wasm", "data.json"])("refuses a changed %s", async (name) => {
    const dir = join(await newFolder(), "b");
    good(await writeBundleFolder(bundle, dir));
    const bytes = await readFile(join(dir, name));
    bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
    await writeFile(join(dir, name), bytes);
    expect(await readBundleFolder(dir)).toMatchObject({ error: [{ code: "bundle/invalid" }] });
  });

  it("refuses a folder or a file that others may write to, a link, and another user's", async () => {
    const dir = join(await newFolder(), "b");
    good(await writeBundleFolder(bundle, dir));
    for (const path of [dir, join(dir, "data.json"), join(dir, "..")]) {
      for (const bit of [0o020, 0o002]) {
        const mode = path.endsWith("json") ? 0o600 : 0o700;
        await chmod(path, mode | bit);
        expect(await readBundleFolder(dir)).toMatchObject({ error: [{ code: "bundle/unsafe" }] });
        await chmod(path, mode);
      }
    }
    expect((await readBundleFolder(dir)).ok).toBe(true);
    const link = join(await newFolder(), "link");
    await symlink(dir, link);
    expect(await readBundleFolder(link)).toMatchObject({ error: [{ code: "bundle/unsafe", message: "not a folder" }] });
    await rename(join(dir, "data.json"), join(dir, "..", "data.json"));
    await symlink(join(dir, "..", "data.json"), join(dir, "data.json"));
    expect((await readBundleFolder(dir)).ok).toBe(false);
  });

  it("is written whole when many write it at once", async () => {
    const dir = join(await newFolder(), "b");
    const all = await Promise.all(Array.from({ length: 8 }, () => writeBundleFolder(bundle, dir)));
    expect(all.every((one) => one.ok)).toBe(true);
    expect(good(await readBundleFolder(dir))).toEqual(bundle);
    expect((await readdir(join(dir, ".."))).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

describe("a bundle's tarball", () => {
  it("gives back the bundle, and refuses what is damaged", async () => {
    const path = join(await newFolder(), "b.tar.gz");
    good(await writeBundleTarball(bundle, path));
    expect(good(await loadBundle(path))).toEqual(bundle);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 100));
    expect(await loadBundle(path)).toMatchObject({ error: [{ code: "bundle/invalid" }] });
    await writeFile(path, "no archive");
    expect(await loadBundle(path)).toMatchObject({ error: [{ code: "bundle/invalid", message: "not a gzip file" }] });
  });

  const opa = process.env.OPA ?? "";
  it.skipIf(!existsSync(opa))("is what a real OPA takes (path in the variable OPA)", async () => {
    const dir = await newFolder();
    good(await writeBundleTarball(bundle, join(dir, "wasm.tar.gz")));
    good(await writeSourceTarball(await treeOf(smallPolicy), bundle, join(dir, "sources.tar.gz")));
    await writeFile(join(dir, "input.json"), '{"name": "rm"}');
    const run = async (...words: string[]) => (await promisify(execFile)(opa, words, { cwd: dir })).stdout;
    expect(await run("inspect", "wasm.tar.gz")).toContain(bundle.sha256.slice(0, 40));
    const engine = (await run("version")).includes("WebAssembly: available");
    for (const name of engine ? ["wasm.tar.gz", "sources.tar.gz"] : ["sources.tar.gz"]) {
      const answer = await run("eval", "-b", name, "-i", "input.json", "-f", "raw", "data.main.request");
      expect(JSON.parse(answer)).toMatchObject({ allow: false, violations: [{ rule: "main/unknown_name" }] });
    }
  });
});

describe("the cache", () => {
  it("compiles once, and then reads", async () => {
    const cache = join(await newFolder(), "cache");
    const policies = await folderOf(smallPolicy);
    expect(good(await openBundle({ policies, cache, toolchain }))).toEqual(bundle);
    await using closed = openToolchain();
    await closed[Symbol.asyncDispose]();
    expect(good(await openBundle({ policies, cache, toolchain: closed }))).toEqual(bundle);
  });

  it("builds a damaged bundle again, and refuses an unsafe one", async () => {
    const cache = join(await newFolder(), "cache");
    const policies = await folderOf(smallPolicy);
    good(await openBundle({ policies, cache, toolchain }));
    await rm(join(cache, bundle.sha256, "data.json"));
    expect(good(await openBundle({ policies, cache, toolchain }))).toEqual(bundle);
    expect(good(await readBundleFolder(join(cache, bundle.sha256)))).toEqual(bundle);
    await chmod(join(cache, bundle.sha256), 0o777);
    expect(await openBundle({ policies, cache, toolchain })).toMatchObject({ error: [{ code: "bundle/unsafe" }] });
  });

  it("keeps what was good before when a build fails", async () => {
    const cache = join(await newFolder(), "cache");
    const policies = await folderOf(smallPolicy);
    good(await openBundle({ policies, cache, toolchain }));
    await writeFile(join(policies, "main", "names.yaml"), "mark: [\n");
    expect((await openBundle({ policies, cache, toolchain })).ok).toBe(false);
    expect(await readdir(cache)).toEqual([bundle.sha256]);
  });

  it("works without a place to write to", async () => {
    const file = join(await newFolder(), "file");
    await writeFile(file, "");
    await mkdir(join(file, ".."), { recursive: true });
    const policies = await folderOf(smallPolicy);
    expect(good(await openBundle({ policies, cache: join(file, "below"), toolchain }))).toEqual(bundle);
  });
});
