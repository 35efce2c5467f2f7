import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ApprovalStore, KillSwitchStore } from "../approval/index.js";
import type { AuditLog } from "../audit/index.js";
import type { Ledger } from "../gate/index.js";
import { type Clock, err, ok, type Problem, type Result } from "../model/index.js";
import { openSqliteStore } from "../store/index.js";
import type { HealthCheck } from "./gateway-parts.js";
import type { GatewaySettings } from "./settings.js";

/** Everything that a gateway keeps, whichever engines keep it. */
export interface Stores extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly killSwitch: KillSwitchStore;
  unfinished(): Promise<readonly string[]>;
  checks(): Promise<readonly HealthCheck[]>;
}

/** Who writes, and by which clock. */
export type StoreWorld = { readonly writer: string; readonly clock: Clock };

/**
 * Opens what the settings ask for.
 *
 * @param folder - where files are kept; made with mode 0700
 * @returns on failure why a store cannot be opened, which stops the start
 */
export async function openStores(
  settings: Pick<GatewaySettings, "store" | "audit">,
  folder: string,
  world: StoreWorld,
): Promise<Result<Stores, readonly Problem[]>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return ok(await openSqlite(join(folder, "lockkeeper.db"), world));
  } catch (error) {
    const message = `the store cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
    return err([{ code: "config/invalid", message, place: { file: folder } }]);
  }
}

async function openSqlite(file: string, world: StoreWorld): Promise<Stores> {
  const { ledger, audit, approvals, killSwitch, unfinished, close } = openSqliteStore(file, world);
  const checks = async () => [await checked("store", () => killSwitch.read())];
  return { ledger, audit, approvals, killSwitch, unfinished, checks, [Symbol.asyncDispose]: close };
}

/** Looks whether a part answers. */
async function checked(name: string, ask: () => Promise<unknown>): Promise<HealthCheck> {
  try {
    await ask();
    return { name, ok: true, detail: "answers" };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
