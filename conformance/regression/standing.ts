import { hash } from "node:crypto";
import Type, { type Static } from "typebox";
import { Evidence, type Report, type Requirement, RequirementResult } from "../../src/index.js";

const closed = { additionalProperties: false } as const;

/** What is kept of a place. */
export const standingFields = {
  kind: Evidence.properties.kind,
  name: Evidence.properties.name,
  file: Evidence.properties.file,
  status: Evidence.properties.status,
  /** SHA-256 of its lines, without the blanks at their ends; of nothing where the lines are not there. */
  lines_sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
};

/** One place that spoke for a requirement. Its row is left out: lines move, and that is no loss. */
export const StandingEvidence = Type.Object(standingFields, closed);
export type StandingEvidence = Static<typeof StandingEvidence>;

const { id, rev, level, method, text, since, reached } = RequirementResult.properties;

/** How a requirement stands: what it says, how far it got, and what spoke for it. */
export const Standing = Type.Object(
  { id, rev, level, method, since, text, reached, evidence: Type.Array(StandingEvidence, { maxItems: 100_000 }) },
  closed,
);
export type Standing = Static<typeof Standing>;

/** How a requirement stands that nothing judged. */
export const unjudged: Pick<Standing, "reached" | "evidence"> = { reached: [], evidence: [] };

/** What a requirement says, without how it stands. */
export type Statement = Pick<Requirement, "id" | "rev" | "level" | "method" | "since" | "text">;

/** Gives the text of a file of the repository, or nothing where it cannot be read. */
export type TextOf = (file: string) => string | undefined;

/**
 * How every requirement of a report stands, in its order; `textOf` gives the lines that its evidence points at. Of one that is
 * planned only what it says: nothing is demanded of it yet, so nothing of it can be lost.
 *
 * @requirement HAR-06
 */
export function standingsOf({ requirements }: Pick<Report, "requirements">, textOf: TextOf): readonly Standing[] {
  const linesOf = linesReader(textOf);
  return requirements.map((one) => ({
    ...statementOf(one),
    ...(one.status === "planned" ? unjudged : judged(one, linesOf)),
  }));
}

/** @requirement HAR-06 */
function judged({ reached, evidence }: RequirementResult, linesOf: LinesOf): Pick<Standing, "reached" | "evidence"> {
  return {
    reached: [...reached],
    evidence: evidence.map(({ kind, name, file, status, row, end_row }) => {
      const lines = linesOf(file).slice(Math.max(0, row - 1), end_row);
      return { kind, name, file, status, lines_sha256: sha256(lines.map((line) => line.trimEnd()).join("\n")) };
    }),
  };
}

type LinesOf = (file: string) => readonly string[];

/** Takes each file apart once: many places lie in one. */
function linesReader(textOf: TextOf): LinesOf {
  const files = new Map<string, readonly string[]>();
  return (file) => {
    const lines = files.get(file) ?? (textOf(file) ?? "").split("\n");
    files.set(file, lines);
    return lines;
  };
}

/** A requirement's statement alone. */
export function statementOf({ id, rev, level, method, since, text }: Statement): Statement {
  return { id, rev, level, method, since, text };
}

/** SHA-256 in lower-case hexadecimal digits. */
export function sha256(text: string | Uint8Array): string {
  return hash("sha256", text);
}
