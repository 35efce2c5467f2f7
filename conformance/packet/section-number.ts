/** A section's number, such as 7.6.3.10, by its parts. */
export type SectionNumber = readonly number[];

/** Reads `7.6.3.10`, with or without a section sign. */
export function sectionNumber(text: string): SectionNumber | undefined {
  const found = /^(?:§\s?)?(\d{1,6}(?:\.\d{1,6}){0,15})\.?$/.exec(text.trim());
  return found?.[1]?.split(".").map(Number);
}

/** The number with its section sign. */
export function shownSection(number: SectionNumber): string {
  return `§${number.join(".")}`;
}

/** Whether a section is another, or lies in it: 11.8.2 lies in 11.8, and 11.80 does not. */
export function liesIn(number: SectionNumber, outer: SectionNumber): boolean {
  return outer.every((part, index) => number[index] === part);
}

/**
 * Whether a section lies in one of the ranges: `7.6` is the section with all below it, `1-6` all from 1 to the end of 6.
 *
 * @requirement MEX-14
 */
export function isInRanges(number: SectionNumber, ranges: readonly string[]): boolean {
  return ranges.some((range) => {
    const [from, to] = range.split(/[-–—]/).map(sectionNumber);
    if (from === undefined) return false;
    const last = to ?? from;
    return sortKey(number) >= sortKey(from) && sortKey(number.slice(0, last.length)) <= sortKey(last);
  });
}

/** Sorts as the sections stand: each before those that lie in it. */
function sortKey(number: SectionNumber): string {
  return number.map((part) => String(part).padStart(6, "0")).join(".");
}
