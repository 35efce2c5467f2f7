import { err, ok, type Problem, type Report, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { type Baseline, readBaseline, updateHint } from "./baseline.js";
import { textOfRepository } from "./current-report.js";
import { findRegressions, type Regression, regression } from "./regressions.js";
import { type Statement, standingsOf } from "./standing.js";

/** Where a repository keeps its baseline, from its root. */
export function baselinePath({ specs }: Pick<Config, "specs">): string {
  return `${specs}/baseline.json`;
}

/** What a baseline says of a report; where there is none, nothing can be worse. */
export type Comparison = { readonly regressions: readonly Regression[]; readonly notes: readonly string[] };

/**
 * Compares a report with the text of a baseline. An edited baseline is a regression itself, and is compared all the same.
 *
 * @returns on failure what is wrong with the baseline's text
 * @requirement HAR-06
 */
export function againstBaseline(
  config: Config,
  report: Report,
  file: string,
  text: string,
): Result<readonly Regression[], readonly Problem[]> {
  const baseline = readBaseline(text, file);
  if (!baseline.ok) return baseline;
  const standings = standingsOf(report, textOfRepository(config.root));
  const mine = ({ id }: { readonly id: string }) => report.only.length === 0 || report.only.includes(id);
  const before = baseline.value.requirements.filter(mine);
  return ok([...editedBy(baseline.value, file), ...findRegressions(before, { statements: standings, standings })]);
}

/**
 * Compares what requirements say with the text of a baseline, and leaves out how they stand.
 *
 * @returns on failure what is wrong with the baseline's text
 */
export function againstStatements(
  statements: readonly Statement[],
  file: string,
  text: string,
): Result<readonly Regression[], readonly Problem[]> {
  const baseline = readBaseline(text, file);
  if (!baseline.ok) return baseline;
  return ok([...editedBy(baseline.value, file), ...findRegressions(baseline.value.requirements, { statements })]);
}

/**
 * What a run is told of the committed baseline, one sentence each: nothing where there is no baseline, and one that
 * cannot be read is no better than a worse run.
 *
 * @requirement HAR-06
 */
export function baselineRegressions(config: Config, report: Report): readonly string[] {
  const file = baselinePath(config);
  const text = textOfRepository(config.root)(file);
  if (text === undefined) return [];
  const compared = againstBaseline(config, report, file, text);
  if (compared.ok) return compared.value.map((one) => one.text);
  return compared.error.map(({ message }) => `${file} cannot be read: ${message}; ${updateHint}`);
}

/** @requirement HAR-06 */
function editedBy({ edited }: Baseline, file: string): Regression[] {
  if (edited === undefined) return [];
  return [regression("", "baseline", `${file} as the command wrote it`, `edited by hand: ${edited}; ${updateHint}`)];
}

/** The problem of a baseline that is not there. */
export function noBaseline(file: string): Result<never, readonly Problem[]> {
  const message = "there is no baseline";
  return err([
    { code: "usage/missing", message, place: { file }, hint: "write one first: lockkeeper baseline --update" },
  ]);
}
