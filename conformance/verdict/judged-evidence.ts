import type { CheckResult, Evidence, Status } from "../../src/index.js";
import type { CitedPlace } from "../evidence/index.js";
import { boundedText, byKeys } from "./bounded-text.js";
import { groupByEach } from "./group-by-each.js";
import type { Execution, VerdictInput } from "./verdict-input.js";

/** A place with what came of it for one requirement. */
export type JudgedEvidence = Evidence & {
  /** Whether its lines stand there and are code. */
  readonly resolved: boolean;
};

type Lines = { readonly from: number; readonly to: number };

/** Worst first: where a name has several results, the worst counts. */
const severity: readonly Status[] = [
  "fail",
  "xpass",
  "stale",
  "unverified",
  "xfail",
  "waived",
  "skip",
  "planned",
  "pass",
];
const kindOrder: readonly Evidence["kind"][] = [
  "rule",
  "code",
  "case",
  "attack",
  "test",
  "measurement",
  "artifact",
  "inspection",
];

/** Looks up what came of the evidence; made once for a whole verdict. */
export type EvidenceJudge = (requirement: string) => readonly JudgedEvidence[];

/**
 * Joins places with the checks of the same id, and rules with the lines that ran under passing checks of the same
 * requirement. A check that cites a requirement without a place of its own stands for itself.
 *
 * A rule counts as executed when its first row ran: OPA marks a rule's head when the whole body held.
 */
export function evidenceJudge(input: Pick<VerdictInput, "evidence" | "checks" | "executions">): EvidenceJudge {
  const checks = Map.groupBy(input.checks, (check) => keyOf(kindOfCheck(check), check.id));
  const executions = Map.groupBy(input.executions, (one) => one.check);
  const citing = groupByEach(input.checks, (check) => check.requirements);
  const places = groupByEach(uniquePlaces(input.evidence), (place) => place.requirements);

  return (requirement) => {
    const mine = places.get(requirement) ?? [];
    const passed = (citing.get(requirement) ?? []).filter((check) => check.status === "pass");
    const ran = passed.flatMap((check) => executions.get(check.id) ?? []);
    const looked = ran.length > 0;
    const placed = new Set(mine.map((place) => keyOf(place.kind, place.name)));
    const own = (citing.get(requirement) ?? []).filter((check) => !placed.has(keyOf(kindOfCheck(check), check.id)));
    const all = [
      ...mine.map((place) => judge(place, checks.get(keyOf(place.kind, place.name)) ?? [], ran, looked)),
      ...own.map((check) => ({ ...placeOfCheck(check), ...outcome([check]), resolved: true })),
    ];
    return all.sort(
      byKeys((one) => [kindOrder.indexOf(one.kind), one.file, one.row, one.end_row, one.name, JSON.stringify(one)]),
    );
  };
}

function judge(
  place: CitedPlace,
  checks: readonly CheckResult[],
  ran: readonly Execution[],
  looked: boolean,
): JudgedEvidence {
  const base = {
    kind: place.kind,
    name: boundedText(place.name, 500),
    file: place.file,
    row: place.row,
    end_row: place.end_row,
    resolved: place.unresolved === undefined,
  };
  if (place.unresolved !== undefined) return { ...base, status: "fail", detail: boundedText(place.unresolved, 4000) };
  switch (place.kind) {
    case "rule": {
      if (!looked) return { ...base, status: "unverified", detail: "no passing check that cites it was replayed" };
      const executed = linesWithin(place, ran);
      const fired = executed.some((range) => range.from <= place.row && place.row <= range.to);
      return fired
        ? { ...base, status: "pass", executed }
        : { ...base, status: "unverified", executed, detail: "no passing check that cites it made this rule hold" };
    }
    case "code":
      return { ...base, ...coverageOf(place) };
    case "case":
    case "attack":
      return { ...base, ...outcome(checks) };
    default:
      return {
        ...base,
        status: place.status ?? "unverified",
        ...(place.detail === undefined ? {} : { detail: boundedText(place.detail, 4000) }),
      };
  }
}

/** Where a coverage report speaks of code, all that could run must have; such a report does not tell which test ran it. */
function coverageOf({
  executed,
  idle = [],
}: CitedPlace): { readonly status: Status } & Pick<Evidence, "executed" | "detail"> {
  if (executed === undefined) return { status: "pass" };
  const rows = executed.map(({ from, to }) => ({ from, to }));
  if (idle.length === 0) return { status: "pass", executed: rows, detail: "all of it ran in the test run" };
  const missed = idle.map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`)).join(", ");
  const detail = boundedText(`did not run in the test run: row ${missed}`, 4000);
  return { status: "unverified", executed: rows, detail };
}

function outcome(checks: readonly CheckResult[]): { readonly status: Status; readonly detail?: string } {
  const worst = checks.toSorted(byKeys((one) => [severity.indexOf(one.status), one.detail ?? ""]))[0];
  if (worst === undefined) return { status: "unverified", detail: "it was not run" };
  if (worst.detail === undefined) return { status: worst.status };
  return { status: worst.status, detail: boundedText(worst.detail, 4000) };
}

function placeOfCheck(check: CheckResult): Omit<Evidence, "status"> {
  const { file, row } = check;
  return { kind: kindOfCheck(check), name: boundedText(check.id, 500), file, row, end_row: row };
}

function kindOfCheck(check: CheckResult): "case" | "test" | "attack" {
  return check.kind === "case" || check.kind === "test" ? check.kind : "attack";
}

function keyOf(kind: Evidence["kind"], name: string): string {
  return `${kind} ${name}`;
}

function linesWithin(place: CitedPlace, ran: readonly Execution[]): Lines[] {
  const inside = ran
    .filter((one) => one.file === place.file)
    .flatMap((one) => one.lines)
    .map(({ from, to }) => ({ from: Math.max(from, place.row), to: Math.min(to, place.end_row) }))
    .filter(({ from, to }) => from <= to)
    .sort(byKeys((range) => [range.from, range.to]));
  const merged: Lines[] = [];
  for (const range of inside) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else merged.push(range);
  }
  return merged;
}

function uniquePlaces(places: readonly CitedPlace[]): readonly CitedPlace[] {
  return [...new Map(places.map((place) => [JSON.stringify(place, Object.keys(place).sort()), place])).values()];
}
