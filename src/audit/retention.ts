/** How long the log is kept: live, then in archives, in days. */
export type Retention = {
  readonly liveDays: number;
  readonly archiveDays: number;
  /** Times whose entries nobody removes, because of an incident. */
  readonly holds: readonly Hold[];
};

/** A hold on what was recorded from one moment to another; to the end of time where that is null. */
export type Hold = { readonly fromMs: number; readonly toMs: number | null; readonly reason: string };

/** 30 days live, then 90 in archives. */
export const defaultRetention: Retention = { liveDays: 30, archiveDays: 90, holds: [] };

/** An archive, and the times of its entries. */
export type KeptArchive = { readonly file: string; readonly firstAtMs: number; readonly lastAtMs: number };

/** What is to be done. */
export type RetentionPlan = {
  /** What is before goes into an archive. */
  readonly archiveBeforeMs: number;
  readonly remove: readonly KeptArchive[];
  /** Old enough to be removed, and held. */
  readonly held: readonly { readonly archive: KeptArchive; readonly reason: string }[];
};

/** Milliseconds of a day. */
export const dayMs = 86_400_000;

/** What retention asks for now. A hold keeps archives; moving entries into one loses nothing. */
export function retentionPlan(retention: Retention, archives: readonly KeptArchive[], nowMs: number): RetentionPlan {
  const due = archives.filter((archive) => isDue(retention, archive, nowMs));
  const holdOf = (archive: KeptArchive) => retention.holds.find((hold) => holds(hold, archive));
  return {
    archiveBeforeMs: nowMs - retention.liveDays * dayMs,
    remove: due.filter((archive) => holdOf(archive) === undefined),
    held: due.flatMap((archive) => {
      const hold = holdOf(archive);
      return hold === undefined ? [] : [{ archive, reason: hold.reason }];
    }),
  };
}

/**
 * Whether an archive's youngest entry is past both its times.
 *
 * @requirement SBX-53
 */
export function isDue({ liveDays, archiveDays }: Retention, { lastAtMs }: KeptArchive, nowMs: number): boolean {
  return lastAtMs < nowMs - (liveDays + archiveDays) * dayMs;
}

/**
 * Whether a hold is on any of an archive's entries.
 *
 * @requirement SBX-53
 */
export function holds({ fromMs, toMs }: Hold, { firstAtMs, lastAtMs }: KeptArchive): boolean {
  return lastAtMs >= fromMs && (toMs === null || firstAtMs <= toMs);
}
