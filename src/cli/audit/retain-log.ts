import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  archiveNoteFile,
  archiveRecords,
  type CheckpointVerifier,
  defaultRetention,
  type Hold,
  type KeptArchive,
  type Retention,
  type RetentionPlan,
  retentionPlan,
} from "../../audit/index.js";
import { systemClock } from "../../host/index.js";
import { printable } from "../../model/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { type ArchivingFlags, archiveBefore, archiveText } from "./archive-log.js";
import { checkpointVerifiers } from "./checkpoint-keys.js";
import { momentOf } from "./moments.js";
import { foundLog, type OpenAudit, openAuditLog } from "./open-audit-log.js";

/** The flags of `lockkeeper audit retain`. */
export type RetainFlags = ArchivingFlags & {
  readonly archives: string;
  /** Where they are not given, the gateway's configuration says it, or 30 and 90. */
  readonly liveDays?: number;
  readonly archiveDays?: number;
  readonly hold: readonly string[];
  readonly apply?: true;
};

/** Says what retention asks for, and with `--apply` does it. */
export async function retainLog(given: RetainFlags, terminal: Terminal): Promise<number> {
  const flags = await foundLog(given);
  const retention = retentionOf(flags);
  const { archives, unread } = await archivesIn(flags.archives, await checkpointVerifiers(flags));
  const plan = retentionPlan(retention, archives, systemClock.nowMs());
  await using log = await openAuditLog(flags);
  const done = flags.apply === true ? await apply(log, plan, flags) : [];
  if (terminal.json)
    terminal.out(JSON.stringify({ ok: unread.length === 0, applied: flags.apply === true, ...plan, unread }));
  else for (const line of [...planLines(plan, unread), ...done]) terminal.out(printable(line));
  return unread.length === 0 ? 0 : 1;
}

/** What the flags say, and what they leave out as the gateway is configured. A hold of the configuration holds everything. */
function retentionOf({ liveDays, archiveDays, hold, gateway }: RetainFlags): Retention {
  const configured = gateway?.settings.audit ?? defaultRetention;
  const all = (gateway?.settings.audit.holds ?? []).map((reason) => ({ fromMs: 0, toMs: null, reason }));
  return {
    liveDays: liveDays ?? configured.liveDays,
    archiveDays: archiveDays ?? configured.archiveDays,
    holds: [...hold.map(holdOf), ...all],
  };
}

/** `FROM..` or `FROM..TO`, and a reason after a colon. */
function holdOf(text: string): Hold {
  const [, from = "", to = "", reason = ""] = /^([^.]+)\.\.([^=]*?)(?:=(.*))?$/.exec(text) ?? [];
  return { fromMs: momentOf(from), toMs: to === "" ? null : momentOf(to), reason: reason === "" ? "held" : reason };
}

/** Archives whose note is signed; of the others only the name, for nobody removes what nobody can vouch for. */
async function archivesIn(
  folder: string,
  verifiers: readonly CheckpointVerifier[] | null,
): Promise<{ readonly archives: readonly KeptArchive[]; readonly unread: readonly string[] }> {
  const archives: KeptArchive[] = [];
  const unread: string[] = [];
  for (const name of (await namesIn(folder)).filter((one) => one.endsWith(".note")).sort()) {
    const file = join(folder, name.slice(0, -".note".length));
    const records = archiveRecords(await readFile(join(folder, name), "utf8"), verifiers);
    if (!records.ok) unread.push(`${file}: ${records.error}`);
    else {
      const marks = records.value.map(({ archive }) => archive);
      const firstAtMs = Math.min(...marks.map(({ first_at_ms }) => first_at_ms));
      archives.push({ file, firstAtMs, lastAtMs: Math.max(...marks.map(({ last_at_ms }) => last_at_ms)) });
    }
  }
  return { archives, unread };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    const message = `the folder of archives cannot be read: ${error.code}`;
    throw new CommandFailure([{ code: "usage/missing", message, place: { file: folder } }]);
  });
}

async function apply(log: OpenAudit, plan: RetentionPlan, flags: RetainFlags): Promise<readonly string[]> {
  const stamp = new Date(systemClock.nowMs()).toISOString().replaceAll(/[-:.]/g, "");
  const file = join(flags.archives, `audit-${stamp}.jsonl.gz`);
  for (const archive of plan.remove) {
    // Recorded first: that something was removed must not be what nobody knows.
    await log.append(removedEvent(archive));
    await rm(archive.file, { force: true });
    await rm(archiveNoteFile(archive.file), { force: true });
  }
  return archiveText(await archiveBefore(log, plan.archiveBeforeMs, file, flags), flags.remove === true);
}

function removedEvent({ file, firstAtMs, lastAtMs }: KeptArchive) {
  const detail = { file: file.slice(-200), first_at_ms: firstAtMs, last_at_ms: lastAtMs };
  return { kind: "event" as const, name: "audit/archive_removed", actor: null, roles: [], object: null, detail };
}

function planLines({ archiveBeforeMs, remove, held }: RetentionPlan, unread: readonly string[]): readonly string[] {
  return [
    `archive  what is before ${new Date(archiveBeforeMs).toISOString()}`,
    ...remove.map(({ file }) => `remove   ${file}`),
    ...held.map(({ archive, reason }) => `held     ${archive.file}: ${reason}`),
    ...unread.map((text) => `unread   ${text}`),
  ];
}
