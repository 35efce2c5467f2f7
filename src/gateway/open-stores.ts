import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ApprovalStore, KillSwitchStore } from "../approval/index.js";
import { type AuditLog, recoverLog } from "../audit/index.js";
import { type Ledger, splitLedger, type Takings } from "../gate/index.js";
import { type Clock, err, ok, type Problem, type Result } from "../model/index.js";
import { type JsonlLog, openJsonlLog, openPostgresStore, openSqliteStore } from "../store/index.js";
import { dataFiles } from "./audit-place.js";
import type { HealthCheck } from "./gateway-parts.js";
import type { GatewaySettings } from "./settings.js";

/** Everything that a gateway keeps, whichever engines keep it. */
export interface Stores extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly killSwitch: KillSwitchStore;
  unfinished(): Promise<readonly string[]>;
  /** Forgets some of what can count no more. @returns whether there is more of it now */
  prune(nowMs: number): Promise<boolean>;
  /** Adds what the audit was spilled to, where it is and the database is there. */
  catchUp(): Promise<void>;
  checks(): Promise<readonly HealthCheck[]>;
}

/** Who writes, and by which clock. */
export type StoreWorld = { readonly writer: string; readonly clock: Clock };

type StoreSettings = Pick<GatewaySettings, "store" | "audit" | "databaseUrl">;

/**
 * Opens what the settings ask for.
 *
 * @param folder - where files are kept; made with mode 0700
 * @returns on failure why a store cannot be opened, which stops the start
 * @requirement EXE-10
 */
export async function openStores(
  settings: StoreSettings,
  folder: string,
  world: StoreWorld,
): Promise<Result<Stores, readonly Problem[]>> {
  const opened = new AsyncDisposableStack();
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const deciding = await openDeciding(settings, folder, world, opened);
    if (settings.audit.storage === settings.store) return ok(stores(deciding, deciding.ledger, deciding.audit, opened));
    const audit = await openAudit(settings, folder, world, opened);
    const ledger = splitLedger(deciding.takings, audit.log);
    const checks = async () => [...(await deciding.checks()), ...(await audit.checks())];
    const catchUp = async () => {
      await deciding.catchUp();
      await audit.catchUp();
    };
    return ok(stores({ ...deciding, checks, catchUp }, ledger, audit.log, opened));
  } catch (error) {
    await opened.disposeAsync();
    const message = `the store cannot be opened: ${saidBy(error)}`;
    return err([{ code: "config/invalid", message, place: { file: folder } }]);
  }
}

type Deciding = Omit<Stores, keyof AsyncDisposable> & { readonly takings: Takings };

function stores(deciding: Deciding, ledger: Ledger, audit: AuditLog, opened: AsyncDisposableStack): Stores {
  const { approvals, killSwitch, unfinished, prune, catchUp, checks } = deciding;
  return {
    ledger,
    audit,
    approvals,
    killSwitch,
    unfinished,
    prune,
    catchUp,
    checks,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function openDeciding(
  { store, databaseUrl }: StoreSettings,
  folder: string,
  world: StoreWorld,
  opened: AsyncDisposableStack,
): Promise<Deciding> {
  if (store === "sqlite") {
    const sqlite = opened.use(openSqliteStore(join(folder, dataFiles.store), world));
    return {
      ...sqlite,
      catchUp: nothingSpilled,
      checks: async () => [await answering("sqlite", () => sqlite.killSwitch.read())],
    };
  }
  const postgres = opened.use(await openPostgres(databaseUrl, folder, world));
  return { ...postgres, checks: async () => [await answering("postgres", () => postgres.killSwitch.read())] };
}

type OpenAudit = { readonly log: AuditLog; checks(): Promise<readonly HealthCheck[]>; catchUp(): Promise<void> };

/** Files on this machine are never away. */
async function nothingSpilled(): Promise<void> {}

/** Opens an audit apart from what decides. That it is away stops nothing: it is told, and what is spilled is added later. */
async function openAudit(
  { audit, databaseUrl }: StoreSettings,
  folder: string,
  world: StoreWorld,
  opened: AsyncDisposableStack,
): Promise<OpenAudit> {
  switch (audit.storage) {
    case "postgres": {
      const postgres = opened.use(await openPostgres(databaseUrl, folder, world));
      const checks = async () => {
        const { away, spilled } = postgres.health();
        const detail = away === null ? "answers" : `away, entries wait in ${dataFiles.lines}: ${away}`;
        return [{ name: "audit", ok: true, detail: spilled && away === null ? "catching up" : detail }];
      };
      return { log: postgres.audit, checks, catchUp: postgres.catchUp };
    }
    case "sqlite": {
      const sqlite = opened.use(openSqliteStore(join(folder, dataFiles.audit), world));
      const checks = async () => [await answering("audit", () => sqlite.audit.heads())];
      return { log: sqlite.audit, checks, catchUp: nothingSpilled };
    }
    case "jsonl": {
      const log = opened.use(await openJsonl(join(folder, dataFiles.lines), world));
      const checks = async () => [await answering("audit", async () => undefined)];
      return { log, checks, catchUp: nothingSpilled };
    }
  }
}

function openPostgres(databaseUrl: string | null, folder: string, world: StoreWorld) {
  if (databaseUrl === null) throw new Error("DATABASE_URL is not set");
  return openPostgresStore({ ...world, url: databaseUrl, spillFile: join(folder, dataFiles.lines) });
}

/** Opens the file once what a crash left of its last line is cut, and the cut recorded. Anything else wrong stops the start. */
async function openJsonl(file: string, { writer, clock }: StoreWorld): Promise<JsonlLog> {
  let log: JsonlLog | undefined;
  const opened = async () => {
    log ??= await openJsonlLog(file, writer, clock);
    return log;
  };
  if (existsSync(file)) {
    const recovered = await recoverLog(file, async (entry) => (await opened()).append(entry));
    if (!recovered.ok) throw new Error(recovered.error.map(({ message }) => message).join("; "));
  }
  return opened();
}

/** Looks whether a part answers. */
async function answering(name: string, ask: () => Promise<unknown>): Promise<HealthCheck> {
  try {
    await ask();
    return { name, ok: true, detail: "answers" };
  } catch (error) {
    return { name, ok: false, detail: saidBy(error) };
  }
}

/** What something thrown says of itself. */
function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
