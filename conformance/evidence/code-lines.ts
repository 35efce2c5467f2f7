/** How a language writes a comment that fills a line. */
const commentLine = {
  rego: /^\s*#/,
  yaml: /^\s*#/,
  typescript: /^\s*(\/\/|\/\*|\*)/,
} as const satisfies Record<string, RegExp>;

/** The languages whose lines can be told from comments. */
export type Language = keyof typeof commentLine;

/**
 * Says why a range of rows cannot be evidence: the file is not there, the range leaves it, or it opens with a
 * comment or a blank line.
 *
 * @param text - the file as it stands; undefined where there is none
 * @returns undefined when the lines exist and the first of them is code
 */
export function whyNotCode(
  text: string | undefined,
  range: { readonly row: number; readonly end_row: number },
  language: Language,
): string | undefined {
  if (text === undefined) return "the file is not there";
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const { row, end_row } = range;
  if (row < 1 || end_row < row) return `rows ${row} to ${end_row} are no range`;
  if (end_row > lines.length) return `row ${end_row} is past the file's last row, ${lines.length}`;
  const first = lines[row - 1] ?? "";
  if (first.trim() === "") return `row ${row} is blank`;
  if (commentLine[language].test(first)) return `row ${row} is a comment`;
  return undefined;
}
