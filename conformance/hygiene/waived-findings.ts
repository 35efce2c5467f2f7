import type { Waiver } from "../../src/index.js";
import type { HygieneFinding } from "./hygiene-finding.js";

/** What a search was about, so that only waivers it could judge are judged. */
export type WaiverScope = {
  /** Every rule there is, by id. */
  readonly rules: ReadonlySet<string>;
  /** The rules that were looked for. */
  readonly asked: ReadonlySet<string>;
  /** The files that were looked at; undefined for all. A waiver without a file is about more than some. */
  readonly files: ReadonlySet<string | undefined> | undefined;
  /** Ids of the specification; undefined where there is none to compare with. */
  readonly known: ReadonlySet<string> | undefined;
  /** `YYYY-MM-DD` in UTC. A waiver holds through its last day. */
  readonly today: string;
};

/**
 * Marks the findings that a waiver accepts, and says what is wrong with waivers of hygiene rules, a sentence each:
 * expired, orphaned (its requirement, rule or file is gone), or not needed. What is expired accepts nothing.
 *
 * @requirement MEX-11
 */
export function waivedFindings(
  findings: readonly HygieneFinding[],
  all: readonly Waiver[],
  { rules, asked, files, known, today }: WaiverScope,
): { readonly findings: readonly HygieneFinding[]; readonly faults: readonly string[] } {
  const waivers = all.filter(isOfHygiene);
  const used = new Set<string>();
  const marked = findings.map((finding) => {
    const waiver = waivers.find(
      (one) => one.rule === finding.rule && (one.path ?? finding.file) === finding.file && one.expires >= today,
    );
    if (waiver === undefined) return finding;
    used.add(waiver.id);
    return { ...finding, waived: waiver.id };
  });
  const faults = waivers.flatMap(({ id, rule, path, requirement, expires, owner }) => {
    if (known?.has(requirement) === false)
      return [`${id} is orphaned: no specification has ${requirement} (owner ${owner})`];
    if (!rules.has(rule)) return [`${id} is orphaned: there is no rule ${rule} (owner ${owner})`];
    if (expires < today) return [`${id} of ${rule} expired on ${expires} (owner ${owner})`];
    const judged = asked.has(rule) && (files === undefined || files.has(path));
    if (used.has(id) || !judged) return [];
    return [
      `${id} of ${rule} is not needed: it finds nothing${path === undefined ? "" : ` in ${path}`} (owner ${owner})`,
    ];
  });
  return { findings: marked, faults };
}

function isOfHygiene(waiver: Waiver): waiver is Waiver & { readonly rule: string } {
  return waiver.rule?.startsWith("hygiene/") === true;
}
