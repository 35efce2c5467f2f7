import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  err,
  ok,
  type Problem,
  packageRoot,
  parserOf,
  parseStrictYaml,
  problemsOfIssues,
  type Result,
} from "../../src/index.js";
import type { Config } from "../config/index.js";
import { HygieneFile } from "./hygiene-rule.js";
import { type PreparedRule, type PreparedSearch, prepareSearch } from "./prepare-search.js";

/** A text with rules and what it is called in problems. */
export type HygieneFileText = { readonly file: string; readonly text: string };

const parse = parserOf(HygieneFile);

/**
 * Reads rules from their texts. Every id stands once, every pattern compiles, and every
 * syntax rule is one that the engine accepts for its language.
 *
 * @returns on failure all problems with their places
 */
export function readHygieneRules(
  files: readonly HygieneFileText[],
): Result<readonly PreparedRule[], readonly Problem[]> {
  const problems: Problem[] = [];
  const rules = new Map<string, PreparedRule>();
  for (const { file, text } of files) {
    const document = parseStrictYaml(text, file);
    if (!document.ok) {
      problems.push(...document.error);
      continue;
    }
    const parsed = parse(document.value.value);
    if (!parsed.ok) {
      problems.push(...problemsOfIssues(document.value, parsed.error));
      continue;
    }
    const { placeOf } = document.value;
    for (const [index, rule] of parsed.value.rules.entries()) {
      const at = ["rules", index];
      const refuse = (message: string, path: readonly (string | number)[]) =>
        problems.push({ code: "spec/invalid", message, place: placeOf(path) });
      if (rules.has(rule.id)) refuse(`${rule.id} stands twice`, [...at, "id"]);
      const searches: PreparedSearch[] = [];
      for (const [nth, search] of rule.find.entries()) {
        const prepared = prepareSearch(search);
        if (prepared.ok) searches.push(prepared.value);
        else refuse(`${rule.id}: ${prepared.error}`, [...at, "find", nth]);
      }
      rules.set(rule.id, { ...rule, place: placeOf(at), searches });
    }
  }
  return problems.length > 0 ? err(problems) : ok([...rules.values()]);
}

/** Loads the rules that a repository is searched by: the product's, and those of `hygiene/` in its specification. */
export function hygieneRulesOf({ root, specs }: Pick<Config, "root" | "specs">): ReturnType<typeof loadHygieneRules> {
  return loadHygieneRules([
    { path: join(packageRoot(), "specs/hygiene"), shownAs: "specs/hygiene" },
    { path: resolve(root, specs, "hygiene"), shownAs: `${specs}/hygiene` },
  ]);
}

/**
 * Loads the rules of folders.
 *
 * @param folders - each read if it is there, in the order given; one that stands twice is read once
 */
export function loadHygieneRules(
  folders: readonly { readonly path: string; readonly shownAs: string }[],
): Result<readonly PreparedRule[], readonly Problem[]> {
  const paths = new Set<string>();
  const files: HygieneFileText[] = [];
  for (const { path, shownAs } of folders) {
    if (paths.has(path) || lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    paths.add(path);
    for (const name of readdirSync(path).sort()) {
      const facts = lstatSync(join(path, name));
      if (!name.endsWith(".yaml") || !facts.isFile()) continue;
      files.push({ file: `${shownAs}/${name}`, text: readFileSync(join(path, name), "utf8") });
    }
  }
  if (files.length === 0) {
    return err([{ code: "spec/invalid", message: "there are no hygiene rules", hint: "add a file to specs/hygiene" }]);
  }
  return readHygieneRules(files);
}
