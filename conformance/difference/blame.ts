import { isJsonObject, type LoadedPolicy, type Place, type Toolchain } from "../../src/index.js";
import type { Probe } from "./compare-decisions.js";
import type { ChangedValue, Changes } from "./find-changes.js";
import { partsOf, pathText } from "./json-path.js";
import type { PolicySide } from "./policy-side.js";
import type { RuleBody } from "./rule-bodies.js";

/** Both versions in the interpreter, which tells the lines that an input runs through. */
export type Blame = {
  readonly changes: Changes;
  /** Loads when first asked; undefined where there is nothing to load or to tell. */
  loadOld(): Promise<LoadedPolicy | undefined>;
  loadNew(): Promise<LoadedPolicy | undefined>;
};

/** A change that an input runs through, and where it stands in each version. */
export type BlamedChange = { readonly name: string; readonly old: readonly Place[]; readonly new: readonly Place[] };

/** The most values of data that are told of one input. */
const maxValues = 5;

/** Makes both versions ready to be loaded: a bundle has no lines. */
export function openBlame(old: PolicySide, now: PolicySide, changes: Changes, toolchain: Toolchain): Blame {
  const loader = ({ tree }: PolicySide) => {
    let loaded: Promise<LoadedPolicy | undefined> | undefined;
    const load = async () => {
      if (tree === undefined || (changes.rules ?? []).length === 0) return undefined;
      const policy = await toolchain.load({ files: tree.modules, data: tree.data });
      return policy.ok ? policy.value : undefined;
    };
    return () => {
      loaded ??= load();
      return loaded;
    };
  };
  return { changes, loadOld: loader(old), loadNew: loader(now) };
}

/** The changed rules whose lines an input runs through, and the changed data that it could be about. */
export async function blamedChanges(blame: Blame, probe: Probe): Promise<BlamedChange[]> {
  const [before, after] = [await linesOf(await blame.loadOld(), probe), await linesOf(await blame.loadNew(), probe)];
  const rules = (blame.changes.rules ?? []).filter(
    (rule) => rule.old.some((body) => before(body)) || rule.new.some((body) => after(body)),
  );
  const about = valuesAbout(probe, blame.changes.values);
  const values = about.length + rules.length > 0 ? about : blame.changes.values.slice(0, maxValues);
  return [
    ...rules.map(({ rule, old, new: now }) => ({ name: rule, old: placesOf(old), new: placesOf(now) })),
    ...values.map(({ path, oldPlace, newPlace }) => ({
      name: `data.${pathText(path)}`,
      old: oldPlace === undefined ? [] : [oldPlace],
      new: newPlace === undefined ? [] : [newPlace],
    })),
  ];
}

/** The most inputs that are run in the interpreter to see how near they come: each takes milliseconds. */
const maxRun = 50;

/**
 * The inputs that run through most of the changed rules, the nearest first and at most one for each set of lines.
 *
 * @returns none where no rule changed, or none can be run
 */
export async function nearestToChange(blame: Blame, probes: readonly Probe[]): Promise<Probe[]> {
  const [before, after] = (["old", "new"] as const).map((side) =>
    (blame.changes.rules ?? []).flatMap((rule) => rule[side]),
  );
  // One version is enough to tell what comes near; where rules were taken away it is the old one.
  const [policy, changed] =
    (after ?? []).length > 0 ? [await blame.loadNew(), after ?? []] : [await blame.loadOld(), before ?? []];
  const lines = new Map<Probe, string[]>();
  if (policy === undefined || changed.length === 0) return [];
  for (const entrypoint of new Set(probes.map((probe) => probe.entrypoint))) {
    const asked = probes.filter((probe) => probe.entrypoint === entrypoint).slice(0, maxRun);
    const inputs = asked.map(({ input }) => input);
    const answers = await policy.evaluate({ path: `main/${entrypoint}`, inputs, coverage: true });
    for (const [index, probe] of asked.entries()) {
      lines.set(probe, answers.ok ? linesIn(answers.value[index]?.covered ?? {}, changed) : []);
    }
  }
  const byLines = new Map([...lines].reverse().map(([probe, covered]) => [covered.join(), { probe, covered }]));
  const ranked = [...byLines.values()].filter(({ covered }) => covered.length > 0);
  return ranked.sort((a, b) => b.covered.length - a.covered.length).map(({ probe }) => probe);
}

function linesIn(
  covered: Readonly<Record<string, readonly [number, number][]>>,
  bodies: readonly RuleBody[],
): string[] {
  return bodies.flatMap(({ place }) => {
    const { file, row = 1, end_row = row } = place;
    const rows = Array.from({ length: end_row - row + 1 }, (_, nth) => row + nth);
    const reached = covered[file] ?? [];
    return rows.filter((one) => reached.some(([from, to]) => from <= one && one <= to)).map((one) => `${file}:${one}`);
  });
}

function placesOf(bodies: readonly RuleBody[]): Place[] {
  return bodies.map(({ place }) => place);
}

/** Says of rule bodies whether an input runs through them; true of all where that cannot be known. */
async function linesOf(
  policy: LoadedPolicy | undefined,
  { entrypoint, input }: Probe,
): Promise<(body: RuleBody) => boolean> {
  const answers = await policy?.evaluate({ path: `main/${entrypoint}`, inputs: [input], coverage: true });
  const covered = answers?.ok === true ? answers.value[0]?.covered : undefined;
  if (covered === undefined) return () => true;
  return ({ place }) => {
    const { file, row = 1, end_row = row } = place;
    return (covered[file] ?? []).some(([from, to]) => from <= end_row && to >= row);
  };
}

/** Changed values whose keys the input mentions. */
function valuesAbout({ input }: Probe, values: readonly ChangedValue[]): readonly ChangedValue[] {
  const words = new Set(
    [...partsOf(input)].flatMap(({ path, value }) => [
      ...(typeof value === "string" ? [value, value.split("=")[0] ?? ""] : []),
      ...(isJsonObject(value) ? Object.keys(value) : []),
      String(path.at(-1)),
    ]),
  );
  return values.filter(({ path }) => path.slice(1).some((step) => words.has(String(step)))).slice(0, maxValues);
}
