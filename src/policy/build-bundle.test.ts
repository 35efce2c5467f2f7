import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { err } from "../model/index.js";
import { bundleOf, compileTree } from "./build-bundle.js";
import { bundleHash } from "./bundle.js";
import type { PolicyTree } from "./policy-tree.js";

const tree: Pick<PolicyTree, "name" | "modules" | "data" | "sha256"> = {
  name: "policies",
  modules: [{ path: "policies/main/request.rego", text: "package main" }],
  data: { command: { programs: {} } },
  sha256: "a".repeat(64),
};
const rule = {
  id: "main/unknown_name",
  package: "main",
  rule: "violations",
  file: "policies/main/request.rego",
  row: 3,
  end_row: 5,
  requirements: ["EXE-15"],
  title: "The name is not on the list",
};
const compiled = {
  wasm: new Uint8Array([0, 97, 115, 109]),
  entrypoints: ["main/request", "main/output"],
  builtins: [],
  rules: [rule],
};
const compiler = "c".repeat(64);

// @requirement HAR-01
describe("a compiled module", () => {
  it("becomes a bundle that says what is in it and where each rule stands", () => {
    const data = new TextEncoder().encode('{"command":{"programs":{}}}');
    const { id, file, row, end_row, ...about } = rule;
    expect(bundleOf(tree, compiled, compiler)).toEqual({
      ok: true,
      value: {
        sha256: bundleHash(tree.sha256, compiler),
        wasm: compiled.wasm,
        data,
        manifest: {
          revision: bundleHash(tree.sha256, compiler),
          roots: ["command", "main"],
          wasm: [
            { entrypoint: "main/output", module: "/policy.wasm" },
            { entrypoint: "main/request", module: "/policy.wasm" },
          ],
          rego_version: 1,
          metadata: {
            lockkeeper: {
              schema: "lockkeeper/bundle/v1",
              files: { "policy.wasm": hash("sha256", compiled.wasm), "data.json": hash("sha256", data) },
              rules: { [id]: { ...about, places: [{ file, row, end_row }] } },
            },
          },
        },
      },
    });
  });

  it("without an entrypoint is none", () => {
    expect(bundleOf(tree, { ...compiled, entrypoints: [] }, compiler)).toEqual(
      err([
        {
          code: "policy/invalid",
          message: "no entrypoint",
          place: { file: "policies" },
          hint: "mark the rules that may be asked with METADATA: entrypoint: true",
        },
      ]),
    );
  });

  it("that needs a host's builtins is none", () => {
    expect(bundleOf(tree, { ...compiled, builtins: ["sprintf", "http.send"] }, compiler)).toEqual(
      err([
        {
          code: "bundle/missing_builtin",
          message: "the compiled policy needs builtins from its host: sprintf, http.send",
          place: { file: "policies" },
        },
      ]),
    );
  });

  it("with an id that is none is none", () => {
    expect(bundleOf(tree, { ...compiled, rules: [{ ...rule, id: "Main" }] }, compiler)).toMatchObject({ ok: false });
  });
});

// @requirement HAR-01
it("compiles the folder's own modules, without what nobody asks for, within the builtins that it allows", async () => {
  const asked: unknown[] = [];
  const answer = err({ code: "toolchain/failed" as const, message: "a fake", diagnostics: [] });
  const toolchain = {
    compile: async (request: unknown) => {
      asked.push(request);
      return answer;
    },
  };
  expect(await compileTree({ ...tree, builtins: undefined }, toolchain)).toBe(answer);
  expect(await compileTree({ ...tree, builtins: ["eq"] }, toolchain)).toBe(answer);
  expect(asked).toStrictEqual([
    { files: tree.modules, prune_unused: true },
    { files: tree.modules, prune_unused: true, builtins: ["eq"] },
  ]);
});
