import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Waiver } from "../../src/index.js";
import { generatedDigest } from "./generated-digest.js";
import { loadHygieneRules } from "./load-rules.js";
import { type HygieneScope, scanHygiene } from "./scan-hygiene.js";

const loaded = loadHygieneRules([{ path: "specs/hygiene", shownAs: "specs/hygiene" }]);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const rules = loaded.value;
const marker = "TO" + "DO";

/** Put together here, so that nobody takes it for one that is in use. */
const fakeToken = `ghp_${"a1B2".repeat(9)}`;
const waiver: Waiver = {
  id: "waiver-001",
  requirement: "MEX-11",
  rule: "hygiene/eval",
  path: "a.ts",
  reason: "is replaced with the next version",
  owner: "Ann",
  approver: "Bob",
  expires: "2026-12-31",
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-hygiene-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

function git(...args: readonly string[]): void {
  execFileSync("git", ["-C", root, ...args], { stdio: "pipe" });
}

function scan(over: Partial<HygieneScope> = {}) {
  return scanHygiene({ root, rules, waivers: [], today: "2026-12-31", ...over });
}

/** `file:row rule` of what is found, `~` before what is waived. */
async function found(over: Partial<HygieneScope> = {}): Promise<readonly string[]> {
  const { findings } = await scan(over);
  return findings.map(({ file, row, rule, waived }) => `${waived ? "~" : ""}${file}:${row} ${rule.slice(8)}`);
}

/** @requirement MEX-11, MEX-12 */
describe("a search of a tree", () => {
  it("finds forbidden patterns with file and row, what is bad about them and how to fix them", async () => {
    write({ "src/b.py": "x = 1\neval(x)\n", "src/a.ts": "\n\n  eval(x);\n", "src/c.ts": "evaluate(x);\n" });
    const { findings, files, problems } = await scan();
    expect(findings.map(({ file, row, col, rule }) => [file, row, col, rule])).toEqual([
      ["src/a.ts", 3, 3, "hygiene/eval"],
      ["src/b.py", 2, 1, "hygiene/eval"],
    ]);
    expect(findings.every(({ why, fix, message }) => why.length > 20 && fix.length > 20 && message !== "")).toBe(true);
    expect({ files, problems }).toEqual({ files: 3, problems: [] });
  });

  it("looks for placeholders, secrets and oversized files only in full", async () => {
    write({
      "a.test.ts": 'it("x", () => {});\n',
      "big.ts": "a();\n".repeat(1001),
      "fits.ts": "a();\n".repeat(1000),
      "key.txt": `${fakeToken}\n`,
      "z.ts": "eval(x);\n",
    });
    expect(await found({ full: false })).toEqual(["z.ts:1 eval"]);
    expect(await found()).toEqual(["a.test.ts:1 empty_test", "big.ts:1 oversized", "key.txt:1 secret", "z.ts:1 eval"]);
  });

  it("never tells a secret, and no comment in the file silences the search", async () => {
    write({ "a.ts": `// secretlint-disable\nconst token = "${fakeToken}"; // secretlint-disable-line\n` });
    const { findings } = await scan();
    expect(findings.map(({ row, rule, message }) => [row, rule, message])).toEqual([
      [2, "hygiene/secret", "a secret: GITHUB_TOKEN"],
    ]);
    expect(JSON.stringify(findings)).not.toContain(fakeToken.slice(4, 20));
    write({ "a.ts": 'const token = "ghp_";\n' });
    expect(await found()).toEqual([]);
  });

  it("looks at what git knows or would add, and at nothing it ignores", async () => {
    git("init", "-q");
    write({ ".gitignore": "out/\n", "out/a.ts": "eval(x);\n", "known.ts": "eval(x);\n", "gone.ts": "eval(x);\n" });
    git("add", "known.ts", "gone.ts");
    rmSync(join(root, "gone.ts"));
    write({ "new/a.ts": "eval(x);\n" });
    const { files, problems } = await scan();
    expect({ files, problems }).toEqual({ files: 3, problems: [] });
    expect(await found()).toEqual(["known.ts:1 eval", "new/a.ts:1 eval"]);
  });

  it("starts nothing that the configuration of the repository names", async () => {
    git("init", "-q");
    write({ "hook.sh": `#!/bin/sh\ntouch ${join(root, "started")}\n`, "a.ts": "eval(x);\n" });
    execFileSync("chmod", ["+x", join(root, "hook.sh")]);
    git("add", ".");
    git("config", "core.fsmonitor", join(root, "hook.sh"));
    expect(await found()).toEqual(["a.ts:1 eval"]);
    expect(existsSync(join(root, "started"))).toBe(false);
  });

  it("searches every file but node_modules where there is no repository", async () => {
    write({ "a/b.ts": "eval(x);\n", "node_modules/c.ts": "eval(x);\n", ".hidden/d.ts": "eval(x);\n" });
    expect(await found()).toEqual([".hidden/d.ts:1 eval", "a/b.ts:1 eval"]);
  });

  it("leaves out what is wrong on purpose, and only that", async () => {
    write({ "a/testdata/b.ts": "eval(x);\n", "a/testdata.ts": "eval(x);\n" });
    expect(await found({ ignore: ["**/testdata/**"] })).toEqual(["a/testdata.ts:1 eval"]);
    expect(await found({ ignore: ["gone/**", "**/testdata/**"] })).toEqual(["a/testdata.ts:1 eval"]);
    expect(await found({ ignore: [] })).toEqual(["a/testdata.ts:1 eval", "a/testdata/b.ts:1 eval"]);
  });

  it("follows no link, neither of a file nor of a folder that git still lists", async () => {
    const outside = mkdtempSync(join(tmpdir(), "lockkeeper-outside-"));
    try {
      writeFileSync(join(outside, "a.ts"), "eval(x);\n");
      git("init", "-q");
      write({ "folder/a.ts": "eval(x);\n", "real.ts": "eval(x);\n" });
      git("add", ".");
      rmSync(join(root, "folder"), { recursive: true });
      symlinkSync(outside, join(root, "folder"));
      symlinkSync(join(outside, "a.ts"), join(root, "link.ts"));
      expect(await found()).toEqual(["real.ts:1 eval"]);
      expect(await found({ files: ["real.ts"] })).toEqual(["real.ts:1 eval"]);
      const named = await scan({ files: ["folder", "../", `../${outside.split("/").at(-1)}/a.ts`, "/etc/passwd"] });
      expect(named.findings).toEqual([]);
      expect(named.problems.map(({ place }) => place?.file)).toContain("/etc/passwd");
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it("takes named files and folders, and says where there is nothing to look at", async () => {
    write({ "src/a.ts": "eval(x);\n", "src/b.ts": "eval(x);\n", "srca.ts": "eval(x);\n" });
    expect(await found({ files: ["src/"] })).toEqual(["src/a.ts:1 eval", "src/b.ts:1 eval"]);
    expect(await found({ files: ["./src/b.ts", "src/b.ts"] })).toEqual(["src/b.ts:1 eval"]);
    const { problems, files } = await scan({ files: ["scr"] });
    expect(files).toBe(0);
    expect(problems).toMatchObject([{ code: "usage/missing", place: { file: "scr" } }]);
  });

  it("spares binary files, but no program that holds a NUL or is in another encoding", async () => {
    const bytes = (text: string) => Buffer.from(text);
    write({
      "image.bin": bytes(`\0${fakeToken}`),
      "a.ts": bytes("/* \0 */ eval(x);\n"),
      "b.ts": Buffer.from("\u{feff}eval(x);\n", "utf16le"),
      "c.ts": Buffer.from([0xff, 0xc3, 0x28, 0x0a, ...bytes("eval(x);\n")]),
      tool: "#!/usr/bin/env node\neval(x);\n",
      plain: "eval(x);\n",
    });
    expect(await found()).toEqual(["a.ts:1 eval", "b.ts:1 eval", "c.ts:2 eval", "tool:2 eval"]);
  });

  it("says that a program is too large to be searched, and sizes what is no program", async () => {
    write({
      "a.ts": "x".repeat(16 * 1024 * 1024 + 1),
      "b.txt": "x".repeat(1024 * 1024 + 1),
      "c.txt": "x".repeat(1024),
    });
    const { problems, findings } = await scan();
    expect(problems.map(({ code, place }) => [code, place?.file])).toEqual([["internal/io", "a.ts"]]);
    expect(findings.map(({ file, message }) => [file, message])).toEqual([
      ["b.txt", "1048577 bytes, more than 1048576"],
    ]);
  });

  it("survives programs that are nested deeper than anybody writes", async () => {
    write({ "a.ts": `${"(".repeat(50_000)}eval(x)${")".repeat(50_000)};\n`, "b.py": `${"[".repeat(50_000)}\n` });
    expect(await found()).toEqual(["a.ts:1 eval"]);
  });

  it("says that it cannot look at a file whose name cannot be read", async () => {
    const name = Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff]), Buffer.from(".ts")]);
    writeFileSync(name, "eval(x);\n");
    expect((await scan()).problems).toMatchObject([{ message: "the name of the file is no UTF-8" }]);
    git("init", "-q");
    expect((await scan()).problems).toHaveLength(1);
  });

  it("takes no longer for texts that are made to take long", async () => {
    const long = (text: string) => text.repeat(200_000 / text.length);
    write({
      "a.c": `${long("/*")}\n${marker}: x\n`,
      "b.md": `${long("<!--")}\n${marker}: x\n`,
      "c.ts": `/*${long(" *\n")}*/\n// ${marker}: x\n`,
      "d.yaml": `${long("# \n")}# ${marker}: x\n`,
      "e_test.rego": `${long("# a b c d\n")}todo_test_a if allow\ntodo_test_b if allow\n`,
      "f.md": `${long("[Requirement ")}\n[Requirement] -> [File:Line]\n`,
    });
    expect((await found()).filter((one) => !one.endsWith(" oversized"))).toEqual([
      "a.c:2 unowned_todo",
      "b.md:2 unowned_todo",
      "c.ts:66668 unowned_todo",
      "d.yaml:66667 unowned_todo",
      "e_test.rego:20002 skipped_test",
      "f.md:2 placeholder_evidence",
    ]);
  });

  it("finds nothing in an empty file, and says that it looked at no file", async () => {
    write({ "a.ts": "" });
    expect(await scan()).toEqual({ findings: [], waiverFaults: [], problems: [], files: 1 });
    rmSync(join(root, "a.ts"));
    expect((await scan()).files).toBe(0);
  });

  it("keeps 10 000 findings and says that there are more", async () => {
    write({ "a.ts": "eval(x);\n".repeat(10_001) });
    const { findings, problems } = await scan({ full: false });
    expect(findings.length).toBe(10_000);
    expect(problems).toEqual([{ code: "conform/failed", message: "more than 10000 findings: the rest is not listed" }]);
  });

  it("looks at no more files once there are more than it keeps, and at all of them until then", async () => {
    write({ "a.ts": "eval(x);\n".repeat(10_001), "b.ts": "eval(x);\n" });
    expect((await scan({ full: false })).files).toBe(1);
    write({ "a.ts": "eval(x);\n".repeat(10_000), "b.ts": "x();\n" });
    expect(await scan({ full: false })).toMatchObject({ files: 2, problems: [], findings: { length: 10_000 } });
    write({ "b.ts": "eval(x);\n" });
    expect(await scan({ full: false })).toMatchObject({ files: 2, problems: [{ code: "conform/failed" }] });
  });

  it("says how far it is after each five hundred files, to whoever asks", async () => {
    write(Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`${n}.txt`, ""])));
    const said: string[] = [];
    await scan({ full: false, progress: (line) => said.push(line) });
    expect(said).toEqual(["500 of 501 files"]);
    expect((await scan({ full: false })).files).toBe(501);
  });
});

/** @requirement MEX-11 */
describe("a generated file", () => {
  const header = (digest: string) => `// Code generated by make; DO NOT EDIT. sha256:${digest}\n`;
  const body = "export const a = 1;\n";
  const made = header(generatedDigest(header("0".repeat(64)) + body)) + body;

  it("is found when it was edited by hand, and not as it was made", async () => {
    write({ "a.ts": made, "b.ts": made.replace("= 1", "= 2"), "c.ts": made.replaceAll("\n", "\r\n") });
    expect(await found({ full: false })).toEqual(["b.ts:1 edited_by_hand"]);
  });

  it("may carry its digest in any format, and is not judged without one", async () => {
    const json = `{"$comment": "generated by make, do not edit; sha256: ${"0".repeat(64)}", "a": 1}\n`;
    const good = json.replace("0".repeat(64), generatedDigest(json));
    write({ "a.json": good, "b.json": good.replace('"a": 1', '"a": 2'), "c.ts": `// generated, do not edit\n${body}` });
    expect(await found()).toEqual(["b.json:1 edited_by_hand"]);
  });
});

/** @requirement MEX-11, MEX-12 */
describe("a waiver of a rule", () => {
  const check = async (over: Partial<Waiver>, scope: Partial<HygieneScope> = {}) => {
    write({ "a.ts": "eval(x);\n", "b.ts": "eval(x);\n", "c.ts": "" });
    const known = new Set(["MEX-11"]);
    const { findings, waiverFaults } = await scan({ waivers: [{ ...waiver, ...over }], known, ...scope });
    return { open: findings.filter(({ waived }) => waived === undefined).map(({ file }) => file), waiverFaults };
  };

  it("accepts what its rule finds in its file through its last day, and nothing else", async () => {
    expect(await check({})).toEqual({ open: ["b.ts"], waiverFaults: [] });
    expect(await found({ waivers: [waiver] })).toEqual(["~a.ts:1 eval", "b.ts:1 eval"]);
  });

  it("stands beside waivers of requirements, which accept no finding", async () => {
    const { rule: _, path: __, ...ofRequirement } = waiver;
    write({ "a.ts": "eval(x);\n" });
    expect(await found({ waivers: [ofRequirement] })).toEqual(["a.ts:1 eval"]);
    expect(await found({ waivers: [ofRequirement, waiver] })).toEqual(["~a.ts:1 eval"]);
  });

  it("accepts it in every file where it names none", async () => {
    const { path: _, ...everywhere } = waiver;
    write({ "c.ts": "" });
    const unused = await scan({ waivers: [everywhere] });
    expect(unused.waiverFaults).toEqual(["waiver-001 of hygiene/eval is not needed: it finds nothing (owner Ann)"]);
    expect((await scan({ waivers: [everywhere], files: ["c.ts"] })).waiverFaults).toEqual([]);
    write({ "a.ts": "eval(x);\n", "b.ts": "eval(x);\n" });
    expect(await found({ waivers: [everywhere] })).toEqual(["~a.ts:1 eval", "~b.ts:1 eval"]);
  });

  it("that has expired accepts nothing and is a fault", async () => {
    expect(await check({ expires: "2026-12-30" })).toEqual({
      open: ["a.ts", "b.ts"],
      waiverFaults: ["waiver-001 of hygiene/eval expired on 2026-12-30 (owner Ann)"],
    });
  });

  it.each<[string, Partial<Waiver>, string]>([
    ["requirement is gone", { requirement: "MEX-99" }, "is orphaned: no specification has MEX-99"],
    ["rule is gone", { rule: "hygiene/gone" }, "is orphaned: there is no rule hygiene/gone"],
    ["file is clean", { path: "c.ts" }, "of hygiene/eval is not needed: it finds nothing in c.ts"],
    ["file is gone", { path: "gone.ts" }, "of hygiene/eval is not needed: it finds nothing in gone.ts"],
    ["rule finds nothing", { rule: "hygiene/shell_string" }, "is not needed: it finds nothing in a.ts"],
  ])("is a fault when its %s", async (_, over, text) => {
    const { waiverFaults } = await check(over);
    expect(waiverFaults).toHaveLength(1);
    expect(waiverFaults[0]).toContain(text);
  });

  it("is not judged by a search that does not look where it looks", async () => {
    expect((await check({ path: "c.ts" }, { files: ["b.ts"] })).waiverFaults).toEqual([]);
    expect((await check({ path: "c.ts" }, { files: ["c.ts"] })).waiverFaults).toHaveLength(1);
    expect((await check({ rule: "hygiene/secret" }, { full: false })).waiverFaults).toEqual([]);
    expect((await check({ rule: "other/rule" })).waiverFaults).toEqual([]);
  });
});
