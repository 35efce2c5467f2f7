import type { AuditLog } from "../../audit/index.js";

/** What an audit log is besides adding to it. */
export type AuditReader = Omit<AuditLog, "append" | "addCheckpoint">;
