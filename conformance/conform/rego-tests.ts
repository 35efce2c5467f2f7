import { err, ok, type Problem, problemsOf, type Result, type Status, type TestRun } from "../../src/index.js";
import type { CitedPlace, Found } from "../evidence/index.js";
import type { Policies } from "./subject.js";

type RegoTest = TestRun["tests"][number];

/** What METADATA says, of a rule or of a package: OPA takes one block for a package, whatever file it stands in. */
type Citation = {
  readonly file: string;
  readonly package: string;
  readonly scope: string;
  readonly row: number;
  readonly ids: readonly string[];
  readonly targets: readonly { readonly row: number }[];
};

/**
 * Runs the Rego tests that cite requirements, in their METADATA or in that of their package, and gives each as evidence
 * with what came of it. Where none cites, none runs.
 *
 * @param known - the ids that the specifications have
 */
export async function regoTestEvidence(
  policies: Pick<Policies, "tree" | "toolchain"> | undefined,
  known: ReadonlySet<string>,
): Promise<Result<Found, readonly Problem[]>> {
  if (policies === undefined || policies.tree.tests.length === 0) return ok({ places: [], problems: [] });
  const { tree, toolchain } = policies;
  const annotations = await toolchain.annotations({ files: tree.tests });
  if (!annotations.ok) return err(problemsOf(annotations.error));
  const citations = annotations.value.flatMap(({ file, package: name, scope, row, targets, custom }): Citation[] => {
    const cited: unknown = custom?.requirements;
    const ids = Array.isArray(cited) ? cited.filter((id) => typeof id === "string") : [];
    return ids.length === 0 ? [] : [{ file, package: name, scope, row, ids, targets }];
  });
  if (citations.length === 0) return ok({ places: [], problems: [] });
  const files = [...tree.modules, ...tree.tests];
  const ran = await toolchain.test({ files, data: tree.data, no_lines: true });
  if (!ran.ok) return err(problemsOf(ran.error));
  return ok(regoTestPlaces(ran.value.tests, citations, known));
}

/** Joins tests with what they cite. A citation of an unknown id, or in a file without tests, is a problem. */
export function regoTestPlaces(
  tests: readonly RegoTest[],
  citations: readonly Citation[],
  known: ReadonlySet<string>,
): Found {
  const places = tests.flatMap((test): CitedPlace[] => {
    const cited = citations.filter((one) =>
      one.scope === "package"
        ? one.package === test.package
        : one.file === test.file && one.targets.some(({ row }) => row === test.row),
    );
    const requirements = [...new Set(cited.flatMap(({ ids }) => ids))].filter((id) => known.has(id)).sort();
    if (requirements.length === 0) return [];
    const name = `data.${test.package}.${test.name}`;
    const { file, row, end_row } = test;
    return [{ kind: "test", name, title: [name], file, row, end_row, requirements, ...outcome(test) }];
  });
  const problems = citations.flatMap(({ file, package: name, row, ids }): Problem[] => {
    const unknown = ids.filter((id) => !known.has(id)).map((id) => `${id} is cited here, and no specification has it`);
    const idle = tests.some((test) => test.package === name)
      ? []
      : ["the METADATA cites for tests, and there are none"];
    return [...unknown, ...idle].map((message) => ({ code: "evidence/unresolved", message, place: { file, row } }));
  });
  return { places, problems };
}

function outcome({ status, error, fail }: RegoTest): Pick<CitedPlace, "detail"> & { readonly status: Status } {
  switch (status) {
    case "pass":
      return { status };
    case "skip":
      return { status, detail: "the test was skipped" };
    case "fail":
    case "error": {
      const where = fail === null ? "" : `${fail.expr} does not hold at ${fail.file}:${fail.row}`;
      return { status: "fail", detail: error ?? (where === "" ? "the test failed" : where) };
    }
  }
}
