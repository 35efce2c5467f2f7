import { join } from "node:path";
import type { GatewaySettings } from "./settings.js";

/** What a gateway's files are called in its data folder. */
export const dataFiles = {
  store: "lockkeeper.db",
  /** The audit, where something else decides. */
  audit: "audit.db",
  /** What the audit falls back to while PostgreSQL is away, and where it is kept with `AUDIT_STORAGE=jsonl`. */
  lines: "execution_audit.jsonl",
} as const;

/** Where an audit is: a file of lines, a SQLite file, or a database. */
export type AuditPlace = { readonly file: string } | { readonly sqlite: string } | { readonly databaseUrl: string };

/**
 * Where a gateway of these settings keeps its audit.
 *
 * @param folder - of its data
 */
export function auditPlace(
  {
    store,
    audit,
    databaseUrl,
  }: Pick<GatewaySettings, "store" | "databaseUrl"> & {
    readonly audit: Pick<GatewaySettings["audit"], "storage">;
  },
  folder: string,
): AuditPlace {
  switch (audit.storage) {
    case "postgres":
      return { databaseUrl: databaseUrl ?? "" };
    case "sqlite":
      return { sqlite: join(folder, store === "sqlite" ? dataFiles.store : dataFiles.audit) };
    case "jsonl":
      return { file: join(folder, dataFiles.lines) };
  }
}
