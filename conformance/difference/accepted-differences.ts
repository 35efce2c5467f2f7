import Type, { type Static } from "typebox";
import {
  entrypoints,
  err,
  ok,
  type Place,
  type Problem,
  parserOf,
  parseStrictYaml,
  problemsOfIssues,
  type Result,
  Violation,
} from "../../src/index.js";
import type { Probe } from "./compare-decisions.js";
import { partAt } from "./json-path.js";

const closed = { additionalProperties: false } as const;
const Words = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: "\\S" });

/** The file of reviewed differences: what was denied and may be allowed by this change. */
export const AcceptedFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/accepted-differences/v1"),
    accepted: Type.Array(
      Type.Object(
        {
          /** The class of one change, as `policy diff` tells it: another change of the same rules has another. */
          class: Type.String({ pattern: "^[0-9a-f]{64}$" }),
          /** The rules that stop objecting, for whoever reads this. */
          rules: Type.Array(Violation.properties.rule, { maxItems: 100 }),
          reason: Type.String({ minLength: 10, maxLength: 2000, pattern: "\\S" }),
          /** Who looked at it and accepts it. */
          reviewer: Words(200),
          /** The last day it holds, in UTC: `YYYY-MM-DD`. */
          expires: Type.String({ pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" }),
          /** An input that shows it. It is asked first, so that whether the entry is needed hangs on no search. */
          witness: Type.Object(
            { entrypoint: Type.Enum([...entrypoints]), input: Type.Record(Type.String(), Type.Unknown()) },
            closed,
          ),
        },
        closed,
      ),
      { maxItems: 1000 },
    ),
  },
  closed,
);
export type AcceptedFile = Static<typeof AcceptedFile>;

/** A reviewed difference, the question that shows it, and where it stands. */
export type AcceptedDifference = Omit<AcceptedFile["accepted"][number], "witness"> & {
  readonly witness: Probe;
  readonly place: Place;
};

const parseAccepted = parserOf(AcceptedFile);

/** Reads reviewed differences. Each class stands once. */
export function readAccepted(text: string, file: string): Result<readonly AcceptedDifference[], readonly Problem[]> {
  const document = parseStrictYaml(text, file);
  if (!document.ok) return document;
  const parsed = parseAccepted(document.value.value);
  if (!parsed.ok) return err(problemsOfIssues(document.value, parsed.error));
  const seen = new Set<string>();
  const problems: Problem[] = [];
  const accepted = parsed.value.accepted.map((entry, index): AcceptedDifference => {
    const place = document.value.placeOf(["accepted", index]);
    const at = { ...place, file };
    if (seen.has(entry.class))
      problems.push({ code: "spec/invalid", message: "this class is accepted twice", place: at });
    if (!isDay(entry.expires))
      problems.push({ code: "spec/invalid", message: `${entry.expires} is no day`, place: at });
    seen.add(entry.class);
    const input = partAt(document.value.value, ["accepted", index, "witness", "input"]) ?? {};
    return { ...entry, witness: { entrypoint: entry.witness.entrypoint, input }, place: at };
  });
  return problems.length > 0 ? err(problems) : ok(accepted);
}

/** Days that the calendar does not have, such as 2026-02-30, roll over into the next month. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
