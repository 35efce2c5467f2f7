import type { Report } from "../../src/index.js";
import type { SourceFile, TestResult } from "../evidence/index.js";

/** How something stands: it holds, it does not, or nobody looked. */
export type ReadinessStatus = "yes" | "no" | "unknown";

/** One thing that an item was computed from, and where it stands. */
export type ReadinessFinding = {
  readonly status: ReadinessStatus;
  readonly text: string;
  readonly file: string;
  /** From 1; absent where it is the file as a whole. */
  readonly row?: number;
};

/** What readiness is computed from: nothing else is looked at. Paths are from the repository's root. */
export type ReadinessWorld = {
  textOf(file: string): string | undefined;
  /** The names in a folder, sorted; undefined where there is no such folder. */
  namesIn(folder: string): readonly string[] | undefined;
  /** Code and tests. */
  readonly sources: readonly SourceFile[];
  /** The last report, if it speaks of what is there now. */
  readonly report?: Report;
  /** Where the report lies, for places. */
  readonly reportFile: string;
  /** The version of Node that the last run had. */
  readonly node?: string;
  /** What the file of test results says, and where it lies. */
  readonly results?: { readonly file: string; readonly tests: readonly TestResult[] };
  /** What the hygiene rules found and nobody waived; a file each where something could not be looked at. */
  readonly hygiene?: {
    readonly files: number;
    readonly open: readonly { readonly file: string; readonly row: number; readonly message: string }[];
  };
};

/** A finding about a file, or about a row of it. */
export function finding(status: ReadinessStatus, text: string, file: string, row?: number): ReadinessFinding {
  return row === undefined ? { status, text, file } : { status, text, file, row };
}
