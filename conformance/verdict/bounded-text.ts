/** Cuts a text to a length in UTF-16 code units, never through a character, and mends half characters. */
export function boundedText(text: string, maxLength: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= maxLength) return whole;
  const cut = whole.slice(0, maxLength - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Orders texts by their code units: the same on every machine. */
export function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Orders by several keys in turn; numbers by size, texts by code units. */
export function byKeys<T>(keysOf: (item: T) => readonly (string | number)[]): (a: T, b: T) => number {
  return (a, b) => {
    const [left, right] = [keysOf(a), keysOf(b)];
    for (const [index, key] of left.entries()) {
      const other = right[index];
      const order =
        typeof key === "number" && typeof other === "number" ? key - other : byCodeUnits(`${key}`, `${other}`);
      if (order !== 0) return order;
    }
    return 0;
  };
}
