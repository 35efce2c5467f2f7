/**
 * Makes a JSON value smaller while it still shows what it showed: drops keys and items, then empties texts and numbers,
 * until nothing more can go.
 *
 * @param stillShows - asked at most `budget` times
 */
export async function shrinkInput(
  value: unknown,
  stillShows: (candidate: unknown) => Promise<boolean>,
  budget = 400,
): Promise<unknown> {
  let current = value;
  let left = budget;
  for (let progress = true; progress && left > 0; ) {
    progress = false;
    for (const candidate of smallerThan(current)) {
      if (left-- <= 0) break;
      if (await stillShows(candidate)) {
        current = candidate;
        progress = true;
        break;
      }
    }
  }
  return current;
}

function* smallerThan(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1);
    for (const [index, item] of value.entries()) {
      for (const smaller of smallerThan(item)) yield value.with(index, smaller);
    }
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    for (const [dropped] of entries) yield Object.fromEntries(entries.filter(([key]) => key !== dropped));
    for (const [key, item] of entries) {
      for (const smaller of smallerThan(item)) yield { ...value, [key]: smaller };
    }
  } else if (typeof value === "string" && value.length > 1) {
    yield "";
    yield value.slice(0, value.length >> 1);
  } else if (typeof value === "number" && value !== 0) {
    yield 0;
  }
}
