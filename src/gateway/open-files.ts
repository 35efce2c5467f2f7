import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { packageRoot } from "../host/index.js";
import { type Clock, err, ok, type Problem, type Result } from "../model/index.js";
import { openBundle, openPolicyHost, type PolicyHost } from "../policy/index.js";
import { type KeySet, parseKeySet, readKeyFile, requireKeys } from "../token/index.js";
import type { Tls } from "./create-server.js";
import type { GatewaySettings } from "./settings.js";

type Opened<T> = Promise<Result<T, readonly Problem[]>>;

/** What is in force, and how to take it from its file again. */
export type Reloadable<T> = { current(): T; reload(): Promise<Result<null, readonly Problem[]>> };

/**
 * Opens the keys: those that the environment holds, or the key file. A gateway starts with a key for capabilities and one
 * for bearers, or not at all.
 *
 * @requirement EXE-17
 */
export async function openKeys(
  { keys, keysText }: Pick<GatewaySettings, "keys" | "keysText">,
  root: string,
  clock: Clock,
): Opened<Reloadable<KeySet>> {
  const read = async () => {
    const set =
      keysText === null ? await readKeyFile(resolve(root, keys)) : parseKeySet(keysText, "LOCKKEEPER_KEYS_JSON");
    return set.ok ? requireKeys(set.value, ["capability", "bearer"], clock.nowMs()) : set;
  };
  const first = await read();
  if (!first.ok) return first;
  let current = first.value;
  return ok({
    current: () => current,
    reload: async () => {
      const next = await read();
      if (!next.ok) return next;
      current = next.value;
      return ok(null);
    },
  });
}

/** Opens the policies: the folder that is configured, or the package's own. */
export async function openPolicies(
  settings: Pick<GatewaySettings, "policies">,
  root: string,
): Opened<Reloadable<ReturnType<PolicyHost["current"]>>> {
  const folder = settings.policies === null ? join(packageRoot(), "policies") : resolve(root, settings.policies);
  const bundle = await openBundle({ policies: folder });
  if (!bundle.ok) return bundle;
  const host = await openPolicyHost(bundle.value);
  if (!host.ok) return host;
  return ok({
    current: () => host.value.current(),
    reload: async () => {
      const next = await openBundle({ policies: folder });
      if (!next.ok) return next;
      const loaded = await host.value.reload(next.value);
      return loaded.ok ? ok(null) : loaded;
    },
  });
}

/** Reads the certificate, its key, and the authority whose clients get in; null where there is no TLS. */
export async function readTls({ tls }: Pick<GatewaySettings, "tls">, root: string): Opened<Tls | null> {
  if (tls === null) return ok(null);
  try {
    const [cert, key] = await Promise.all([pem(root, tls.cert), pem(root, tls.key)]);
    const minVersion = tls.min_version ?? "TLSv1.3";
    if (tls.client_ca === undefined) return ok({ cert, key, minVersion });
    const ca = await pem(root, tls.client_ca);
    return ok({ cert, key, minVersion, ca, requestCert: true, rejectUnauthorized: true });
  } catch (error) {
    const message = `TLS cannot be set up: ${error instanceof Error ? error.message : String(error)}`;
    return err([{ code: "config/invalid", message }]);
  }
}

function pem(root: string, path: string): Promise<string> {
  return readFile(resolve(root, path), "utf8");
}
