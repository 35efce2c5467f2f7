import type { AuditArchivist } from "../audit/index.js";
import type { FastRefusal } from "./fast-refusal.js";
import type { PostgresStore, PostgresWorld } from "./postgres/index.js";

/*
 * PostgreSQL's and Redis's clients are read when somebody asks for them: most gateways have neither, and they take half a second of
 * a start and 16 MB.
 */

/** Opens a store in PostgreSQL, for which this process is one of the writers. */
export async function openPostgresStore(world: PostgresWorld): Promise<PostgresStore> {
  const postgres = await import("./postgres/index.js");
  return postgres.openPostgresStore(world);
}

/** Removes what was archived from PostgreSQL, as the role that may. */
export async function postgresArchivist(url: string): Promise<AuditArchivist> {
  const postgres = await import("./postgres/index.js");
  return postgres.postgresArchivist(url);
}

/**
 * Fast refusal that every gateway process shares, in Redis. It need not be there: until it is, nothing is refused here.
 *
 * @param prefix - of every key, such as `lockkeeper:`
 */
export async function openRedisRefusal(url: string, prefix?: string): Promise<FastRefusal> {
  const redis = await import("./redis/index.js");
  return redis.openRedisRefusal(url, prefix);
}
