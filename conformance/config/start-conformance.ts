import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { err, ok, type Problem, type Result } from "../../src/index.js";
import { otherKind, type ProjectKind, projectKinds } from "./project-kinds.js";

/** What was started in a repository. */
export type Started = {
  readonly languages: readonly string[];
  /** Paths from the repository's root. */
  readonly written: readonly string[];
  /** What to do next, a sentence or a command each. */
  readonly next: readonly string[];
};

const configFile = "lockkeeper.yaml";
const specFile = "specs/requirements/first.yaml";

/**
 * Starts the conformance of a repository: a commented `lockkeeper.yaml` for the languages that its manifests tell of,
 * and a first requirement. Nothing that is there is overwritten.
 *
 * @returns on failure `usage/flag` where something is there already, `internal/io` where it cannot be written
 */
export function startConformance(folder: string): Result<Started, readonly Problem[]> {
  const root = resolve(folder);
  if (!isThere(root))
    return err([{ code: "usage/missing", message: "there is no such folder", place: { file: folder } }]);
  const found = projectKinds.filter(({ manifests }) => manifests.some((name) => isThere(join(root, name))));
  const kinds = found.length > 0 ? found : [otherKind];
  const files = [
    [configFile, configText(root, kinds)],
    [specFile, specText],
  ] as const;
  const there = files.filter(([file]) => isThere(join(root, file)));
  if (there.length > 0) return err(there.map(([file]) => alreadyThere(file)));
  for (const [file, text] of files) {
    const problem = writeNew(root, file, text);
    if (problem !== undefined) return err([problem]);
  }
  return ok({
    languages: kinds.map(({ language }) => language),
    written: files.map(([file]) => file),
    next: [
      `say in ${specFile} what your program must do`,
      ...kinds.map(({ marker }) => `cite it from code and from a test: ${marker}`),
      ...kinds.flatMap(({ commands }) => commands),
      "lockkeeper conform",
      "keep .lockkeeper/ and reports/ out of version control",
    ],
  });
}

function configText(root: string, kinds: readonly ProjectKind[]): string {
  const usual = [...new Set(kinds.flatMap(({ folders }) => folders))].filter((name) => isThere(join(root, name)));
  // Python's packages and Go's stand anywhere.
  const roots = usual.some((name) => !/^tests?$/.test(name)) ? usual : ["."];
  const ignore = ["reports/**", ...new Set(kinds.flatMap(({ built }) => built))];
  const name = [...basename(root)].filter((char) => /[\p{L}\p{N} ._-]/u.test(char)).join("");
  const list = (items: readonly string[]) => `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
  const needsName = !isThere(join(root, "package.json"));
  return `# Where this repository keeps what \`lockkeeper\` works on. Paths are relative to this file.
schema: lockkeeper/config/v1
${needsName ? `# What the report speaks of. Requirements whose \`since\` is later than this version are planned.\nproduct: {name: ${JSON.stringify(name.slice(0, 100) || "program")}, version: "0.1"}\n` : ""}
# Requirements are in requirements/*.yaml below this folder.
specs: specs
reports: reports

evidence:
  # Markers \`@requirement ID\` are looked for in the comments of these files and folders.
  roots: ${list(roots)}
  ignore: ${list(ignore)}

# What your tools wrote before \`lockkeeper conform\` runs: JUnit XML or CTRF JSON.
results: ${list(kinds.map(({ results }) => results))}

# The rung of the evidence ladder that code must reach: passed, executed (with coverage), killed (with mutants).
demand: passed

# LCOV or Cobertura XML, for \`demand: executed\`:
# coverage: ${list(kinds.map(({ coverage }) => coverage))}

# mutation-testing-elements JSON, for \`demand: killed\`:
# mutants: ["reports/mutation/*.json"]
`;
}

const specText = `schema: lockkeeper/requirements/v1
title: What the program must do
sources:
  # Where requirements come from: a standard, a contract, a design.
  design: {title: "Design", date: "2026-01-01"}
requirements:
  # Ids are permanent. When the text changes, \`rev\` goes up by one.
  - id: APP-1
    rev: 1
    level: MUST
    method: mutation
    text: The program MUST refuse input that it does not understand, and say what is wrong with it.
    source: {doc: design, section: "1"}
    since: "0.1"
`;

function writeNew(root: string, file: string, text: string): Problem | undefined {
  const path = join(root, file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return alreadyThere(file);
    const message = `it cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { code: "internal/io", message, place: { file } };
  }
}

function alreadyThere(file: string): Problem {
  const hint = "nothing is overwritten: remove it, or go on with what is there";
  return { code: "usage/flag", message: "the file is there already", place: { file }, hint };
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
