import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  AcceptedDifference,
  DiffOptions,
  PolicyDifference,
  PolicySide,
  RecordedDecision,
} from "../../../conformance/difference/index.js";
import {
  diffPolicies,
  openAgainst,
  openFolder,
  readAccepted,
  readDecisions,
} from "../../../conformance/difference/index.js";
import { loadSpecs, type SpecSuite } from "../../../conformance/spec/index.js";
import { systemClock } from "../../host/index.js";
import { err, ok, type Problem, type Result } from "../../model/index.js";
import type { Terminal } from "../terminal.js";
import { differenceLines } from "./difference-lines.js";
import { type FolderOptions, findPolicies, orFail, type PolicyFolder, toolchainFor } from "./policy-folder.js";

/** The flags of `policy diff`. */
export type DiffFlags = FolderOptions & {
  readonly against: string;
  readonly decisions?: readonly string[] | undefined;
  readonly accept?: string | undefined;
  readonly evaluations: number;
  readonly seconds: number;
  readonly seed: number;
};

/** What a run came to: the difference, and what it means beside what was accepted. */
export type DiffOutcome = PolicyDifference & {
  readonly old: PolicySide;
  readonly new: PolicySide;
  readonly skipped: number;
  readonly seed: number;
  /** Classes of denials that became allows and that nobody has accepted. */
  readonly unaccepted: ReadonlySet<string>;
  /** Entries that do not count, and why. */
  readonly expired: readonly AcceptedDifference[];
  readonly orphaned: readonly AcceptedDifference[];
  readonly exitCode: number;
};

/**
 * `lockkeeper policy diff`: what the policies here decide differently from those of a commit, a bundle or a folder.
 *
 * @returns 0, or 2 where something that was denied is allowed and nobody accepted it, or 6 where an entry of the file of
 * accepted differences has expired or speaks of nothing
 */
export async function diffPolicy(flags: DiffFlags, terminal: Terminal): Promise<number> {
  const startedMs = performance.now();
  const folder = await findPolicies(flags);
  await using toolchain = toolchainFor(folder, 1, 60_000);
  const source = { toolchain, cache: join(folder.cache, "bundles") };
  terminal.progress("reading policies");
  const now = orFail(await openFolder(folder.dir, "working tree", source), folder);
  terminal.progress(`reading ${flags.against}`);
  const old = orFail(await openAgainst(flags.against, folder, source), folder);
  const { decisions, skipped } = orFail(await recordedIn(flags.decisions ?? []), folder);
  const accepted = flags.accept === undefined ? [] : orFail(await acceptedIn(flags.accept), folder);
  const deadlineMs = startedMs + flags.seconds * 1000;
  const options: DiffOptions = {
    old,
    new: now,
    toolchain,
    recorded: decisions,
    accepted,
    suites: suitesBeside(folder, terminal),
    seed: flags.seed,
    budget: { evaluations: flags.evaluations, timeIsUp: () => performance.now() > deadlineMs },
    progress: terminal.progress,
  };
  const difference = orFail(await diffPolicies(options), folder);
  const today = new Date(systemClock.nowMs()).toISOString().slice(0, 10);
  const outcome = judged({ ...difference, old, new: now, skipped, seed: flags.seed }, accepted, today);
  if (terminal.json) terminal.out(JSON.stringify(documentOf(outcome)));
  else for (const line of differenceLines(outcome, folder, terminal)) terminal.out(line);
  return outcome.exitCode;
}

type Compared = Omit<DiffOutcome, "unaccepted" | "expired" | "orphaned" | "exitCode">;

/** Holds what was found against what was accepted. An entry that has expired accepts nothing. */
function judged(compared: Compared, accepted: readonly AcceptedDifference[], today: string): DiffOutcome {
  const loosened = compared.differences.filter(({ kind }) => kind === "loosened");
  const expired = accepted.filter(({ expires }) => expires < today);
  const orphaned = accepted.filter((entry) => !loosened.some((one) => one.class === entry.class));
  const good = new Set(accepted.filter((entry) => !expired.includes(entry)).map((entry) => entry.class));
  const unaccepted = new Set(loosened.map((one) => one.class).filter((name) => !good.has(name)));
  const exitCode = unaccepted.size > 0 ? 2 : expired.length + orphaned.length > 0 ? 6 : 0;
  return { ...compared, unaccepted, expired, orphaned, exitCode };
}

async function recordedIn(
  files: readonly string[],
): Promise<Result<{ decisions: readonly RecordedDecision[]; skipped: number }, readonly Problem[]>> {
  const decisions: RecordedDecision[] = [];
  let skipped = 0;
  for (const file of files) {
    const read = await readDecisions(file);
    if (!read.ok) return read;
    for (const decision of read.value.decisions) decisions.push(decision);
    skipped += read.value.skipped;
  }
  return ok({ decisions, skipped });
}

async function acceptedIn(file: string): Promise<Result<readonly AcceptedDifference[], readonly Problem[]>> {
  try {
    return readAccepted(await readFile(file, "utf8"), file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return err([{ code: "internal/io", message, place: { file } }]);
  }
}

/** The named cases of the repository that the policies are in. A search without them is poorer, and still a search. */
function suitesBeside({ specs }: PolicyFolder, terminal: Terminal): readonly SpecSuite[] {
  if (specs === undefined) return [];
  const loaded = loadSpecs(specs);
  if (loaded.ok) return loaded.value.suites;
  terminal.note("the named cases cannot be read, so the search goes without them: lockkeeper conform says why");
  return [];
}

/** The outcome as one JSON document, without what differs from run to run. */
function documentOf(outcome: DiffOutcome): object {
  const { old, new: now, changes, differences, unaccepted, expired, orphaned, exitCode } = outcome;
  const side = ({ name, bundle }: PolicySide) => ({ name, bundle_sha256: bundle.sha256 });
  const entries = (list: readonly AcceptedDifference[]) =>
    list.map(({ class: name, expires, place }) => ({ class: name, expires, place }));
  return {
    ok: exitCode === 0,
    exit_code: exitCode,
    old: side(old),
    new: side(now),
    changed: {
      rules:
        changes.rules?.map(({ rule, old: before, new: after }) => ({
          rule,
          old: before.map(({ place }) => place),
          new: after.map(({ place }) => place),
        })) ?? null,
      data: changes.values.map(({ path, ...value }) => ({ path, old: value.old ?? null, new: value.new ?? null })),
      sha256: changes.sha256,
    },
    differences: differences.map((one) => ({
      ...one,
      accepted: one.kind === "loosened" && !unaccepted.has(one.class),
    })),
    expired: entries(expired),
    orphaned: entries(orphaned),
    replayed: outcome.replayed,
    skipped: outcome.skipped,
    asked: outcome.asked,
    seed: outcome.seed,
    interrupted: outcome.interrupted,
  };
}
