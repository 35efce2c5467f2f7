import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../model/index.js";
import { readPolicyTree } from "./policy-tree.js";

type Files = Readonly<Record<string, string | Uint8Array>>;

async function folderOf(files: Files): Promise<string> {
  const dir = join(await mkdtemp(join(tmpdir(), "lockkeeper-tree-")), "policies");
  await mkdir(dir);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

async function tree(files: Files) {
  const read = await readPolicyTree(await folderOf(files));
  if (!read.ok) throw new Error(read.error.map(formatProblem).join("\n"));
  return read.value;
}

async function problems(files: Files) {
  const read = await readPolicyTree(await folderOf(files));
  return read.ok ? [] : read.error;
}

describe("a policy folder", () => {
  it("gives modules, tests and data merged by folder", async () => {
    const read = await tree({
      "main/request.rego": "# a comment\npackage main\n",
      "main/request_test.rego": "package main_test\n",
      "token/token.yaml": "issuer: lockkeeper\n",
      "command/programs/text.yaml": "cat: {path: /bin/cat}\n",
      "command/programs/git.json": '{"git": {"path": "/usr/bin/git"}}',
      "command/profiles.yaml": "profiles: {readonly: [cat]}\n",
      "README.md": "not policy",
      ".hidden/x.rego": "not policy",
    });
    expect(read.modules.map(({ path }) => path)).toEqual(["policies/main/request.rego"]);
    expect(read.tests.map(({ path }) => path)).toEqual(["policies/main/request_test.rego"]);
    expect(read.data).toEqual({
      token: { issuer: "lockkeeper" },
      command: {
        programs: { cat: { path: "/bin/cat" }, git: { path: "/usr/bin/git" } },
        profiles: { readonly: ["cat"] },
      },
    });
    expect(read.placeOf("/command/programs/cat/path")).toMatchObject({
      file: "policies/command/programs/text.yaml",
      row: 1,
      col: 7,
    });
    expect(read.placeOf(["token", "issuer"])).toMatchObject({ file: "policies/token/token.yaml", row: 1 });
    expect(read.placeOf("/nothing")).toBeUndefined();
  });

  it("is identified by everything but its tests", async () => {
    const files = {
      "main/a.rego": "package main\n",
      "main/a_test.rego": "package main_test\n",
      "main/d.yaml": "a: 1\n",
    };
    const { sha256 } = await tree(files);
    expect((await tree({ ...files, "main/a_test.rego": "package main_test\n#\n" })).sha256).toBe(sha256);
    expect((await tree({ ...files, "main/d.yaml": "a: 2\n" })).sha256).not.toBe(sha256);
    expect((await tree({ ...files, "main/a.rego": "package main\n#\n" })).sha256).not.toBe(sha256);
  });

  it.each<[string, Files, string, number]>([
    ["the same key in one folder", { "a/1.yaml": "x: 1\n", "a/2.yaml": "y: 1\nx: 2\n" }, "policies/a/2.yaml", 2],
    [
      "a key and a folder of that name",
      { "a.yaml": "b: {c: 1}\n", "a/b/1.yaml": "d: 1\n", "a/2.yaml": "b: 1\n" },
      "policies/a/b/1.yaml",
      1,
    ],
    ["a folder and a key of that name", { "a/b/1.yaml": "x: 1\n", "a/z.yaml": "b: 1\n" }, "policies/a/z.yaml", 1],
  ])("refuses %s", async (_name, files, file, row) => {
    const found = (await problems(files)).filter(({ message }) => message.includes("is given twice"));
    expect(found[0]).toMatchObject({ code: "policy/data_invalid", place: { file, row } });
  });

  it("says at which key data does not fit its folder's schema", async () => {
    const schema = JSON.stringify({
      type: "object",
      properties: {
        programs: {
          additionalProperties: {
            properties: { path: { type: "string" } },
            required: ["path"],
            additionalProperties: false,
          },
        },
      },
    });
    const found = await problems({
      "command/data.schema.json": schema,
      "command/programs/a.yaml": "ls:\n  path: /bin/ls\ncat:\n  path: 5\n  paht: x\n",
    });
    expect(found.map(formatProblem)).toEqual([
      [
        'policies/command/programs/a.yaml:5:3: data.command.programs.cat must NOT have additional properties: "paht" [policy/data_invalid]',
        "    paht: x",
        "    ^",
        "  hint: policies/command/data.schema.json says what may stand here",
      ].join("\n"),
      [
        "policies/command/programs/a.yaml:4:3: data.command.programs.cat.path must be string [policy/data_invalid]",
        "    path: 5",
        "    ^",
        "  hint: policies/command/data.schema.json says what may stand here",
      ].join("\n"),
    ]);
  });

  it("reports every broken file at once", async () => {
    const found = await problems({
      "a/1.yaml": "x: 1\nx: 2\n",
      "a/2.json": '{"y": 1,}',
      "a/3.yaml": "- list\n",
      "a/4.rego": new Uint8Array([0xff, 0xfe]),
      "a/5.rego": "package b\n",
      "a/data.schema.json": '{"type": "nonsense"}',
      "6.rego": "package x\n",
    });
    expect(found.map(({ code, place }) => `${code} ${place?.file}:${place?.row ?? ""}`).sort()).toEqual([
      "json/syntax policies/a/2.json:1",
      "policy/data_invalid policies/a/3.yaml:1",
      "policy/invalid policies/6.rego:1",
      "policy/invalid policies/a/4.rego:",
      "policy/invalid policies/a/5.rego:1",
      "schema/invalid policies/a/data.schema.json:1",
      "yaml/forbidden policies/a/1.yaml:2",
    ]);
  });

  it("reads the builtins that modules may use, each once", async () => {
    const list = (builtins: string[]) =>
      JSON.stringify({
        schema: "lockkeeper/capabilities/v1",
        why: "for a test",
        groups: [{ title: "a", why: "for a test", builtins }],
      });
    expect((await tree({ "capabilities.json": list(["plus", "count"]) })).builtins).toEqual(["count", "plus"]);
    expect((await tree({ "a/1.yaml": "x: 1\n" })).builtins).toBeUndefined();
    const twice = await problems({ "capabilities.json": list(["plus", "plus"]) });
    expect(twice[0]?.message).toBe("the builtin plus is listed twice");
  });

  it("follows no symbolic link", async () => {
    const dir = await folderOf({ "a/1.yaml": "x: 1\n" });
    await symlink("/etc/passwd", join(dir, "a", "2.yaml"));
    const read = await readPolicyTree(dir);
    expect(read).toMatchObject({
      ok: false,
      error: [{ message: "not a plain file", place: { file: "policies/a/2.yaml" } }],
    });
  });

  it("takes no folder name that could reach a prototype", async () => {
    expect((await problems({ "__proto__/1.yaml": "x: 1\n" }))[0]?.message).toBe("a name that is not plain");
    expect((await tree({ "constructor/1.yaml": "x: 1\n" })).data).toEqual({ constructor: { x: 1 } });
  });

  it("says which folder is missing", async () => {
    const read = await readPolicyTree("/nowhere/policies");
    expect(read).toMatchObject({ ok: false, error: [{ code: "internal/io", place: { file: "/nowhere/policies" } }] });
  });
});
