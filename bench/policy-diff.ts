import { openBlame } from "../conformance/difference/blame.js";
import { findChanges } from "../conformance/difference/find-changes.js";
import { hunt } from "../conformance/difference/hunt.js";
import { openFiles, type PolicySide } from "../conformance/difference/policy-side.js";
import { openSearch, type Search } from "../conformance/difference/search.js";
import { basesOf } from "../conformance/difference/seeds.js";
import {
  planted,
  plantedLoosenings,
  plantedRefactorings,
  rewritten,
} from "../conformance/difference/testdata/planted-changes.js";
import { loadSpecs, type SpecSuite } from "../conformance/spec/index.js";
import { openToolchain, type PolicyFiles, readPolicyFiles, type Toolchain } from "../src/index.js";
import { type Figure, quantile, rounded } from "./figure.js";

type World = { readonly toolchain: Toolchain; readonly shipped: PolicySide; readonly suites: readonly SpecSuite[] };

/** What `policy diff` may try by default. */
const evaluations = 20_000;

/** How long it takes to find an input for each planted loosening, compiling included, and that refactorings have none. */
export async function policyDiffFigures(): Promise<Figure[]> {
  await using toolchain = openToolchain({ deadlineMs: 60_000, cacheDir: ".lockkeeper/cache" });
  const folder = await readPolicyFiles("policies");
  const specs = loadSpecs("specs");
  if (!folder.ok || !specs.ok) throw new Error("policies or specs cannot be read");
  const shipped = await opened(folder.value, toolchain);
  const world = { toolchain, shipped, suites: specs.value.suites };
  const seconds: number[] = [];
  let missed = 0;
  for (const change of plantedLoosenings) {
    const isFound = (search: Search) =>
      [...search.findings.values()].some(
        ({ found }) => found.lost.includes(change.loosens) && found.kind === "loosened",
      );
    const run = await timed(planted(folder.value, change), world, isFound);
    seconds.push(run.seconds);
    if (!isFound(run.search)) missed += 1;
  }
  let cried = 0;
  for (const { file, rewrite } of plantedRefactorings) {
    const run = await timed(rewritten(folder.value, file, rewrite), world, () => false);
    if (run.search.findings.size > 0) cried += 1;
  }
  const longest = Math.max(...seconds);
  const { length } = plantedLoosenings;
  return [
    { name: "planted loosenings found", value: length - missed, unit: `of ${length}`, bar: "all", met: missed === 0 },
    { name: "slowest of them", value: rounded(longest), unit: "s", bar: "≤ 10 s", met: longest <= 10 },
    { name: "median of them", value: rounded(quantile(seconds, 0.5)), unit: "s" },
    {
      name: "refactorings with a difference",
      value: cried,
      unit: `of ${plantedRefactorings.length}`,
      bar: "none",
      met: cried === 0,
    },
  ];
}

async function opened(files: PolicyFiles, toolchain: Toolchain): Promise<PolicySide> {
  const side = await openFiles(files, "planted", toolchain);
  if (!side.ok) throw new Error(JSON.stringify(side.error));
  return side.value;
}

async function timed(files: PolicyFiles, { toolchain, shipped, suites }: World, isEnough: (search: Search) => boolean) {
  const startedMs = performance.now();
  const now = await opened(files, toolchain);
  const changes = await findChanges(shipped, now, toolchain);
  if (!changes.ok) throw new Error(JSON.stringify(changes.error));
  const search: Search = openSearch(shipped.engine, now.engine, { evaluations, timeIsUp: () => isEnough(search) });
  const blame = openBlame(shipped, now, changes.value, toolchain);
  const bases = basesOf([now, shipped]);
  await hunt(search, { old: shipped, new: now, changes: changes.value, blame, bases, suites, seed: 1 });
  return { search, seconds: (performance.now() - startedMs) / 1000 };
}
