import { existsSync, rmSync } from "node:fs";
import { isRecord } from "../../src/index.js";
import type { HttpAnswer } from "./http-client.js";

/** What can tell whether something ran. Each that is there is asked; the largest number counts. */
export type Observers = {
  /** How many executions were started, where the harness started the gateway. */
  readonly tally?: () => number;
  /** A file that the command leaves, if it runs. */
  readonly marker?: string;
  /** What the gateway recorded of an execution; undefined where it does not say. */
  readonly record?: (executionId: string) => Promise<unknown>;
};

/** What was answered, and how many executions there were meanwhile. */
export type Seen = {
  readonly answers: readonly HttpAnswer[];
  readonly runs: number;
  /** Which observer saw the most. */
  readonly by: string;
  /** What was seen from outside: executions counted, or the file that was left. */
  readonly effects: number;
};

/**
 * Asks, and finds out how many executions that started. A marker that is found is taken away, so that the next question starts
 * without one.
 */
export async function watched(observers: Observers, ask: () => Promise<readonly HttpAnswer[]>): Promise<Seen> {
  const { tally, marker } = observers;
  clear(marker);
  const before = tally?.() ?? 0;
  const answers = await ask();
  const recorded = await Promise.all(answers.map((answer) => ranByRecord(observers, answer)));
  const [counted, left] = [(tally?.() ?? 0) - before, marker !== undefined && existsSync(marker) ? 1 : 0];
  const counts: readonly (readonly [string, number])[] = [
    ["its answer", answers.filter(ranByAnswer).length],
    ["its record", recorded.filter((ran) => ran).length],
    ["the executions counted", counted],
    ["the file that it left", left],
  ];
  clear(marker);
  const runs = Math.max(...counts.map(([, count]) => count));
  return { answers, runs, by: counts.find(([, count]) => count === runs)?.[0] ?? "", effects: Math.max(counted, left) };
}

function clear(marker: string | undefined): void {
  if (marker !== undefined) rmSync(marker, { force: true });
}

/** An answer that says that it went well, or how the command ended, is one of a command that ran. */
export function ranByAnswer({ json, text }: Pick<HttpAnswer, "json" | "text">): boolean {
  if (isRecord(json)) return json.success === true || typeof json.exit_code === "number" || "output" in json;
  return /^event: (?:output|end)$/m.test(text);
}

async function ranByRecord({ record }: Observers, { json }: HttpAnswer): Promise<boolean> {
  if (record === undefined || !isRecord(json) || typeof json.execution_id !== "string") return false;
  return ranByEntries(await record(json.execution_id));
}

/** What `GET /executions/:id` gives says that it ran: it is running, or it has ended and was started. */
export function ranByEntries(entries: unknown): boolean {
  if (!isRecord(entries)) return false;
  if (entries.state === "running") return true;
  return isRecord(entries.end) && entries.end.outcome !== "not_started";
}
