/** One row as a database gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** @throws where the column holds no text: the tables are strict, so that is a bug */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== "string") throw new Error(`${column} is no text`);
  return value;
}

/** @throws where the column holds no number: the tables are strict, so that is a bug */
export function integerOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== "number") throw new Error(`${column} is no number`);
  return value;
}
