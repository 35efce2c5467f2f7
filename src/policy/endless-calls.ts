import { err, isRecord, ok, type Problem, type Result } from "../model/index.js";
import type { SourceFile, Toolchain } from "./toolchain/index.js";
import { problemsOf } from "./toolchain-problems.js";

/**
 * Finds calls of `replace` whose second argument is not a text that is written there and not empty. In the compiled module
 * replacing the empty text never ends (OPA 1.22.0, `opa_strings_replace`), and nothing can interrupt it: whoever could
 * choose that text could stop the gate.
 */
export async function endlessCalls(
  modules: readonly SourceFile[],
  toolchain: Toolchain,
): Promise<Result<readonly Problem[], readonly Problem[]>> {
  const problems: Problem[] = [];
  for (const file of modules.filter(({ text }) => /\breplace\b/.test(text))) {
    const module = await toolchain.ast(file);
    if (!module.ok) return err(problemsOf(module.error));
    const lines = file.text.split("\n");
    for (const row of unsafeRows(module.value)) {
      problems.push({
        code: "policy/invalid",
        message: "replace needs a text to look for that is written here and not empty",
        place: { file: file.path, row, col: 1, source_line: lines[row - 1] ?? "" },
        hint: "an empty one never ends in the compiled policy; concat(new, split(text, old)) takes any",
      });
    }
  }
  return ok(problems);
}

/** Walks OPA's JSON form of a module: a call is a list that begins with the reference to its function. */
function unsafeRows(node: unknown): number[] {
  if (Array.isArray(node)) {
    const items: readonly unknown[] = node;
    const rows = items.flatMap(unsafeRows);
    if (isReplace(items[0]) && !isFixedText(items[2])) rows.push(rowOf(items[0]));
    return rows;
  }
  return isRecord(node) ? Object.values(node).flatMap(unsafeRows) : [];
}

function isReplace(term: unknown): boolean {
  if (!isRecord(term) || term.type !== "ref" || !Array.isArray(term.value) || term.value.length !== 1) return false;
  const [name]: readonly unknown[] = term.value;
  return isRecord(name) && name.type === "var" && name.value === "replace";
}

function isFixedText(term: unknown): boolean {
  return isRecord(term) && term.type === "string" && typeof term.value === "string" && term.value !== "";
}

function rowOf(term: unknown): number {
  const location = isRecord(term) ? term.location : undefined;
  return isRecord(location) && typeof location.row === "number" ? location.row : 1;
}
