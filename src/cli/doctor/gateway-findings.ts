import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openKeys, openPolicies, openStores } from "../../gateway/index.js";
import { systemClock } from "../../host/index.js";
import { createSandbox } from "../../sandbox/index.js";
import { openRedisRefusal } from "../../store/index.js";
import { type GatewayConfig, gatewayConfig } from "../serve/gateway-config.js";
import { asMissing, type Finding, isolationFindings, keyFindings, storeFindings } from "./findings.js";

/**
 * Opens what a gateway of this configuration would open, one after the other, and tells what came of it.
 *
 * @param file - the configuration; undefined for the one here
 * @throws CommandFailure where it cannot be read
 */
export async function gatewayFindings(
  file: string | undefined,
  progress: (line: string) => void,
): Promise<readonly Finding[]> {
  const config = await gatewayConfig(file);
  const findings: Finding[] = [];
  for (const check of [keys, policies, stores, redis, workspace, isolation]) {
    progress(`looking at ${check.name}`);
    findings.push(...(await check(config)));
  }
  return findings;
}

async function keys({ settings, root }: GatewayConfig): Promise<readonly Finding[]> {
  const opened = await openKeys(settings, root, systemClock);
  return keyFindings(opened.ok ? { ok: true, value: opened.value.current() } : opened);
}

async function policies({ settings, root }: GatewayConfig): Promise<Finding[]> {
  const opened = await openPolicies(settings, root);
  if (!opened.ok) return opened.error.map((problem) => asMissing("policies", problem));
  const { sha256 } = opened.value.current();
  return [{ check: "policies", state: "ok", detail: `bundle ${sha256.slice(0, 16)}` }];
}

async function stores({ settings, root }: GatewayConfig): Promise<readonly Finding[]> {
  const opened = await openStores(settings, resolve(root, settings.data), { writer: "doctor", clock: systemClock });
  if (!opened.ok) return opened.error.map((problem) => asMissing("store", problem));
  await using store = opened.value;
  return storeFindings(await store.checks(), { store: settings.store, audit: settings.audit.storage });
}

/** It decides nothing: without it refusals are slower. */
async function redis({ settings: { redisUrl } }: GatewayConfig): Promise<readonly Finding[]> {
  if (redisUrl === null) return [];
  await using fast = await openRedisRefusal(redisUrl);
  // It connects by itself, and says of nothing that it failed.
  for (let tries = 0; tries < 20 && !fast.isThere(); tries += 1) await setTimeout(50);
  if (fast.isThere()) return [{ check: "redis", state: "ok", detail: "answers" }];
  return [{ check: "redis", state: "note", detail: "away", hint: "start it, or leave REDIS_URL unset" }];
}

async function workspace({ settings, root }: GatewayConfig): Promise<Finding[]> {
  const folder = resolve(root, settings.workspace);
  const isThere = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isThere)
    return [{ check: "workspace", state: "missing", detail: `${folder} is not there`, hint: `mkdir ${folder}` }];
  const closed = process.getuid?.() === 0 ? await closedTo(folder) : undefined;
  if (closed === undefined) return [{ check: "workspace", state: "ok", detail: folder }];
  const hint = `chmod o+x ${closed}, or keep the workspace elsewhere`;
  return [
    { check: "workspace", state: "missing", detail: `commands run as somebody else, who cannot enter ${closed}`, hint },
  ];
}

/** The first folder on the way that only its owner may enter. */
async function closedTo(folder: string): Promise<string | undefined> {
  const { mode } = await stat(folder);
  const above = dirname(folder) === folder ? undefined : await closedTo(dirname(folder));
  return above ?? ((mode & 0o001) === 0 ? folder : undefined);
}

async function isolation({ settings }: GatewayConfig): Promise<readonly Finding[]> {
  if (process.platform !== "linux") {
    const detail = "execution needs Linux; policy and conformance work here";
    return [{ check: "isolation", state: "missing", detail }];
  }
  try {
    const { uid, gid } = settings.sandbox;
    await using sandbox = await createSandbox({ user: { uid, gid } });
    return isolationFindings(sandbox.isolation());
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ check: "isolation", state: "missing", detail, hint: "apt-get install bubblewrap" }];
  }
}
