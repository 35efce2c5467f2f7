import type { MutatedRule } from "../../src/index.js";
import type { CoveredRows } from "./rego-trials.js";
import { type KnownRule, knownRule } from "./trial-groups.js";

/** Which rows of earlier rules stand for each row of a rule as it is. */
type Heir = { readonly file: string; readonly row: number; readonly forebears: readonly Forebear[] };
type Forebear = { readonly file: string; readonly from: number; readonly to: number };

/**
 * Translates rows that ran before rules were edited into rows of the rules as they are. Rows that a rule has kept, counted
 * from its beginning or from its end, keep who ran them; of the others between, whoever ran one of the old ran all of the
 * new. A rule that is not found again by its text goes by a rule of its name that is gone, or by any of its name.
 *
 * @returns undefined where some rule has no forebear: nobody can say then who would run it
 */
export function rowsNow(
  before: readonly KnownRule[],
  now: readonly MutatedRule[],
): ((covered: CoveredRows) => CoveredRows) | undefined {
  const left = new Set(before);
  const rules = now.map(knownRule).map((rule) => {
    const same = before.find((one) => left.has(one) && one.file === rule.file && one.text === rule.text);
    if (same !== undefined) left.delete(same);
    return { rule, same };
  });
  const heirs: Heir[] = [];
  for (const { rule, same } of rules) {
    const named = before.filter(({ name, package: in_ }) => name === rule.name && in_ === rule.package);
    const gone = named.filter((one) => left.has(one));
    const old = same === undefined ? (gone.length > 0 ? gone : named) : [same];
    if (old.length === 0) return undefined;
    heirs.push(...heirsOf(rule, old));
  }
  return (covered) => {
    const found: Record<string, [number, number][]> = {};
    for (const { file, row, forebears } of heirs) {
      if (!forebears.some((one) => ran(covered[one.file] ?? [], one))) continue;
      const rows = found[file] ?? [];
      const last = rows.at(-1);
      if (last !== undefined && last[1] === row - 1) last[1] = row;
      else rows.push([row, row]);
      found[file] = rows;
    }
    return found;
  };
}

function heirsOf(rule: KnownRule, old: readonly KnownRule[]): readonly Heir[] {
  const lines = rule.text.split("\n");
  return lines.map((_, at) => ({
    file: rule.file,
    row: rule.row + at,
    forebears: old.map((one) => forebear(lines, at, one)),
  }));
}

/** The rows of an earlier rule that a line of a later one stands for. */
function forebear(lines: readonly string[], at: number, { file, row, text }: KnownRule): Forebear {
  const old = text.split("\n");
  const shorter = Math.min(old.length, lines.length);
  const differs = old.findIndex((line, n) => line !== lines[n]);
  const head = Math.min(differs < 0 ? old.length : differs, shorter);
  const backwards = old.toReversed().findIndex((line, n) => line !== lines.at(-1 - n));
  const tail = Math.min(backwards < 0 ? old.length : backwards, shorter - head);
  const here = (from: number, to: number) => ({ file, from: row + from, to: row + to });
  if (at < head) return here(at, at);
  const fromEnd = lines.length - at;
  if (fromEnd <= tail) return here(old.length - fromEnd, old.length - fromEnd);
  // Nothing stood where there is something now: who ran any of the rule may run it.
  return head === old.length - tail ? here(0, old.length - 1) : here(head, old.length - tail - 1);
}

function ran(ranges: CoveredRows[string], { from, to }: Forebear): boolean {
  return ranges.some(([first, last]) => first <= to && last >= from);
}
