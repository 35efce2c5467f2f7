import Type from "typebox";
import { err, ok, type Problem, parserOf, parseStrictJson, problemsOfIssues, type Result } from "../../src/index.js";
import { canonicalLine } from "../report/index.js";
import { Standing, sha256 } from "./standing.js";

/** The file `specs/baseline.json`: how every requirement stood when somebody last accepted it. */
const BaselineFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/baseline/v1"),
    /** SHA-256 of the requirements as they are written below. */
    digest: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    requirements: Type.Array(Standing, { maxItems: 20_000 }),
  },
  { additionalProperties: false, $id: "lockkeeper/baseline/v1" },
);

/** A baseline as it was read. */
export type Baseline = {
  readonly requirements: readonly Standing[];
  /** Why it is not what `lockkeeper baseline --update` writes; absent where it is. */
  readonly edited?: string;
};

const parse = parserOf(BaselineFile);

/** A baseline may be larger than what people write: one line for each place. */
const bounds = { bytes: 64 * 1024 * 1024, depth: 10, nodes: 5_000_000 };

/** How to make a baseline that is as it should be. */
export const updateHint = "look at what it accepts, then write it: lockkeeper baseline --update";

/**
 * Writes a baseline: sorted, one line for each place, with a digest over all of it, so that the same standings always
 * give the same bytes and a change by hand is noticed.
 *
 * @requirement HAR-06
 */
export function baselineText(standings: readonly Standing[]): string {
  const requirements = requirementsText(standings);
  return `{\n"schema": "lockkeeper/baseline/v1",\n"digest": "${sha256(requirements)}",\n"requirements": ${requirements}\n}\n`;
}

function requirementsText(standings: readonly Standing[]): string {
  const sorted = standings
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ evidence, ...statement }) => {
      const lines = evidence.map(canonicalLine).sort();
      const opening = canonicalLine(statement).slice(0, -1);
      return `${opening},"evidence":[${lines.map((line) => `\n  ${line}`).join(",")}]}`;
    });
  return `[\n${sorted.join(",\n")}\n]`;
}

/**
 * Reads a baseline. One that does not have the bytes that its own content is written as was edited by hand: it is read
 * all the same, and says so. CR before LF counts as nothing, for git may put it there.
 *
 * @returns on failure `json/syntax` or `schema/invalid`, with its place
 * @requirement HAR-06
 */
export function readBaseline(text: string, file: string): Result<Baseline, readonly Problem[]> {
  const document = parseStrictJson(text, file, bounds);
  if (!document.ok) return err(document.error.map((problem) => ({ ...problem, hint: updateHint })));
  const parsed = parse(document.value.value);
  if (!parsed.ok) {
    return err(problemsOfIssues(document.value, parsed.error).map((problem) => ({ ...problem, hint: updateHint })));
  }
  const { requirements, digest } = parsed.value;
  const ids = requirements.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    return err([{ code: "schema/invalid", message: `${twice} stands twice`, place: { file }, hint: updateHint }]);
  }
  if (digest !== sha256(requirementsText(requirements))) {
    return ok({ requirements, edited: "its digest is not that of its content" });
  }
  const asWritten = text.replaceAll("\r\n", "\n") === baselineText(requirements);
  return ok(asWritten ? { requirements } : { requirements, edited: "it is not written as the command writes it" });
}
