import { realpath } from "node:fs/promises";
import { matchesGlob } from "node:path";
import type { Problem, Waiver } from "../../src/index.js";
import type { HygieneFinding } from "./hygiene-finding.js";
import { listFiles } from "./list-files.js";
import type { PreparedRule } from "./prepare-search.js";
import { sourceReader } from "./read-source.js";
import { type SearchedFile, searchedFile } from "./searched-file.js";
import { waivedFindings } from "./waived-findings.js";

/** What is searched, for what. */
export type HygieneScope = {
  /** The repository. */
  readonly root: string;
  /** Files and folders below the root, with `/`; without them, everything. */
  readonly files?: readonly string[];
  readonly rules: readonly PreparedRule[];
  /** Those of hygiene rules count. */
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
  /** Whether the rules of a full search are looked for too; they are unless said otherwise. */
  readonly full?: boolean;
  /** Globs of what is left out, such as texts that are wrong on purpose. */
  readonly ignore?: readonly string[];
  /** Ids of the specification, so that a waiver of none of them is orphaned. */
  readonly known?: ReadonlySet<string>;
  progress?(line: string): void;
};

/** What a search found. */
export type HygieneScan = {
  /** Sorted by file, row, column and rule. */
  readonly findings: readonly HygieneFinding[];
  readonly waiverFaults: readonly string[];
  /** What could not be looked at: a search with one says nothing about the rest. */
  readonly problems: readonly Problem[];
  /** How many files were looked at. */
  readonly files: number;
};

/** Most findings that are kept: a tree with more has one cause. */
const maxFindings = 10_000;

/**
 * Searches a tree: what git knows or would add, no symbolic links, no binary text.
 *
 * @requirement MEX-11, MEX-12
 */
export async function scanHygiene(scope: HygieneScope): Promise<HygieneScan> {
  const { rules, full = true, ignore, waivers, today, known } = scope;
  const root = await realpath(scope.root);
  const asked = rules.filter(({ set }) => full || set === "forbidden");
  const listed = (await listFiles(root)).filter((file) => ignore?.some((glob) => matchesGlob(file, glob)) !== true);
  const { files, problems } = select(listed, scope.files);
  const read = sourceReader(root);
  const findings: HygieneFinding[] = [];
  let count = 0;
  const searchOne = async (file: string): Promise<void> => {
    const came = await read(file);
    if (came === undefined) return;
    if ("problem" in came) {
      problems.push({ code: "internal/io", message: came.problem, place: { file } });
      return;
    }
    count += 1;
    if (count % 500 === 0) scope.progress?.(`${count} of ${files.length} files`);
    const source = searchedFile(came.source);
    for (const rule of asked) findings.push(...(await findingsOf(rule, source)));
  };
  for (const file of files) if (findings.length <= maxFindings) await searchOne(file);
  if (findings.length > maxFindings) {
    problems.push({ code: "conform/failed", message: `more than ${maxFindings} findings: the rest is not listed` });
  }
  const judged = waivedFindings(findings.toSorted(inOrder).slice(0, maxFindings), waivers, {
    rules: new Set(rules.map(({ id }) => id)),
    asked: new Set(asked.map(({ id }) => id)),
    files: scope.files === undefined ? undefined : new Set(files),
    known,
    today,
  });
  return { findings: judged.findings, waiverFaults: judged.faults, problems, files: count };
}

/** The listed files that were asked for; a path with nothing to look at is a problem, so that no typing error passes. */
function select(listed: readonly string[], wanted: readonly string[] | undefined) {
  const problems: Problem[] = [];
  if (wanted === undefined) return { files: listed, problems };
  const files = new Set<string>();
  for (const path of new Set(wanted.map((one) => one.replace(/^(?:\.\/)+|\/+$/g, "")))) {
    const below =
      path === "" || path === "." ? listed : listed.filter((one) => one === path || one.startsWith(`${path}/`));
    for (const file of below) files.add(file);
    if (below.length > 0) continue;
    const hint = "name files or folders below the repository's root that git does not ignore";
    problems.push({ code: "usage/missing", message: "there is nothing to look at", place: { file: path }, hint });
  }
  return { files: [...files].sort(), problems };
}

async function findingsOf(rule: PreparedRule, source: SearchedFile): Promise<HygieneFinding[]> {
  const { id, title, why, fix } = rule;
  const places = new Map<number | undefined, HygieneFinding>();
  for (const search of rule.searches) {
    for (const { offset, message = title } of await search(source)) {
      if (places.size > maxFindings) break;
      if (places.has(offset)) continue;
      // A whole file is row 1.
      const place = offset === undefined ? { row: 1 } : source.placeOf(offset);
      places.set(offset, { rule: id, file: source.file, ...place, message, why, fix });
    }
  }
  return [...places.values()];
}

function inOrder(a: HygieneFinding, b: HygieneFinding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.row - b.row || (a.col ?? 0) - (b.col ?? 0) || (a.rule < b.rule ? -1 : 1);
}
