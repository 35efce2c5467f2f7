import type { SQLOutputValue } from "node:sqlite";

/** One row as the database gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** @throws where the column holds no text: the tables are STRICT, so that is a bug */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== "string") throw new Error(`${column} is no text`);
  return value;
}

/** @throws where the column holds no integer: the tables are STRICT, so that is a bug */
export function integerOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== "number") throw new Error(`${column} is no integer`);
  return value;
}
