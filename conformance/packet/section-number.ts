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
 */
export function isInRanges(number: SectionNumber, ranges: readonly string[]): boolean {
  return ranges.some((range) => {
    const [from, to] = range.split(/\s*[-–—]\s*/).map((end) => sectionNumber(end));
    if (from === undefined) return false;
    if (to === undefined) return liesIn(number, from);
    return compare(number, from) >= 0 && (compare(number, to) <= 0 || liesIn(number, to));
  });
}

function compare(one: SectionNumber, other: SectionNumber): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? -1) - (other[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
