import type { Problem } from "../../src/index.js";

/** A marker in a comment: the ids it cites and where it stands, as an offset into the comment's text. */
export type Marker = { readonly offset: number; readonly ids: readonly string[] };

/** What a comment cites: markers, and messages (with their offsets) about markers that cannot be read. */
export type Markers = {
  readonly markers: readonly Marker[];
  readonly faults: readonly { readonly offset: number; readonly message: string }[];
};

/** The word that makes a line of a comment a citation. */
export const markerWord = "@requirement";

const id = /^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$/;
const line = /^([ \t]*(?:\*[ \t]*)?)@requirement(?![\w-])([^\r\n]*)/gm;

/**
 * Reads the markers of one comment (without its delimiters). A marker opens a line, after at most one `*`, and
 * is followed by ids with commas between them and by nothing else; mentions inside a sentence are no markers.
 */
export function markersIn(comment: string): Markers {
  const markers: Marker[] = [];
  const faults: { offset: number; message: string }[] = [];
  for (const match of comment.matchAll(line)) {
    const offset = match.index + (match[1] ?? "").length;
    const ids = (match[2] ?? "").split(",").map((part) => part.trim());
    const bad = ids.find((one) => !id.test(one));
    if (bad === undefined) markers.push({ offset, ids: [...new Set(ids)] });
    else
      faults.push({
        offset,
        message: bad === "" ? "the marker names no requirement" : `"${bad}" is no requirement id`,
      });
  }
  return { markers, faults };
}

/** Ids that no specification has, as one problem each. */
export function unknownIds(
  ids: readonly string[],
  known: ReadonlySet<string>,
  place: NonNullable<Problem["place"]>,
): Problem[] {
  return ids
    .filter((one) => !known.has(one))
    .map((one) => {
      const near = nearestId(one, known);
      return {
        code: "evidence/unresolved",
        message: `${one} is cited here, and no specification has it${near === undefined ? "" : `: is it ${near}?`}`,
        place,
        hint: "cite an id of specs/requirements/, or add the requirement",
      };
    });
}

/** The known id that is one slip of the hand away: a character more, less, other, or two swapped. First in order. */
function nearestId(id: string, known: ReadonlySet<string>): string | undefined {
  let nearest: string | undefined;
  for (const one of known) {
    if ((nearest === undefined || one < nearest) && isOneSlip(one, id)) nearest = one;
  }
  return nearest;
}

function isOneSlip(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  const [a, b] = [one.slice(head, one.length - tail), other.slice(head, other.length - tail)];
  return Math.max(a.length, b.length) <= 1 || (a.length === 2 && a === [...b].reverse().join(""));
}
