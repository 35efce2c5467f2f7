import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { ok, openToolchain, type Problem, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { type MutationReport, mutateRego, openKept, regoReport } from "../mutation/index.js";
import type { Policies } from "./subject.js";

/** How long one call of the toolchain may take: many mutants run in one. */
const deadlineMs = 300_000;

/**
 * Breaks the rules that cite the given requirements. What an earlier run showed of the same rules and trials is kept.
 *
 * @returns on failure what is wrong with the policies, or which tests and cases do not hold to begin with
 */
export async function proveRules(
  config: Pick<Config, "root" | "specs" | "policies">,
  { tree }: Pick<Policies, "tree">,
  ids: ReadonlySet<string>,
  { all, progress }: { readonly all: boolean; readonly progress: (phase: string) => void },
): Promise<Result<MutationReport, readonly Problem[]>> {
  const cache = join(config.root, ".lockkeeper", "cache");
  const workers = Math.min(availableParallelism(), 8);
  await using toolchain = openToolchain({ workers, deadlineMs, cacheDir: cache });
  const mutation = await mutateRego(config, tree, toolchain, {
    workers,
    kept: openKept(join(cache, "mutation"), all),
    progress,
    wanted: ({ requirements }) => requirements.some((id) => ids.has(id)),
  });
  if (!mutation.ok) return mutation;
  // The tree's own name is the last part of where the policies are.
  const above = dirname(config.policies ?? "policies");
  const fromRoot = (file: string) => (above === "." ? file : `${above}/${file}`);
  const textOf = (file: string) => readFileSync(join(config.root, fromRoot(file)), "utf8");
  return ok(regoReport(mutation.value, textOf, fromRoot).report);
}
