import { hash } from "node:crypto";
import { err, isJsonObject, isRecord, type JsonValue, ok, type Problem, type Result } from "../model/index.js";
import { type Bundle, type BundleManifest, type BundleRule, bundleHash } from "./bundle.js";
import { endlessCalls } from "./endless-calls.js";
import type { PolicyTree } from "./policy-tree.js";
import { findArtefact } from "./toolchain/artefact.js";
import type { RuleEntry, SourceFile, Toolchain } from "./toolchain/index.js";
import { problemsOf } from "./toolchain-problems.js";

/**
 * Compiles a policy folder to a bundle. Tests stay out of it. Besides what the compiler refuses, a build fails when a
 * rule has a data key's name, an id stands at two rules or is none, there is no entrypoint, a builtin would have to come
 * from the host, or a call may never end.
 *
 * @returns on failure every problem found, each at its place; `toolchain/…` where the toolchain itself failed
 */
export async function buildBundle(tree: PolicyTree, toolchain: Toolchain): Promise<Result<Bundle, readonly Problem[]>> {
  const artefact = findArtefact();
  if (!artefact.ok) return err([{ code: "toolchain/artefact", message: artefact.error }]);
  const clashes = await dataClashes(tree, toolchain);
  if (!clashes.ok) return clashes;
  const endless = await endlessCalls(tree.modules, toolchain);
  if (!endless.ok) return endless;
  const found = [...clashes.value, ...endless.value];
  if (found.length > 0) return err(found);
  const compiled = await compileTree(tree, toolchain);
  return compiled.ok ? bundleOf(tree, compiled.value, artefact.value.sha256) : err(problemsOf(compiled.error));
}

/**
 * Compiles the rules to WebAssembly with the compiler that the project brings, which needs nothing but Node.
 *
 * @requirement HAR-01
 */
export function compileTree(
  { modules, builtins }: Pick<PolicyTree, "modules" | "builtins">,
  toolchain: Pick<Toolchain, "compile">,
): ReturnType<Toolchain["compile"]> {
  const allowed = builtins === undefined ? {} : { builtins };
  return toolchain.compile({ files: modules, prune_unused: true, ...allowed });
}

type Compiled = Extract<Awaited<ReturnType<Toolchain["compile"]>>, { readonly ok: true }>["value"];

/**
 * Makes a bundle of a compiled module: it needs an entrypoint, and no builtin that a host would have to bring.
 *
 * @param compiler - SHA-256 of the compiler
 * @requirement HAR-01
 */
export function bundleOf(
  tree: Pick<PolicyTree, "name" | "modules" | "data" | "sha256">,
  { wasm, entrypoints, builtins, rules: entries }: Pick<Compiled, "wasm" | "entrypoints" | "builtins" | "rules">,
  compiler: string,
): Result<Bundle, readonly Problem[]> {
  const rules = ruleTable(entries);
  if (!rules.ok) return rules;
  if (entrypoints.length === 0) {
    const hint = "mark the rules that may be asked with METADATA: entrypoint: true";
    return err([{ code: "policy/invalid", message: "no entrypoint", place: { file: tree.name }, hint }]);
  }
  if (builtins.length > 0) {
    const message = `the compiled policy needs builtins from its host: ${builtins.join(", ")}`;
    return err([{ code: "bundle/missing_builtin", message, place: { file: tree.name } }]);
  }
  const data = new TextEncoder().encode(JSON.stringify(tree.data));
  const module = new Uint8Array(wasm);
  const manifest: BundleManifest = {
    revision: bundleHash(tree.sha256, compiler),
    roots: rootsOf(tree, entrypoints),
    wasm: entrypoints.toSorted().map((entrypoint) => ({ entrypoint, module: "/policy.wasm" })),
    rego_version: 1,
    metadata: {
      lockkeeper: {
        schema: "lockkeeper/bundle/v1",
        files: { "policy.wasm": hash("sha256", module), "data.json": hash("sha256", data) },
        rules: rules.value,
      },
    },
  };
  return ok({ sha256: manifest.revision, wasm: module, data, manifest });
}

function ruleTable(entries: readonly RuleEntry[]): Result<Record<string, BundleRule>, readonly Problem[]> {
  const table = new Map<string, BundleRule>();
  const citing = entries.some(({ requirements }) => (requirements ?? []).length > 0);
  for (const entry of entries) {
    const place = { file: entry.file, row: entry.row, end_row: entry.end_row };
    if (!/^[a-z][a-z0-9_]*\/[a-z][a-z0-9_]*$/.test(entry.id)) {
      const hint = "an id is its area, a slash and a name: command/not_allowed";
      return err([{ code: "policy/invalid", message: `not a rule id: ${entry.id}`, place, hint }]);
    }
    // Where rules cite requirements, one that cites none has lost its citation.
    if (citing && (entry.requirements ?? []).length === 0) {
      const hint = "write custom: {id: …, requirements: […]} in its METADATA";
      return err([{ code: "policy/invalid", message: `the rule ${entry.id} cites no requirement`, place, hint }]);
    }
    const known = table.get(entry.id);
    if (
      known !== undefined &&
      (known.package !== entry.package || known.rule !== entry.rule || !inOneBlock(entries, entry))
    ) {
      const other = known.places[0];
      const message = `the id ${entry.id} stands twice: also at ${other?.file}:${other?.row}`;
      return err([{ code: "policy/invalid", message, place, hint: "give each rule that objects an id of its own" }]);
    }
    table.set(entry.id, {
      package: entry.package,
      rule: entry.rule,
      requirements: [...(entry.requirements ?? [])],
      title: entry.title ?? "",
      places: [...(known?.places ?? []), place],
    });
  }
  return ok(Object.fromEntries([...table].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** A rule whose METADATA speaks of all its bodies (scope `document`) has one entry per body, with one title and file. */
function inOneBlock(entries: readonly RuleEntry[], entry: RuleEntry): boolean {
  return entries
    .filter(({ id }) => id === entry.id)
    .every(({ file, title }) => file === entry.file && title === entry.title);
}

/** The first names of everything in the bundle: OPA refuses two bundles that own the same. */
function rootsOf(tree: Pick<PolicyTree, "modules" | "data">, entrypoints: readonly string[]): string[] {
  const packages = tree.modules.map(({ path }) => path.split("/")[1] ?? "");
  return [
    ...new Set([...packages, ...Object.keys(tree.data), ...entrypoints.map((name) => name.split("/")[0] ?? "")]),
  ].sort();
}

/**
 * Finds rules that have the name of a data key. The compiled module would answer one of the two, and which one is
 * nothing to rely on.
 */
async function dataClashes(tree: PolicyTree, toolchain: Toolchain): Promise<Result<Problem[], readonly Problem[]>> {
  const problems: Problem[] = [];
  for (const file of tree.modules) {
    const folder = file.path.split("/").slice(1, -1);
    const data = dataAt(tree.data, folder);
    // A module that does not hold a key's letters has no rule of that name, and needs no closer look.
    const keys = isJsonObject(data) ? Object.keys(data) : [];
    if (!keys.some((key) => file.text.includes(key))) continue;
    const names = await ruleNames(file, toolchain);
    if (!names.ok) return names;
    for (const { name, row } of names.value) {
      const path = [...folder, name];
      if (dataAt(tree.data, path) === undefined) continue;
      const other = tree.placeOf(path);
      const message = `the rule ${path.join(".")} has the name of a data key: ${other?.file}:${other?.row}`;
      const place = { file: file.path, row, col: 1, source_line: file.text.split("\n")[row - 1] ?? "" };
      problems.push({ code: "policy/invalid", message, place, hint: "rename one of the two" });
    }
  }
  return ok(problems);
}

function dataAt(data: JsonValue, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = data;
  for (const part of path) at = isJsonObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  return at;
}

async function ruleNames(
  file: SourceFile,
  toolchain: Toolchain,
): Promise<Result<readonly { name: string; row: number }[], readonly Problem[]>> {
  const module = await toolchain.ast(file);
  if (!module.ok) return err(problemsOf(module.error));
  const rules: readonly unknown[] = Array.isArray(module.value.rules) ? module.value.rules : [];
  return ok(rules.flatMap((rule) => ruleName(rule)));
}

/** A rule's first name, from `{head: {ref: [{value}]}, location: {row}}`. */
function ruleName(rule: unknown): { name: string; row: number }[] {
  if (!isRecord(rule) || !isRecord(rule.head) || !Array.isArray(rule.head.ref)) return [];
  const [first]: readonly unknown[] = rule.head.ref;
  if (!isRecord(first) || typeof first.value !== "string") return [];
  const row = isRecord(rule.location) && typeof rule.location.row === "number" ? rule.location.row : 1;
  return [{ name: first.value, row }];
}
