import type { Mutant } from "./mutation-report.js";

/** A survivor as a policy author reads it: where, what kind, what was changed, as a small diff. */
export function diffOf(file: string, source: string, mutant: Mutant): string {
  const { start, end } = mutant.location;
  const lines = source.split("\n").map((line) => line.replace(/\r$/, ""));
  const before = lines.slice(start.line - 1, end.line);
  const head = (before[0] ?? "").slice(0, start.column - 1);
  const tail = (before.at(-1) ?? "").slice(end.column - 1);
  const after = file.endsWith(".rego") ? (head + (mutant.replacement ?? "") + tail).split("\n") : [];
  const how =
    mutant.status === "NoCoverage"
      ? "no test runs it"
      : mutant.status === "Timeout"
        ? "took too long"
        : "nobody noticed";
  const title = `${file}:${start.line}:${start.column}: ${mutant.mutatorName}: ${how}`;
  const told = mutant.description === undefined ? [] : [`  # ${mutant.description}`];
  return [
    title,
    ...told,
    ...before.slice(0, 12).map((line) => `- ${line}`),
    ...after.slice(0, 12).map((line) => `+ ${line}`),
  ]
    .map(printed)
    .join("\n");
}

/** Whether nobody noticed a mutant, for whatever reason. */
export function isSurvivor({ status }: Pick<Mutant, "status">): boolean {
  return status === "Survived" || status === "NoCoverage" || status === "Timeout";
}

/** Characters that could drive a terminal or turn its text around are shown as escapes; tabs as two spaces. */
function printed(text: string): string {
  return text
    .replaceAll("\t", "  ")
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
