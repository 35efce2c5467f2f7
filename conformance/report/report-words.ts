import type { Report, Status } from "../../src/index.js";

/** What the counts mean in a sentence. */
export type Score = {
  /** Requirements in force, and how many of them are met by evidence or by a waiver. */
  readonly inForce: number;
  readonly met: number;
  readonly waived: number;
  readonly planned: number;
};

/** Counts the requirements that a verdict is about. */
export function scoreOf({ requirements }: Report): Score {
  const count = (status: Status) => requirements.filter((one) => one.status === status).length;
  const planned = count("planned");
  return { inForce: requirements.length - planned, met: count("pass"), waived: count("waived"), planned };
}

/** One sentence that says what was shown. */
export function headline(report: Report): string {
  const { inForce, met, waived, planned } = scoreOf(report);
  const parts = [`${met} of ${inForce} requirements in force are met`];
  if (waived > 0) parts.push(`${waived} waived (${met + waived} with waivers)`);
  if (planned > 0) parts.push(`${planned} planned`);
  return parts.join(", ");
}

/** `12 pass, 1 fail`: the counts of a total, in the order they are written. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([status, count]) => `${grouped(count)} ${status}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** A whole number with thin groups of three, the same everywhere. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** `1 gap`, `2 gaps`. */
export function plural(count: number, word: string): string {
  return `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** How many of the mutants of cited lines were noticed; undefined where none is known. */
export function mutantsText({ totals: { mutants } }: Report): string | undefined {
  if (mutants === undefined || mutants.killed + mutants.survived === 0) return undefined;
  const { killed, survived } = mutants;
  // Rounded down, so that a survivor never hides behind 100 %.
  const share = Math.floor((killed / (killed + survived)) * 1000) / 10;
  return `${grouped(killed)} of ${plural(killed + survived, "mutant")} of the cited lines killed (${share} %)`;
}

/** What the generated inputs showed, in one line. */
export function inputsText({ totals }: Report): string {
  return (
    `${grouped(totals.property_inputs)} generated inputs, ${grouped(totals.interpreter_inputs)} also through the interpreter: ` +
    `${plural(totals.disagreements, "disagreement")}, ${totals.bypasses === 1 ? "1 bypass" : `${grouped(totals.bypasses)} bypasses`}`
  );
}
