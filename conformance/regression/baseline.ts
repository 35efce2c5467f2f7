import Type, { type Static } from "typebox";
import { err, ok, type Problem, parserOf, parseStrictJson, problemsOfIssues, type Result } from "../../src/index.js";
import { canonicalLine } from "../report/index.js";
import { Standing, type StandingEvidence, sha256, standingFields } from "./standing.js";

const closed = { additionalProperties: false } as const;
const { name, status, lines_sha256, file, kind } = standingFields;

/** Name, status and hash of one place. */
type WrittenPlace = [StandingEvidence["name"], StandingEvidence["status"], StandingEvidence["lines_sha256"]];
const prefixItems = [name, status, lines_sha256];
const WrittenPlace = Type.Unsafe<WrittenPlace>({ type: "array", prefixItems, items: false, minItems: 3, maxItems: 3 });

/** What spoke for a requirement in one file. */
const FileEvidence = Type.Object(
  { file, kind, places: Type.Array(WrittenPlace, { minItems: 1, maxItems: 100_000 }) },
  closed,
);

const WrittenStanding = Type.Object(
  { ...Type.Omit(Standing, ["evidence"]).properties, evidence: Type.Array(FileEvidence, { maxItems: 100_000 }) },
  closed,
);

/** The file `specs/baseline.json`: how every requirement stood when somebody last accepted it. */
const BaselineFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/baseline/v2"),
    /** SHA-256 of the requirements as they are written below. */
    digest: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    requirements: Type.Array(WrittenStanding, { maxItems: 20_000 }),
  },
  { ...closed, $id: "lockkeeper/baseline/v2" },
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
  return `{\n"schema": "lockkeeper/baseline/v2",\n"digest": "${sha256(requirements)}",\n"requirements": ${requirements}\n}\n`;
}

function requirementsText(standings: readonly Standing[]): string {
  const sorted = standings
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ evidence, ...statement }) => `${opened(statement)},"evidence":[${filesText(evidence)}]}`);
  return `[\n${sorted.join(",\n")}\n]`;
}

function filesText(evidence: readonly StandingEvidence[]): string {
  const files = Map.groupBy(evidence, ({ file, kind }) => opened({ file, kind }));
  const texts = [...files].map(([opening, places]) => {
    const lines = places.map((one) => canonicalLine([one.name, one.status, one.lines_sha256])).sort();
    return `\n  ${opening},"places":[${lines.map((line) => `\n    ${line}`).join(",")}]}`;
  });
  return texts.sort().join(",");
}

/** An object's text without its end, for more to follow. */
function opened(value: object): string {
  return canonicalLine({ ...value }).slice(0, -1);
}

/** A standing as the file has it, with each place by itself. */
function standingOf({ evidence, ...statement }: Static<typeof WrittenStanding>): Standing {
  return { ...statement, evidence: evidence.flatMap(placesOf) };
}

function placesOf({ file, kind, places }: Static<typeof FileEvidence>): readonly StandingEvidence[] {
  return places.map(([name, status, lines_sha256]) => ({ file, kind, name, status, lines_sha256 }));
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
    // One is enough: of a file of another version nothing is right.
    const problems = problemsOfIssues(document.value, parsed.error).slice(0, 1);
    return err(problems.map((problem) => ({ ...problem, hint: updateHint })));
  }
  const { digest } = parsed.value;
  const requirements = parsed.value.requirements.map(standingOf);
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
