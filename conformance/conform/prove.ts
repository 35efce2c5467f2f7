import { join } from "node:path";
import { err, ok, type Problem, type RequirementProof, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { listFiles } from "../evidence/index.js";
import type { MutationReport } from "../mutation/index.js";
import {
  type HashedPlace,
  isTypeScript,
  type Provable,
  placesStanding,
  proofFileName,
  provablesOf,
  readFigures,
  readProofs,
  recordMeasurements,
  recordProof,
  standingProofs,
  writeProofs,
} from "../proof/index.js";
import { isInForce } from "../spec/index.js";
import type { Proof } from "../verdict/index.js";
import { type GatheredEvidence, gatherEvidence } from "./gather-evidence.js";
import { proveCode } from "./prove-code.js";
import { proveRules } from "./prove-rules.js";
import { openSubject, type Policies } from "./subject.js";

/** How proofs are asked for. */
export type ProveOptions = {
  /** These requirements; all in force where empty. */
  readonly ids: readonly string[];
  /** Prove again what stands. */
  readonly all: boolean;
  /** Told what is being done. */
  readonly progress: (phase: string) => void;
};

/** What came of it: the state of each requirement asked for, and how many places were tried again. */
export type Proven = {
  readonly proofs: readonly (Proof & { readonly level: "MUST" | "SHOULD" })[];
  readonly tried: number;
};

/**
 * Proves what is missing, stale or survived: breaks the cited lines, records who noticed in `specs/proof.json`, and says
 * what stands now. Places whose proof stands are left alone, and proofs of other requirements stay as they are.
 *
 * @returns on failure what is broken in specs or policies, or why nothing could be tried
 */
export async function prove(config: Config, options: ProveOptions): Promise<Result<Proven, readonly Problem[]>> {
  options.progress("policies and specs");
  const opened = await openSubject(config);
  if (!opened.ok) return opened;
  await using subject = opened.value;
  const { specs, policies, product } = subject;
  const unknown = options.ids.filter((id) => !specs.requirements.some((one) => one.id === id));
  if (unknown.length > 0) return err(unknown.map(noRequirement));
  const evidence = await gatherEvidence({ config, specs, policies });
  if (!evidence.ok) return evidence;
  const { sources, regoTests } = evidence.value;
  const places = [...evidence.value.places, ...regoTests];
  const textOf = (file: string) => sources.get(file);
  const shownAs = `${config.specs}/${proofFileName}`;
  const path = join(config.root, shownAs);
  const recorded = await readProofs(path, shownAs);
  if (!recorded.ok) return recorded;

  const requirements = specs.requirements.filter(({ id, ...one }) =>
    options.ids.length > 0 ? options.ids.includes(id) : isInForce(one, product.version),
  );
  const provables = provablesOf({ requirements, places, suites: specs.suites, textOf });
  const open = openPlaces(provables, recorded.value, options.all);
  const reports = await mutationReports(config, options, provables, open, evidence.value, policies);
  if (!reports.ok) return reports;

  const figures = await readFigures(join(config.root, config.reports, "bench.json"), `${config.reports}/bench.json`);
  if (!figures.ok) return figures;

  // Read again: another run may have recorded something in the meantime.
  const latest = await readProofs(path, shownAs);
  if (!latest.ok) return latest;
  const earlier = new Map(latest.value.map((one) => [one.id, one]));
  for (const provable of provables) {
    const { id, method } = provable.requirement;
    const before = earlier.get(id);
    const proof = recordProof(provable, before, reports.value);
    const measured = method === "measurement" && figures.value.length > 0;
    earlier.set(
      id,
      measured ? { ...proof, measurements: [...recordMeasurements(provable, figures.value, textOf)] } : proof,
    );
  }
  const known = new Set(specs.requirements.map(({ id }) => id));
  const kept = [...earlier.values()].filter((one) => known.has(one.id) && !isEmpty(one));
  const written = await writeProofs(path, kept);
  if (!written.ok) return err([written.error]);
  const levels = new Map(requirements.map(({ id, level }) => [id, level]));
  const proofs = standingProofs(provables, kept).map((one) => ({
    ...one,
    level: levels.get(one.requirement) ?? "MUST",
  }));
  return ok({ proofs, tried: open.length });
}

function isEmpty({ places, measurements }: RequirementProof): boolean {
  return places.length + measurements.length === 0;
}

function noRequirement(id: string): Problem {
  const hint = "ids look like EXE-15; see specs/requirements";
  return { code: "usage/flag", message: `no requirement is called ${id}`, hint };
}

/** The places whose proof does not stand, each once. */
function openPlaces(
  provables: readonly Provable[],
  recorded: readonly RequirementProof[],
  all: boolean,
): readonly HashedPlace[] {
  const open = provables.flatMap((provable) => {
    if (provable.requirement.method !== "mutation") return [];
    const proof = recorded.find(({ id }) => id === provable.requirement.id);
    return placesStanding(provable, proof).filter(({ state }) => all || state !== "killed");
  });
  return [...new Map(open.map(({ place }) => [`${place.kind} ${place.file} ${place.row}`, place])).values()];
}

async function mutationReports(
  config: Config,
  { all, progress }: ProveOptions,
  provables: readonly Provable[],
  open: readonly HashedPlace[],
  { places }: GatheredEvidence,
  policies: Policies | undefined,
): Promise<Result<readonly MutationReport[], readonly Problem[]>> {
  const reports: MutationReport[] = [];
  const code = open.filter(isTypeScript);
  const key = sourcesKey(config, places);
  const asked = { root: config.root, key, force: all, progress };
  const fromCode = await proveCode(asked, code, provables);
  if (!fromCode.ok) return fromCode;
  reports.push(...fromCode.value);
  if (policies !== undefined && open.some(({ kind }) => kind === "rule")) {
    const report = await proveRules(config, policies, new Set(open.flatMap(citedBy)), { all, progress });
    if (!report.ok) return report;
    reports.push(report.value);
  }
  return ok(reports);
}

/** Changes with every source but the tests that cite: Stryker itself sees what changed in those. */
function sourcesKey({ root, specs, evidence: { roots } }: Config, places: GatheredEvidence["places"]): string {
  const tests = new Set(places.filter(({ kind }) => kind === "test").map(({ file }) => file));
  const proofs = `${specs}/${proofFileName}`;
  const counts = (file: string) => !tests.has(file) && file !== proofs;
  const { files } = listFiles(root, { roots: [...roots, specs], counts });
  return JSON.stringify(files.map(({ file, size, mtimeMs }) => [file, size, mtimeMs]));
}

function citedBy({ kind, requirements }: HashedPlace): readonly string[] {
  return kind === "rule" ? requirements : [];
}
