import { basename } from "node:path/posix";
import { err, ok, type Place, type Problem, parserOf, type Result, Suite } from "../../src/index.js";
import { caseFaults } from "./case-faults.js";
import { readSpecDocument, type SpecFile } from "./spec-document.js";
import type { SpecSuite } from "./specs.js";

const parse = parserOf(Suite);

type PlaceOf = (path: readonly (string | number)[]) => Place;

/**
 * Reads a file of `specs/attacks/`: the file is named after its suite, case ids begin with it, every flag has its note
 * and every note its flag, each case makes sense by itself, and at least one case that runs is allowed.
 *
 * @param known - the ids of all requirements; absent where they could not all be read
 */
export function readSuite(
  file: SpecFile,
  known: ReadonlySet<string> | undefined,
): Result<SpecSuite, readonly Problem[]> {
  const document = readSpecDocument(file, parse);
  if (!document.ok) return document;
  const { value: suite, placeOf, locateItems } = document.value;
  const problems = [
    ...nameProblems(suite, file.file, placeOf),
    ...noteProblems(suite, placeOf),
    ...(known === undefined ? [] : citationProblems(suite, known, placeOf)),
    ...suite.cases.flatMap((item, index) =>
      caseFaults(item, suite).map(({ path, message, hint }) =>
        problem(`${item.id} ${message}`, placeOf(["cases", index, ...path]), hint),
      ),
    ),
    ...twinProblems(suite, placeOf),
  ];
  if (problems.length > 0) return err(problems);
  const places = locateItems("cases", suite.cases.length);
  const cases = suite.cases.flatMap((item, index) =>
    places.slice(index, index + 1).map((at) => ({
      ...item,
      requirements: item.requirements ?? suite.requirements,
      suite: suite.suite,
      ...at,
    })),
  );
  return ok({ ...suite, file: file.file, cases });
}

function nameProblems(suite: Suite, file: string, placeOf: PlaceOf): Problem[] {
  const problems: Problem[] = [];
  if (basename(file) !== `${suite.suite}.yaml`) {
    problems.push(problem(`the suite ${suite.suite} belongs in a file ${suite.suite}.yaml`, placeOf(["suite"])));
  }
  for (const [index, { id }] of suite.cases.entries()) {
    if (id.replace(/-[0-9]{3}$/, "") === suite.suite) continue;
    const hint = `name it ${suite.suite}-001 or the like`;
    problems.push(
      problem(`the case ${id} does not begin with its suite's name`, placeOf(["cases", index, "id"]), hint),
    );
  }
  return problems;
}

function noteProblems(suite: Suite, placeOf: PlaceOf): Problem[] {
  const problems: Problem[] = [];
  const used = new Set<string>();
  for (const [index, { id, flags = [] }] of suite.cases.entries()) {
    for (const [position, flag] of flags.entries()) {
      used.add(flag);
      if (Object.hasOwn(suite.notes, flag)) continue;
      const message = `${id} has the flag ${flag}, which has no note`;
      problems.push(problem(message, placeOf(["cases", index, "flags", position]), "explain it under notes"));
    }
  }
  for (const note of Object.keys(suite.notes).filter((name) => !used.has(name))) {
    problems.push(problem(`the note ${note} is used by no case`, placeOf(["notes", note]), "remove it"));
  }
  return problems;
}

function citationProblems(suite: Suite, known: ReadonlySet<string>, placeOf: PlaceOf): Problem[] {
  const cited = [
    ...suite.requirements.map((id, index) => ({ id, path: ["requirements", index] })),
    ...suite.cases.flatMap(({ requirements = [] }, at) =>
      requirements.map((id, index) => ({ id, path: ["cases", at, "requirements", index] })),
    ),
  ];
  return cited
    .filter(({ id }) => !known.has(id))
    .map(({ id, path }) => problem(`there is no requirement ${id}`, placeOf(path)));
}

/** A gate that refuses everything must fail, so every suite shows something that has to pass. */
function twinProblems(suite: Suite, placeOf: PlaceOf): Problem[] {
  const runs = suite.cases.filter((item) =>
    [item.withdrawn, item.skip, item.xfail].every((reason) => reason === undefined),
  );
  if (runs.some(({ expect }) => expect.decision === "allow")) return [];
  const hint = "add the nearest input that is allowed";
  return [problem("no case that runs is allowed", placeOf(["cases"]), hint)];
}

function problem(message: string, place: Place, hint?: string): Problem {
  return { code: "spec/invalid", message, place, ...(hint === undefined ? {} : { hint }) };
}
