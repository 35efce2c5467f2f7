import { ladders } from "../../src/index.js";
import { boundedText } from "../verdict/index.js";
import { type Standing, type StandingEvidence, type Statement, sha256, unjudged } from "./standing.js";

/** What can get worse. */
export type RegressionKind =
  | "vanished"
  | "reworded"
  | "revision_lowered"
  | "level_lowered"
  | "method_changed"
  | "since_put_off"
  | "rung_lost"
  | "evidence_gone"
  | "test_skipped"
  | "evidence_worse"
  | "baseline"
  | "anchor";

/** One thing that got worse, with what was and what is. */
export type Regression = {
  /** The requirement's id; empty where it is about the baseline itself or an anchor. */
  readonly requirement: string;
  readonly kind: RegressionKind;
  readonly before: string;
  readonly after: string;
  /** All of it in one sentence. */
  readonly text: string;
};

/** How requirements stand now; without standings, only what they say is compared. */
export type Now = { readonly statements: readonly Statement[]; readonly standings?: readonly Standing[] };

/**
 * Names everything that is worse now than before, sorted by requirement: gone, reworded without a new revision, lower
 * in level, with another method, put off, short of a rung, or with evidence that is gone, skipped or no longer passes.
 * What is new, and what was never reached, is no regression.
 *
 * @requirement HAR-06, MEX-10
 */
export function findRegressions(before: readonly Standing[], now: Now): readonly Regression[] {
  const statements = new Map(now.statements.map((one) => [one.id, one]));
  const standings = new Map(now.standings?.map((one) => [one.id, one]));
  const sorted = before.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.flatMap((old) => {
    const statement = statements.get(old.id);
    if (statement === undefined) return [regression(old.id, "vanished", quoted(old.text), "nothing has this id")];
    const said = statementRegressions(old, statement);
    if (now.standings === undefined) return said;
    const standing = standings.get(old.id) ?? { ...statement, ...unjudged };
    return [...said, ...rungRegressions(old, standing), ...evidenceRegressions(old, standing)];
  });
}

/** A regression with its sentence. */
export function regression(requirement: string, kind: RegressionKind, before: string, after: string): Regression {
  const text = `${requirement === "" ? "" : `${requirement} `}${words[kind]}: before ${before}; after ${after}`;
  return { requirement, kind, before, after, text: boundedText(text, 1000) };
}

const words = {
  vanished: "vanished",
  reworded: "was reworded without a new rev",
  revision_lowered: "went back to an earlier rev",
  level_lowered: "is demanded less",
  method_changed: "is shown by another method",
  since_put_off: "was put off",
  rung_lost: "lost a rung",
  evidence_gone: "lost evidence",
  test_skipped: "has a test that is skipped now",
  evidence_worse: "has evidence that no longer passes",
  baseline: "the baseline",
  anchor: "an anchor of the spec",
} as const satisfies Record<RegressionKind, string>;

/** @requirement HAR-06 */
function statementRegressions(old: Statement, now: Statement): Regression[] {
  const found: Regression[] = [];
  const { id } = old;
  if (now.rev < old.rev) found.push(regression(id, "revision_lowered", `rev ${old.rev}`, `rev ${now.rev}`));
  if (now.rev <= old.rev && wordsOf(now.text) !== wordsOf(old.text)) {
    found.push(regression(id, "reworded", quoted(old.text), `${quoted(now.text)}, still rev ${now.rev}`));
  }
  if (old.level === "MUST" && now.level !== "MUST") found.push(regression(id, "level_lowered", old.level, now.level));
  if (now.method !== old.method) found.push(regression(id, "method_changed", old.method, now.method));
  if (isLater(now.since, old.since)) found.push(regression(id, "since_put_off", old.since, now.since));
  return found;
}

/**
 * Line ends and spaces are no wording.
 *
 * @requirement HAR-06
 */
function wordsOf(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}

function quoted(text: string): string {
  return `"${boundedText(wordsOf(text), 300)}"`;
}

/** @requirement HAR-06 */
function isLater(since: string, than: string): boolean {
  const [major = 0, minor = 0] = since.split(".").map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split(".").map(Number);
  return (major - thanMajor || minor - thanMinor) > 0;
}

/**
 * Every rung that was reached and is not. Rungs of another method cannot be held against the new one.
 *
 * @requirement HAR-06
 */
function rungRegressions(old: Standing, now: Standing): Regression[] {
  if (old.method !== now.method) return [];
  const rungs: readonly string[] = ladders[old.method];
  const lost = rungs.filter((rung) => old.reached.includes(rung) && !now.reached.includes(rung));
  if (lost.length === 0) return [];
  const last = now.reached.at(-1) ?? "no rung";
  return [regression(old.id, "rung_lost", `${old.reached.at(-1)}`, `${last} (lost: ${lost.join(", ")})`)];
}

/**
 * Compares place by place. A place is the same if its kind and name are; where several have one name, those with the same
 * lines, then the same file, are matched first. One that only moved or was renamed has the same lines still.
 *
 * @requirement HAR-06
 */
function evidenceRegressions(old: Standing, now: Standing): Regression[] {
  const matched = new Map<StandingEvidence, StandingEvidence>();
  const taken = new Set<StandingEvidence>();
  for (const keyOf of sameness) {
    const free = Map.groupBy(
      now.evidence.filter((one) => !taken.has(one)),
      keyOf,
    );
    for (const one of old.evidence) {
      const key = keyOf(one);
      const match = matched.has(one) || key === undefined ? undefined : free.get(key)?.pop();
      if (match === undefined) continue;
      matched.set(one, match);
      taken.add(match);
    }
  }
  return old.evidence.flatMap((one) => placeRegression(old.id, one, matched.get(one)));
}

/** The lines of a place that is not there: two such places have nothing in common. */
const noLines = sha256("");

/** What makes two places the same, surest first. */
const sameness: readonly ((one: StandingEvidence) => string | undefined)[] = [
  ({ kind, name, file, lines_sha256 }) => JSON.stringify([kind, name, file, lines_sha256]),
  ({ kind, name, lines_sha256 }) => JSON.stringify([kind, name, lines_sha256]),
  ({ kind, name, file }) => JSON.stringify([kind, name, file]),
  ({ kind, name }) => JSON.stringify([kind, name]),
  ({ kind, lines_sha256 }) => (lines_sha256 === noLines ? undefined : JSON.stringify([kind, lines_sha256])),
];

/** @requirement HAR-06 */
function placeRegression(id: string, old: StandingEvidence, now: StandingEvidence | undefined): Regression[] {
  const place = `${old.kind} ${old.name} (${old.file})`;
  if (now === undefined) return [regression(id, "evidence_gone", place, "not cited any more")];
  if (old.status !== "pass" || now.status === "pass") return [];
  const kind = now.status === "skip" ? "test_skipped" : "evidence_worse";
  return [regression(id, kind, `${place}: ${old.status}`, now.status)];
}
