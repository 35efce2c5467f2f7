import { existsSync, lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemClock, systemRandom } from "../../host/index.js";
import { err, ok, type Problem, type Result } from "../../model/index.js";
import { newKey, privateJwks, purposes } from "../../token/index.js";

/** What was written, and what to do next. */
export type StartedGateway = { readonly written: readonly string[]; readonly next: readonly string[] };

const keyFile = ".lockkeeper/keys.json";
const configFile = "lockkeeper.yaml";

/**
 * Writes what a gateway needs: a configuration, fresh keys and a workspace. Nothing that is there is overwritten; the keys
 * are open to their owner only, and kept out of version control.
 *
 * @returns on failure `usage/flag` where something is there already, `internal/io` where it cannot be written
 */
export function startGatewayFolder(folder: string): Result<StartedGateway, readonly Problem[]> {
  const root = resolve(folder);
  if (!existsSync(root))
    return err([{ code: "usage/missing", message: "there is no such folder", place: { file: folder } }]);
  const there = [configFile, keyFile].filter(
    (file) => lstatSync(join(root, file), { throwIfNoEntry: false }) !== undefined,
  );
  if (there.length > 0) {
    return err(there.map((file) => ({ code: "usage/flag" as const, message: "it is there already", place: { file } })));
  }
  try {
    mkdirSync(join(root, ".lockkeeper"), { recursive: true, mode: 0o700 });
    write(root, ".lockkeeper/.gitignore", "*\n", 0o600);
    write(root, keyFile, keysText(), 0o600);
    mkdirSync(join(root, "workspace"), { recursive: true, mode: 0o755 });
    write(root, configFile, configText, 0o644);
  } catch (error) {
    return err([{ code: "internal/io", message: error instanceof Error ? error.message : String(error) }]);
  }
  return ok({ written: [configFile, keyFile, "workspace/"], next });
}

function write(root: string, file: string, text: string, mode: number): void {
  writeFileSync(join(root, file), text, { mode, flag: file.endsWith(".gitignore") ? "w" : "wx" });
}

function keysText(): string {
  const keys = purposes.map((purpose) => newKey("EdDSA", purpose, systemClock.nowMs(), systemRandom));
  return `${JSON.stringify(privateJwks({ keys }), null, 2)}\n`;
}

const next: readonly string[] = [
  "lockkeeper doctor                                   what is there, and what is missing",
  "lockkeeper serve                                    run the gateway on http://127.0.0.1:5001",
  "lockkeeper token mint --role requester --pilot bot  a credential to ask for approvals with",
  "lockkeeper token mint --role OPERATOR --pilot ann   a credential to approve with",
];

const configText = `# The gateway's configuration. What is left out has the value shown behind it. The environment goes over this file:
# LOCKKEEPER_HOST, LOCKKEEPER_PORT, LOCKKEEPER_KEYS, LOCKKEEPER_DATA, AUDIT_STORAGE, DATABASE_URL, REDIS_URL, …
schema: lockkeeper/config/v1
# Your own rules; the ones that came with lockkeeper unless set.
# policies: policies
gateway:
  listen: {host: 127.0.0.1, port: 5001}
  # The folder that commands see, and run in where a request does not say.
  workspace: workspace
  keys: ${keyFile}
  # Databases, spills, and what else is kept.
  data: data
  # What decides: sqlite, or postgres for several processes (with DATABASE_URL in the environment).
  store: sqlite
  audit:
    # sqlite, postgres or jsonl; as the store unless set.
    storage: sqlite
    checkpoint_every_s: 60
    # Checkpoints also go where this machine cannot rewrite them: {file: /mnt/other/checkpoints} or {url: https://…}
    # witness: {file: /mnt/other-disk/lockkeeper.checkpoints}
  metrics: {host: 127.0.0.1, port: 9464}
  # Seconds that an approval may be decided and used, and that a token lives.
  approval_ttl_s: 900
  token_ttl_s: 60
`;
