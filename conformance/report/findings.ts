import type { CheckResult, Evidence, Report, RequirementResult } from "../../src/index.js";

/** Texts of files that the report speaks of, by their path from the repository's root. */
export type Sources = ReadonlyMap<string, string>;

/** Where a finding stands; rows count from 1. */
export type Spot = { readonly file: string; readonly row: number; readonly end_row: number };

/** One thing that a reader of a failed run must look at. */
export type Finding = {
  /** Errors fail the run; warnings do not; notes are accepted by a waiver. */
  readonly level: "error" | "warning" | "note";
  /** The requirement it is about, or the kind of thing where it is about none. */
  readonly rule: string;
  readonly title: string;
  readonly message: string;
  readonly spot?: Spot;
  /** Other places that speak of it, at most ten. */
  readonly related: readonly Spot[];
};

/** Everything in a report that is not as it should be: requirements, then checks, then what the run itself has. */
export function findingsOf(report: Report, sources: Sources): readonly Finding[] {
  const requirements = report.requirements.flatMap((one) => [...requirementFinding(one, sources), ...survivorsOf(one)]);
  const checks = report.checks.flatMap(checkFinding);
  return [...requirements, ...checks, ...runFindings(report)];
}

/** Finds the row that declares a requirement in the sources, so that a gap without evidence has a place too. */
export function requirementSpot(id: string, sources: Sources): Spot | undefined {
  const declares = new RegExp(`^\\s*(?:-\\s*)?\\{?\\s*id:\\s*["']?${RegExp.escape(id)}["']?\\s*(?:,.*|#.*)?$`);
  for (const [file, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!/\.ya?ml$/.test(file) || !text.includes(id)) continue;
    const at = text.split("\n").findIndex((line) => declares.test(line));
    if (at !== -1) return { file, row: at + 1, end_row: at + 1 };
  }
  return undefined;
}

function requirementFinding(one: RequirementResult, sources: Sources): Finding[] {
  const level = levelOf(one);
  if (level === undefined) return [];
  const open = one.evidence.filter((each) => each.status !== "pass" && each.status !== "skip");
  const spots = (open.length > 0 ? open : one.evidence).map(spotOf);
  const spot = spots[0] ?? requirementSpot(one.id, sources);
  const gaps = one.gaps.length > 0 ? one.gaps : ["evidence of it failed"];
  const shown = gaps.slice(0, 5).join("\n");
  const rest = gaps.length > 5 ? `\nand ${gaps.length - 5} more gaps` : "";
  return [
    {
      level,
      rule: one.id,
      title: `${one.id} ${wordFor(one)}`,
      message: `${one.text}\n${shown}${rest}`,
      ...(spot === undefined ? {} : { spot }),
      related: spots.slice(1, 11),
    },
  ];
}

/** Most survivors that are told of one requirement. */
export const maxSurvivors = 20;

/** The mutants that nobody noticed, each at its row with its diff; of a requirement in force. */
export function survivorsOf(one: RequirementResult): Finding[] {
  const level = levelOf(one);
  if (level === undefined || one.status === "planned") return [];
  const all = (one.proof?.places ?? []).flatMap((place) => place.mutants.map((mutant) => ({ place, mutant })));
  const survivors = all.filter(({ mutant }) => mutant.diff !== undefined).slice(0, maxSurvivors);
  return survivors.map(
    ({ place: { kind, name, file }, mutant: { row, mutator, replacement, why = "", diff = "" } }) => ({
      level,
      rule: one.id,
      title: `${one.id}: a mutant of ${kind} ${name} survived: ${mutator} ${JSON.stringify(replacement.slice(0, 60))}`,
      // A tab is a control character to most who show this.
      message: `${why}\n${diff.replaceAll("\t", "  ")}`,
      spot: { file, row, end_row: row },
      related: [],
    }),
  );
}

function levelOf({ status, gaps }: RequirementResult): Finding["level"] | undefined {
  if (failing.has(status)) return "error";
  if (status === "waived") return "note";
  return gaps.length > 0 ? "warning" : undefined;
}

function wordFor({ status, demanded }: RequirementResult): string {
  if (status === "waived") return "is waived";
  if (status === "unverified") return `is not verified up to ${demanded}`;
  return status === "stale" ? "has a stale proof" : `does not reach ${demanded}`;
}

/** The statuses that fail a run. */
export const failing: ReadonlySet<Evidence["status"]> = new Set(["fail", "xpass", "unverified", "stale"]);

function checkFinding(check: CheckResult): Finding[] {
  if (!failing.has(check.status)) return [];
  const words = {
    fail: "failed",
    xpass: "passes though it is expected to fail",
    unverified: "has no result",
    stale: "is stale",
  };
  const word = Object.entries(words).find(([status]) => status === check.status)?.[1] ?? check.status;
  return [
    {
      level: "error",
      rule: check.requirements[0] ?? `check/${check.kind}`,
      title: `${check.kind} ${check.id} ${word}`,
      message: check.detail === undefined ? check.title : `${check.title}\n${check.detail}`,
      spot: { file: check.file, row: check.row, end_row: check.row },
      related: [],
    },
  ];
}

/** Reasons that no requirement and no check already tells: problems, waivers, regressions, an empty run. */
function runFindings({ reasons, requirements, checks }: Report): Finding[] {
  const told = [
    ...requirements.flatMap(({ id }) => [
      `${id} does not reach `,
      `${id} has evidence `,
      `${id}: the recorded proof`,
      `${id}: a mutant of`,
    ]),
    ...checks.map((check) => `${check.kind} ${check.id} (`),
  ];
  return reasons
    .filter(({ text }) => !told.some((start) => text.startsWith(start)))
    .map(({ text, exit_code }) => {
      const at = /^([^\s:]+):(\d{1,7})(?::\d+)?: /.exec(text);
      const row = Number(at?.[2]);
      return {
        level: "error",
        rule: `run/exit_${exit_code}`,
        title: "the run fails",
        message: text,
        ...(at?.[1] === undefined ? {} : { spot: { file: at[1], row, end_row: row } }),
        related: [],
      };
    });
}

function spotOf({ file, row, end_row }: Evidence): Spot {
  return { file, row, end_row };
}
