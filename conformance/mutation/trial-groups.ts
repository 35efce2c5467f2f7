import {
  err,
  type MutatedRule,
  ok,
  type PolicyTree,
  type Problem,
  problemsOf,
  type Result,
  type Toolchain,
} from "../../src/index.js";
import type { CaseQuestion } from "./case-questions.js";
import { digest } from "./rego-trials.js";

/** Trials that stand and fall with the same files: the tests of one package, or all cases. */
export type TrialGroup = {
  /** The package whose tests these are; what no package is called for cases. */
  readonly name: string;
  readonly kind: "tests" | "cases";
  /** Changes when the trials themselves do, what they cite, or any data; not when only rules do. */
  readonly asks: string;
};

/** What cases ask of. */
const answering = "main";

/** Groups trials by what they depend on. */
export function trialGroups(
  tree: Pick<PolicyTree, "tests" | "data" | "builtins">,
  questions: readonly CaseQuestion[],
  cited: Readonly<Record<string, readonly string[]>>,
): readonly TrialGroup[] {
  const data = digest(JSON.stringify([tree.data, tree.builtins ?? null]));
  const names = [...new Set(tree.tests.map(({ path }) => packageOf(path)))].sort();
  const tests = names.map((name): TrialGroup => {
    const own = tree.tests.filter(({ path }) => packageOf(path) === name || path.includes("/lib/"));
    const citing = Object.entries(cited).filter(([id]) => id.startsWith(`data.${name}_test.`));
    return { name, kind: "tests", asks: digest(JSON.stringify([data, own, citing])) };
  });
  const shape = questions.map(({ item, entrypoint, input }) => [
    item.id,
    item.requirements,
    item.expect,
    entrypoint,
    input,
  ]);
  return [...tests, { name: "(cases)", kind: "cases", asks: digest(JSON.stringify([data, shape])) }];
}

/** The package that a file is of, or tests: its folder. */
export function packageOf(path: string): string {
  return path.split("/").slice(1, -1).join(".");
}

/** A digest of each file, by its path. */
export function digestsOf(tree: Pick<PolicyTree, "modules" | "tests">): Readonly<Record<string, string>> {
  return Object.fromEntries([...tree.modules, ...tree.tests].map(({ path, text }) => [path, digest(text)]));
}

/**
 * Tells which groups could see a file that is not as it was. Rego's names are resolved per package, so that a test sees its
 * package, its tests, and all that these need, however far. Where a package came or went, everything could.
 *
 * @param before - the digests of the files as they were
 */
export async function touchedGroups(
  groups: readonly TrialGroup[],
  before: Readonly<Record<string, string>>,
  tree: PolicyTree,
  toolchain: Toolchain,
): Promise<Result<ReadonlySet<TrialGroup>, readonly Problem[]>> {
  const now = digestsOf(tree);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (path) => before[path] !== now[path],
  );
  if (changed.length === 0) return ok(new Set());
  if (String(packagesOf(before)) !== String(packagesOf(now))) return ok(new Set(groups));
  const closure = await toolchain.closure({ files: [...tree.modules, ...tree.tests], packages: packagesIn(changed) });
  if (!closure.ok) return err(problemsOf(closure.error));
  const touched = new Set([...packagesIn(changed), ...closure.value.dependents]);
  return ok(
    new Set(
      groups.filter(({ kind, name }) =>
        kind === "cases" ? touched.has(answering) : touched.has(name) || touched.has(`${name}_test`),
      ),
    ),
  );
}

function packagesOf(files: Readonly<Record<string, string>>): readonly string[] {
  return packagesIn(Object.keys(files));
}

/** The packages of files; those of tests end in `_test`. */
function packagesIn(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map((path) => `${packageOf(path)}${path.endsWith("_test.rego") ? "_test" : ""}`))].sort();
}

/** A rule as it was when trials ran; its text is without METADATA. */
export type KnownRule = Pick<MutatedRule, "file" | "package" | "name" | "row" | "text">;

/** What is to be remembered of a rule. */
export function knownRule({ file, package: in_, name, row, end_row, text }: MutatedRule): KnownRule {
  const own = text
    .trimEnd()
    .split("\n")
    .slice(row - end_row - 1);
  return { file, package: in_, name, row, text: own.join("\n") };
}
