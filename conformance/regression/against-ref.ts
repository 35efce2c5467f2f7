import { err, isRecord, ok, type Problem, parseStrictYaml, type Report, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { type GitRepository, gitRepository } from "../git/index.js";
import { type SpecFile, type Specs, specsOf } from "../spec/index.js";
import { baselinePath, type Comparison } from "./against-baseline.js";
import { readBaseline } from "./baseline.js";
import { textOfRepository } from "./current-report.js";
import { findRegressions, type Regression, regression } from "./regressions.js";
import { type Standing, standingsOf, statementOf, unjudged } from "./standing.js";

/** What stands now: the specification, and the report, where it is compared as well. */
export type Present = { readonly specs: Specs; readonly report?: Report };

/**
 * Compares what stands now with a commit: what requirements said, straight from the files of the specification there,
 * and how they stood, from the baseline there. Where the specification lay is read from the commit's own configuration, so
 * that moving it hides nothing.
 *
 * @returns on failure that there is no such commit, or no specification that can be read in it
 * @requirement HAR-06
 */
export async function againstRef(
  config: Config,
  ref: string,
  { specs, report }: Present,
): Promise<Result<Comparison & { readonly commit: string }, readonly Problem[]>> {
  const repository = gitRepository(config.root);
  const commit = await repository.commitOf(ref);
  if (!commit.ok) return err([commit.error]);
  const folder = await specsFolderAt(repository, commit.value, config);
  if (folder === undefined) {
    const note = "that commit has no lockkeeper.yaml and no specification: all of it is new";
    return ok({ commit: commit.value, regressions: [], notes: [note] });
  }
  const old = await specsAt(repository, commit.value, folder);
  if (!old.ok) return old;
  const notes: string[] = [];
  const standings = await standingsAt(repository, commit.value, folder, notes);
  const known = new Map(standings.map((standing) => [standing.id, standing]));
  const before = old.value.requirements.map((one): Standing => {
    return { ...(known.get(one.id) ?? unjudged), ...statementOf(one) };
  });
  const now =
    report === undefined
      ? { statements: specs.requirements }
      : { statements: specs.requirements, standings: standingsOf(report, textOfRepository(config.root)) };
  const regressions = [...(standings.length > 0 ? goneBaseline(config) : []), ...findRegressions(before, now)];
  return ok({ commit: commit.value, regressions, notes });
}

/** Where the specification lay at a commit; undefined where there was neither a configuration nor a specification. */
async function specsFolderAt(repository: GitRepository, commit: string, config: Config): Promise<string | undefined> {
  const text = await repository.textAt(commit, "lockkeeper.yaml");
  if (text === undefined) {
    const names = await repository.filesAt(commit, `${config.specs}/requirements`);
    return names === undefined ? undefined : config.specs;
  }
  const document = parseStrictYaml(text, "lockkeeper.yaml");
  const value = document.ok ? document.value.value : null;
  return isRecord(value) && typeof value.specs === "string" ? value.specs : config.specs;
}

async function specsAt(
  repository: GitRepository,
  commit: string,
  folder: string,
): Promise<Result<Specs, readonly Problem[]>> {
  const shown = `${commit.slice(0, 12)}:${folder}/requirements`;
  const names = (await repository.filesAt(commit, `${folder}/requirements`)) ?? [];
  const requirements: SpecFile[] = [];
  for (const name of names.filter((one) => one.endsWith(".yaml"))) {
    const text = await repository.textAt(commit, `${folder}/requirements/${name}`);
    if (text !== undefined) requirements.push({ file: `${shown}/${name}`, text });
  }
  if (requirements.length > 0) return specsOf({ requirements, suites: [], waivers: null });
  const hint = "compare with a commit that has one, or with a file: --baseline";
  return err([{ code: "usage/missing", message: "no specification at that commit", place: { file: shown }, hint }]);
}

/** How requirements stood at a commit. The past cannot be mended: what is wrong with its baseline is noted. */
async function standingsAt(
  repository: GitRepository,
  commit: string,
  folder: string,
  notes: string[],
): Promise<readonly Standing[]> {
  const path = baselinePath({ specs: folder });
  const text = await repository.textAt(commit, path);
  if (text === undefined) {
    notes.push(`${path} is not in that commit: rungs and evidence are not compared`);
    return [];
  }
  const baseline = readBaseline(text, path);
  if (!baseline.ok) {
    notes.push(`${path} of that commit cannot be read: rungs and evidence are not compared`);
    return [];
  }
  if (baseline.value.edited !== undefined) notes.push(`${path} of that commit was edited by hand`);
  return baseline.value.requirements;
}

/**
 * Without a baseline the next run has nothing to be worse than.
 *
 * @requirement HAR-06
 */
function goneBaseline(config: Config): Regression[] {
  const file = baselinePath(config);
  if (textOfRepository(config.root)(file) !== undefined) return [];
  return [regression("", "baseline", `${file} was there`, "it is gone")];
}
