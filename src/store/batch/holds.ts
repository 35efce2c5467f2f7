import type { Hold } from "./takings-state.js";

/** What an execution reserved, as it is stored: `[[key, at_ms, amount], ...]`. */
export function holdsText(holds: readonly Hold[]): string {
  return JSON.stringify(holds.map(({ key, atMs, amount }) => [key, atMs, amount]));
}

/** @throws where the text is not what `holdsText` gives */
export function holdsFrom(text: string): readonly Hold[] {
  const items: unknown = JSON.parse(text);
  if (!Array.isArray(items)) throw new Error("what was reserved cannot be read");
  return items.map((item: unknown) => {
    const [key, atMs, amount]: readonly unknown[] = Array.isArray(item) ? item : [];
    if (typeof key === "string" && typeof atMs === "number" && typeof amount === "number") return { key, atMs, amount };
    throw new Error("what was reserved cannot be read");
  });
}
