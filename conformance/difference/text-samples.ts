import fc from "fast-check";

/** The longest text that is made, in UTF-16 code units. */
const longest = 9000;

/**
 * Makes texts on which two versions of a text in a policy could disagree: were it a regular expression, texts that one
 * matches and the other does not; were it a list of characters, those that only one has.
 *
 * @param seed - the same seed gives the same texts
 */
export function textsBetween(old: string, now: string, seed: number): string[] {
  const letters = (text: string, other: string) => [...new Set(text)].filter((letter) => !other.includes(letter));
  const differing = [...letters(now, old), ...letters(old, now)].slice(0, 20);
  return [...new Set([...patternsBetween(old, now, seed), ...differing, ...differing.map((letter) => `a${letter}b`)])];
}

function patternsBetween(old: string, now: string, seed: number): string[] {
  if (!isPattern(old) && !isPattern(now)) return [];
  const [one, other] = [patternOf(old), patternOf(now)];
  if (one === undefined || other === undefined) return [];
  const found: string[] = [];
  for (const [from, to] of [
    [other, one],
    [one, other],
  ] as const) {
    const samples = samplesOf(from, 150, seed);
    const grown = samples.slice(0, 20).map((text) => grownWhile((next) => from.test(next), text));
    const edited = samples.slice(0, 40).flatMap((text) => edits(text).filter((next) => from.test(next)));
    found.push(...[...samples, ...grown, ...edited].filter((text) => !to.test(text)).slice(0, 12));
  }
  return found;
}

/** Makes texts that a pattern of policy data matches, few and different; none where it is not one that JavaScript knows. */
export function textsMatching(pattern: string, count: number, seed: number): string[] {
  const found = patternOf(pattern);
  return found === undefined ? [] : [...new Set(samplesOf(found, count, seed))];
}

function isPattern(text: string): boolean {
  return /[[\\(|*+?{]/.test(text);
}

/** RE2 as JavaScript: whole, in Unicode, with its way of writing code points. */
function patternOf(text: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${text.replaceAll("\\x{", "\\u{")})$`, "u");
  } catch {
    return undefined;
  }
}

function samplesOf(pattern: RegExp, count: number, seed: number): string[] {
  try {
    return fc
      .sample(fc.stringMatching(pattern), { seed, numRuns: count })
      .filter((text) => text.length <= longest && text.isWellFormed());
  } catch {
    // Not every pattern can be turned into a generator; then there are no samples of it.
    return [];
  }
}

/** Repeats single characters for as long as the text still fits. */
function grownWhile(fits: (text: string) => boolean, text: string): string {
  let current = text;
  for (let at = 0; at < Math.min(current.length, 12); at++) {
    for (let next = current; next.length < 600; ) {
      next = next.slice(0, at) + (next[at] ?? "") + next.slice(at);
      if (!fits(next)) break;
      current = next;
    }
  }
  return current;
}

const inserted = ["/", "-", ".", "..", " ", "=", "%", "$", "\\", ",", ":", ";", "a", "Z", "0", "_", "\u{200b}"];

function edits(text: string): string[] {
  const middle = text.length >> 1;
  return inserted.flatMap((part) => [
    part + text,
    text + part,
    text.slice(0, middle) + part + text.slice(middle),
    part + text.slice(1),
  ]);
}
