import { CommandFailure } from "../terminal.js";

const form = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** Milliseconds of a date, which is taken as midnight UTC, or of a moment with its offset. */
export function momentOf(text: string): number {
  const atMs = form.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  const hint = "such as 2026-01-31, or 2026-01-31T08:00:00Z";
  throw new CommandFailure([{ code: "usage/flag", message: `this is no date: ${text}`, hint }]);
}
