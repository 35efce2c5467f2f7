import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import type { MutationReport } from "../../../conformance/mutation/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import {
  type FolderOptions,
  findPolicies,
  orFail,
  type PolicyFolder,
  readTree,
  toolchainFor,
} from "./policy-folder.js";

/** The flags of `policy mutate`. */
export type MutateFlags = FolderOptions & {
  readonly since?: string | undefined;
  /** Files, or ids of requirements. */
  readonly only: readonly string[];
  readonly html?: string | undefined;
  readonly force?: boolean | undefined;
};

type Counts = {
  mutants: number;
  killed: number;
  survived: number;
  no_coverage: number;
  timeout: number;
  equivalent: number;
  invalid: number;
};

/** Survivors that are shown; all are in the report. */
const mostShown = 50;

/**
 * `lockkeeper policy mutate`: breaks rules and data on purpose and says what nobody noticed.
 *
 * @returns 0 when no cited line of a MUST in force has a survivor, else 3; 7 when nothing was mutated
 */
export async function mutatePolicy(flags: MutateFlags, terminal: Terminal, start = process.cwd()): Promise<number> {
  const { mutateRego, mutationHtml, openKept, diffOf, isSurvivor, regoReport } = await import(
    "../../../conformance/mutation/index.js"
  );
  const { productOf, readConfig } = await import("../../../conformance/config/index.js");
  const { isInForce } = await import("../../../conformance/spec/index.js");
  const started = performance.now();
  const config = await readConfig(start);
  if (!config.ok) throw new CommandFailure(config.error);
  const { root, reports } = config.value;
  const folder = await findPolicies(flags, start);
  const tree = await readTree(folder);
  const prefix = relative(root, dirname(folder.dir)).split("\\").join("/");
  const fromRoot = (file: string) => (prefix === "" ? file : `${prefix}/${file}`);
  const before = flags.since === undefined ? undefined : await textsAt(folder, flags.since);
  const textOf = (file: string) => readFileSync(join(dirname(folder.dir), file), "utf8");
  const workers = Math.min(availableParallelism(), 8);
  await using toolchain = toolchainFor(folder, workers, 300_000);
  const kept = openKept(join(folder.cache, "mutation"), flags.force === true);
  const only = flags.only.map((one) => (isFile(one) ? relative(root, resolve(start, one)).split("\\").join("/") : one));
  const found = await mutateRego(config.value, tree, toolchain, {
    workers,
    kept,
    selective: flags.since !== undefined || only.length > 0,
    progress: terminal.progress,
    wanted: ({ file, requirements, text }) =>
      (only.length === 0 || only.some((one) => one === fromRoot(file) || requirements.includes(one))) &&
      (before === undefined || isChanged(before.get(file), textOf(file), text)),
  });
  if (!found.ok && found.error.every(({ code }) => code === "conform/failed" || code === "policy/test_failed")) {
    throw new CommandFailure(found.error, 2);
  }
  const mutation = orFail(found, folder);
  if (mutation.outcomes.length === 0) throw nothing(flags);

  const { report, mutants } = regoReport(mutation, textOf, fromRoot);
  const { version } = productOf(config.value);
  const must = new Set(
    mutation.specs.requirements.filter((one) => one.level === "MUST" && isInForce(one, version)).map(({ id }) => id),
  );
  const lived = mutants.filter(({ mutant }) => isSurvivor(mutant));
  const onMust = lived.filter(({ requirements }) => requirements.some((id) => must.has(id))).length;
  const survivors = lived.map(({ file, mutant }) => diffOf(file, report.files[file]?.source ?? "", mutant));
  const json = join(root, reports, "mutation", "rego.json");
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify(report, null, 1)}\n`);
  const html = flags.html !== undefined ? resolve(start, flags.html) : join(root, reports, "mutation", "rego.html");
  const page = mutationHtml(report, "policies");
  if (!page.ok) throw new CommandFailure([page.error]);
  writeFileSync(html, page.value);

  const counts = countsOf(report);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const counted = counts.killed + counts.survived + counts.no_coverage + counts.timeout;
  const score = counted === 0 ? 0 : Math.floor((counts.killed * 1000) / counted) / 10;
  if (terminal.json) {
    terminal.out(
      JSON.stringify({
        ok: onMust === 0,
        score,
        ...counts,
        kept: mutation.kept,
        on_must: onMust,
        seconds,
        report: relative(start, json),
        survivors,
      }),
    );
  } else {
    for (const diff of survivors.slice(0, mostShown)) terminal.out(`${coloured(diff, terminal)}\n`);
    if (survivors.length > mostShown) terminal.out(`and ${survivors.length - mostShown} more, in the report\n`);
    const colour = onMust > 0 ? "red" : survivors.length > 0 ? "yellow" : "green";
    terminal.out(
      terminal.paint(
        colour,
        `${counts.killed} of ${counted} mutants killed (${score} %), ${survivors.length} survived, ${onMust} of them in lines that a MUST in force cites`,
      ),
    );
    terminal.out(`killed: ${sharesOf(report)}`);
    terminal.out(
      `${counts.invalid} do not compile, ${counts.equivalent} are equivalent; ${mutation.kept} known from before; ${seconds} s`,
    );
    terminal.out(`report: ${relative(start, resolve(start, html))}`);
  }
  return onMust > 0 ? 3 : 0;
}

function coloured(diff: string, terminal: Terminal): string {
  return diff
    .split("\n")
    .map((line) =>
      line.startsWith("- ")
        ? terminal.paint("red", line)
        : line.startsWith("+ ")
          ? terminal.paint("green", line)
          : line,
    )
    .join("\n");
}

/** Of the mutants that compile and are not equivalent, how many of rules were killed, and how many of data. */
function sharesOf({ files }: MutationReport): string {
  const shares = ["rego", "yaml"].flatMap((language) => {
    const of = Object.fromEntries(Object.entries(files).filter(([, file]) => file.language === language));
    const { killed, survived, no_coverage, timeout } = countsOf({ files: of });
    const all = killed + survived + no_coverage + timeout;
    const share = Math.floor((killed * 1000) / all) / 10;
    return all === 0 ? [] : [`${language === "rego" ? "rules" : "data"} ${killed} of ${all} (${share} %)`];
  });
  return shares.join(", ");
}

function countsOf(report: Pick<MutationReport, "files">): Counts {
  const all = Object.values(report.files).flatMap(({ mutants }) => mutants);
  const count = (status: string) => all.filter((one) => one.status === status).length;
  return {
    mutants: all.length,
    killed: count("Killed"),
    survived: count("Survived"),
    no_coverage: count("NoCoverage"),
    timeout: count("Timeout"),
    equivalent: count("Ignored"),
    invalid: count("CompileError"),
  };
}

function isFile(one: string): boolean {
  return one.includes("/") || one.endsWith(".rego") || one.endsWith(".yaml");
}

/** The texts of the policies at a commit, by their files; none where it has no such folder. */
async function textsAt({ dir, name }: PolicyFolder, ref: string): Promise<ReadonlyMap<string, string>> {
  const { readPoliciesAt } = await import("../../../conformance/difference/index.js");
  const read = await readPoliciesAt(dir, name, ref);
  if (!read.ok) return new Map();
  if (read.value !== undefined) {
    return new Map(read.value.files.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString("utf8")]));
  }
  const hint = "give a branch, a tag or a commit, such as HEAD~1";
  throw new CommandFailure([{ code: "usage/flag", message: `--since: git knows no ${ref}`, hint }]);
}

/** A rule is as it was while its text, with its METADATA, stands in the old file; a value while its file is the same. */
function isChanged(before: string | undefined, now: string, text: string): boolean {
  return before === undefined || (before !== now && !before.includes(text));
}

function nothing({ since, only }: MutateFlags): CommandFailure {
  const why =
    since !== undefined
      ? `no rule differs from ${since}`
      : only.length > 0
        ? `nothing is called ${only.join(", ")}`
        : "there is no rule";
  const hint =
    only.length > 0
      ? "--only takes files (policies/main/request.rego) and requirements (EXE-15)"
      : "nothing was mutated, so nothing is shown";
  return new CommandFailure([{ code: "usage/missing", message: why, hint }], 7);
}
