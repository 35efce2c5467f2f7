import type { Problem } from "../../model/index.js";
import type { RawDiagnostic } from "./shapes.js";

/** One Rego file as the caller read it. Its path is the name that places, coverage and the compiled module carry. */
export type SourceFile = { readonly path: string; readonly text: string };

/** Something wrong with a policy, ready for `formatProblem`, with OPA's own code for it. */
export type Diagnostic = Problem & { readonly rego_code: string; readonly end_col?: number };

/** Why an operation gave no answer. */
export type ToolchainError = {
  readonly code: "policy/invalid" | "toolchain/artefact" | "toolchain/deadline" | "toolchain/failed";
  readonly message: string;
  /** For `policy/invalid`: everything that is wrong, in the order of the files. */
  readonly diagnostics: readonly Diagnostic[];
};

/** Makes the error of an operation that failed for a reason outside the policy. */
export function broken(code: Exclude<ToolchainError["code"], "policy/invalid">, message: string): ToolchainError {
  return { code, message, diagnostics: [] };
}

/** Adds the line of source that each diagnostic is about; the toolchain's rows and columns start at 1. */
export function diagnosticsOf(raw: readonly RawDiagnostic[], files: readonly SourceFile[]): Diagnostic[] {
  const lines = new Map<string, string[]>();
  return raw.map((one) => {
    const text = files.find((file) => file.path === one.file)?.text;
    if (text !== undefined && !lines.has(one.file)) lines.set(one.file, text.split("\n"));
    const sourceLine = lines.get(one.file)?.[one.row - 1];
    return {
      code: "policy/invalid",
      rego_code: one.code,
      message: one.message,
      place: {
        file: one.file,
        ...(one.row > 0 ? { row: one.row, col: one.col } : {}),
        ...(sourceLine === undefined ? {} : { source_line: sourceLine.replace(/\r$/, "") }),
      },
      ...(one.end_col === undefined ? {} : { end_col: one.end_col }),
      ...(one.hint === undefined ? {} : { hint: one.hint }),
    };
  });
}
