import type { Evidence, Problem, Status } from "../../src/index.js";

/** What sort of place speaks for a requirement. */
export type EvidenceKind = Evidence["kind"];

/** A text of the repository, by its path from the root with `/`. */
export type SourceFile = { readonly file: string; readonly text: string };

/** Rows of a file, from 1, both included. */
export type Rows = { readonly from: number; readonly to: number };

/** One place that cites requirements: found from an annotation, never typed by hand. Rows count from 1, both included. */
export type CitedPlace = {
  readonly kind: EvidenceKind;
  /** The rule's id, the declaration's name, the test's title path, the case's or attack's id. */
  readonly name: string;
  readonly file: string;
  readonly row: number;
  readonly end_row: number;
  readonly requirements: readonly string[];
  /** Why these lines cannot be evidence; absent when they are code that stands there. */
  readonly unresolved?: string;
  /** The literal parts of a test's full name, in order; between two of them may stand anything (`it.each`). */
  readonly title?: readonly string[];
  /** A test's own names in its file, outermost first, in languages whose runners join them each in their own way. */
  readonly path?: readonly string[];
  /** What came of a test; cases and attacks have it from their checks. */
  readonly status?: Status;
  readonly detail?: string;
  /** Of code, where a coverage report speaks of it: the rows that ran in the test run. */
  readonly executed?: readonly Rows[];
  /** And those that could have run, and did not. */
  readonly idle?: readonly Rows[];
};

/** What was found, and what points at nothing. */
export type Found = { readonly places: readonly CitedPlace[]; readonly problems: readonly Problem[] };

/** Joins findings in the given order. */
export function joinFound(parts: readonly Found[]): Found {
  return {
    places: parts.flatMap((part) => part.places),
    problems: parts.flatMap((part) => part.problems),
  };
}
