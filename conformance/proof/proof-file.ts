import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  err,
  ok,
  type Problem,
  ProofFile,
  parserOf,
  parseStrictJson,
  problemsOfIssues,
  type RequirementProof,
  type Result,
} from "../../src/index.js";
import { canonicalLine } from "../report/index.js";

const parse = parserOf(ProofFile);
const bounds = { bytes: 64 * 1024 * 1024, depth: 12, nodes: 4_000_000 };

/** The name of the file in the folder of the specification. */
export const proofFileName = "proof.json";

/**
 * Reads recorded proofs. Where there is no file, nothing is proven. Indices that point nowhere are refused: then the
 * file was not written by `prove`.
 *
 * @param shownAs - how the file is named in problems
 */
export async function readProofs(
  path: string,
  shownAs: string,
): Promise<Result<readonly RequirementProof[], readonly Problem[]>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return ok([]);
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return err([{ code: "internal/io", message: `the proofs cannot be read: ${reason}`, place: { file: shownAs } }]);
  }
  return parseProofs(text, shownAs);
}

/** Reads the text of recorded proofs. */
export function parseProofs(text: string, shownAs: string): Result<readonly RequirementProof[], readonly Problem[]> {
  const document = parseStrictJson(text, shownAs, bounds);
  if (!document.ok) return document;
  const parsed = parse(document.value.value);
  if (!parsed.ok) return err(problemsOfIssues(document.value, parsed.error));
  const { requirements } = parsed.value;
  const fault = requirements.map(faultOf).find((one) => one !== undefined);
  const twice = requirements.find((one, at) => requirements.findIndex(({ id }) => id === one.id) !== at);
  const message = fault ?? (twice === undefined ? undefined : `${twice.id} stands twice`);
  if (message === undefined) return ok(requirements);
  const hint = "remove the file and run lockkeeper prove: nobody writes it by hand";
  return err([{ code: "spec/invalid", message, place: { file: shownAs }, hint }]);
}

function faultOf({ id, places, trials }: RequirementProof): string | undefined {
  for (const { name, killed, survived, killers, mutants } of places) {
    const told = [...killers.map(({ trial }) => trial), ...mutants.flatMap(({ killed_by }) => killed_by ?? [])];
    if (told.some((index) => index >= trials.length)) return `${id}: ${name} names a trial that is not listed`;
    if (killers.reduce((sum, one) => sum + one.mutants, 0) !== killed) return `${id}: the counts of ${name} differ`;
    if (mutants.filter(({ why }) => why !== undefined).length > survived) return `${id}: the counts of ${name} differ`;
  }
  return undefined;
}

/** The text of the file: canonical, so that the same proofs are the same bytes. */
export function proofText(requirements: readonly RequirementProof[]): string {
  const sorted = requirements.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(requirementText);
  return `{\n"schema": "lockkeeper/proof/v1",\n"requirements": [\n${sorted.join(",\n")}\n]\n}\n`;
}

function requirementText({ id, places, trials, measurements }: RequirementProof): string {
  const lists = Object.entries({ places, trials, measurements }).map(
    ([name, list]) => `"${name}":[${list.map((one) => `\n  ${canonicalLine({ ...one })}`).join(",")}]`,
  );
  return `{"id":${canonicalLine(id)},${lists.join(",")}}`;
}

/** Writes proofs; a reader never sees half a file. */
export async function writeProofs(
  path: string,
  requirements: readonly RequirementProof[],
): Promise<Result<void, Problem>> {
  const beside = `${path}.${process.pid}.writing`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(beside, proofText(requirements), { flush: true });
    await rename(beside, path);
    return ok(undefined);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return err({ code: "internal/io", message: `the proofs could not be written: ${reason}`, place: { file: path } });
  }
}
