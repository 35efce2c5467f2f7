import { join } from "node:path";
import { err, ok, type Problem, problemsOf, type Result } from "../../src/index.js";
import type { Attack } from "../attacks/index.js";
import type { Config } from "../config/index.js";
import {
  attackRange,
  type CitedPlace,
  evidenceInRego,
  evidenceOfChecks,
  type Found,
  joinFound,
  scanRepository,
} from "../evidence/index.js";
import { asMeasurements, declaredEvidence } from "../proof/index.js";
import type { Specs } from "../spec/index.js";
import { regoTestEvidence } from "./rego-tests.js";
import type { Policies } from "./subject.js";

/** All that speaks for requirements, what points at nothing, and the texts it was found in. */
export type GatheredEvidence = Found & {
  /** Texts by path from the repository's root, for excerpts. */
  readonly sources: ReadonlyMap<string, string>;
  /** The Rego tests that cite, with what came of them. */
  readonly regoTests: readonly CitedPlace[];
};

/** What evidence is gathered from. */
export type EvidenceSources = {
  readonly config: Config;
  readonly specs: Specs;
  readonly policies?: Pick<Policies, "tree" | "toolchain"> | undefined;
};

/** Finds every annotation in code, tests and rules, and the declarations of cases and attacks. */
export async function gatherEvidence(from: EvidenceSources): Promise<Result<GatheredEvidence, readonly Problem[]>> {
  const { config, specs, policies } = from;
  const attacks = policies === undefined ? [] : (await import("../attacks/index.js")).attacks;
  const known = new Set(specs.requirements.map(({ id }) => id));
  const scanned = await scanRepository({
    root: config.root,
    roots: [...config.evidence.roots, config.specs],
    ignore: config.evidence.ignore,
    known,
    // Rules, cases and attacks are declared in these, and found from elsewhere.
    keep: (file) => file.endsWith(".rego") || file.endsWith(".attack.ts") || file.startsWith(`${config.specs}/`),
    cache: join(config.root, ".lockkeeper", "cache", "evidence.json"),
  });
  const { sources } = scanned;
  const textOf = (file: string) => sources.get(file);
  const annotations =
    policies === undefined ? ok([]) : await policies.toolchain.annotations({ files: policies.tree.modules });
  if (!annotations.ok) return err(problemsOf(annotations.error));
  const cases = specs.suites.flatMap((suite) => suite.cases).filter((item) => item.withdrawn === undefined);
  const declared = declaredEvidence(config.root, config.specs, specs.requirements);
  if (!declared.ok) return declared;
  const regoTests = await regoTestEvidence(policies, known);
  if (!regoTests.ok) return regoTests;
  const found = joinFound([
    scanned,
    { places: [], problems: regoTests.value.problems },
    declared.value,
    evidenceInRego(annotations.value.map(annotationOf), textOf, known),
    evidenceOfChecks("case", cases, textOf, known),
    evidenceOfChecks(
      "attack",
      attacks.map((attack) => declarationOf(attack, textOf)),
      textOf,
      known,
    ),
  ]);
  return ok({
    ...found,
    places: asMeasurements(found.places, specs.requirements),
    sources,
    regoTests: regoTests.value.places,
  });
}

type RegoAnnotation = Parameters<typeof evidenceInRego>[0][number];

/** Only what evidence needs, and no key that is there without a value. */
function annotationOf({
  file,
  row,
  end_row,
  package: name,
  rule,
  custom,
  targets,
}: {
  readonly file: string;
  readonly row: number;
  readonly end_row: number;
  readonly package: string;
  readonly rule?: string | undefined;
  readonly custom?: Readonly<Record<string, unknown>> | undefined;
  readonly targets: readonly { readonly row: number; readonly end_row: number }[];
}): RegoAnnotation {
  const base = { file, row, end_row, package: name, targets };
  return { ...base, ...(rule === undefined ? {} : { rule }), ...(custom === undefined ? {} : { custom }) };
}

/** Where an attack's module is. The attacks of an installed harness are not in the repository under test. */
export function attackFile(id: string): string {
  return `conformance/attacks/${id}.attack.ts`;
}

function declarationOf(attack: Attack, textOf: (file: string) => string | undefined) {
  const file = attackFile(attack.id);
  const text = textOf(file);
  const range = text === undefined ? undefined : attackRange({ file, text });
  return { id: attack.id, requirements: attack.requirements, file, ...(range ?? { row: 1 }) };
}
