/** A whole document may hold any JSON value. */
type Sortable = null | boolean | number | string | readonly Sortable[] | { readonly [key: string]: unknown };

/**
 * Writes a value as JSON that is the same wherever it is written: keys sorted by code units, two spaces, a line feed at
 * the end. Characters that could drive a terminal or reorder text stand as escapes, which JSON reads back as they were.
 */
export function canonicalJson(value: Sortable): string {
  const text = JSON.stringify(value, (_key, part: unknown) => sortedKeys(part), 2);
  return `${text.replace(/[^\P{C}\n]|[\u2028\u2029]/gu, escaped)}\n`;
}

function sortedKeys(part: unknown): unknown {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }).join("");
}

/** Writes a value as `canonicalJson` does, on one line and without a line feed at the end. */
export function canonicalLine(value: Sortable): string {
  const text = JSON.stringify(value, (_key, part: unknown) => sortedKeys(part));
  return text.replace(/\p{C}|[\u2028\u2029]/gu, escaped);
}
