import {
  type Case,
  err,
  ok,
  type Problem,
  type Requirement,
  type Result,
  type Suite,
  type Waiver,
} from "../../src/index.js";
import { readRequirements } from "./requirement-file.js";
import type { Located, SpecFile } from "./spec-document.js";
import { readSuite } from "./suite-file.js";
import { readWaivers } from "./waiver-file.js";

/** A requirement and where it stands. */
export type SpecRequirement = Readonly<Requirement> & Located;

/** A case, where it stands, and the requirements it speaks for: its own, or else its suite's. */
export type SpecCase = Readonly<Omit<Case, "requirements">> &
  Located & { readonly suite: string; readonly requirements: readonly string[] };

/** A suite with its cases in the order they are written. */
export type SpecSuite = Readonly<Omit<Suite, "cases">> & { readonly file: string; readonly cases: readonly SpecCase[] };

/** A waiver and where it stands. */
export type SpecWaiver = Readonly<Waiver> & Located;

/** The whole specification. Requirements, suites and waivers come in the order of their files and rows. */
export type Specs = {
  readonly requirements: readonly SpecRequirement[];
  readonly suites: readonly SpecSuite[];
  readonly waivers: readonly SpecWaiver[];
};

/** The texts of a specification, sorted by file. */
export type SpecFiles = {
  readonly requirements: readonly SpecFile[];
  readonly suites: readonly SpecFile[];
  /** Null where there is no such file: then nothing is waived. */
  readonly waivers: SpecFile | null;
};

/** The most problems that are listed; a specification with more has one cause. */
export const maxProblems = 100;

/**
 * Reads a specification from its texts. Every id stands once, every requirement that is cited exists, every suite has a
 * passing case. That a requirement has no case, or a waiver no requirement, is for the verdict to say.
 *
 * @returns on failure at most 100 problems, each with its place
 */
export function specsOf(files: SpecFiles): Result<Specs, readonly Problem[]> {
  const problems: Problem[] = [];
  const take = <T>(result: Result<T, readonly Problem[]>): readonly T[] => {
    if (result.ok) return [result.value];
    problems.push(...result.error);
    return [];
  };
  const requirements = files.requirements.flatMap((file) => take(readRequirements(file)).flat());
  // A requirement in a file that cannot be read is not unknown: cases are held to the ids only when all could be read.
  const known = problems.length === 0 ? new Set(requirements.map(({ id }) => id)) : undefined;
  const suites = files.suites.flatMap((file) => take(readSuite(file, known)));
  const waivers = files.waivers === null ? [] : take(readWaivers(files.waivers)).flat();
  problems.push(...duplicates("requirement", requirements));
  problems.push(
    ...duplicates(
      "case",
      suites.flatMap((suite) => suite.cases),
    ),
  );
  problems.push(...duplicates("waiver", waivers));
  return problems.length === 0 ? ok({ requirements, suites, waivers }) : err(problems.slice(0, maxProblems));
}

function duplicates(what: string, items: readonly ({ readonly id: string } & Located)[]): Problem[] {
  const first = new Map<string, Located>();
  return items.flatMap((item) => {
    const earlier = first.get(item.id);
    if (earlier === undefined) {
      first.set(item.id, item);
      return [];
    }
    const place = { file: item.file, row: item.row };
    const message = `the ${what} ${item.id} stands at ${earlier.file}:${earlier.row} already`;
    return [{ code: "spec/invalid" as const, message, place, hint: "ids are permanent: give the new one a new id" }];
  });
}
