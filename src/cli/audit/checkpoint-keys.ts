import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type CheckpointSigner, type CheckpointVerifier, ed25519Signer, ed25519Verifier } from "../../audit/index.js";
import { systemClock } from "../../host/index.js";
import type { Problem, Result } from "../../model/index.js";
import { currentKey, type KeySet, parseKeySet, readKeyFile } from "../../token/index.js";
import { defaultKeyFile } from "../keys.js";
import { type GatewayConfig, gatewayConfig } from "../serve/gateway-config.js";
import { CommandFailure } from "../terminal.js";

/** The configuration of a gateway whose log, keys and witness are meant where no flag names others. */
export type GatewayFlags = { readonly config?: string; readonly gateway?: GatewayConfig };

/** Where keys are, and the name that checkpoints are signed under. */
export type KeyFlags = GatewayFlags & { readonly keys?: string; readonly origin: string };

/**
 * The keys that checkpoints may be signed by: of a key file, a JWKS with public halves, or a public key in PEM. Keys that
 * others took the place of count as well: what they signed stays in the log.
 *
 * @returns null where no file is named and there is none in the usual place
 */
export async function checkpointVerifiers(flags: KeyFlags): Promise<readonly CheckpointVerifier[] | null> {
  const { file, text } = await keySource(flags);
  if (text === null && flags.keys === undefined && !existsSync(file)) return null;
  const found = text === null ? await publicKeys(file) : checkpointKeys(orFail(parseKeySet(text, file)));
  if (found.length > 0) return found.map((key) => ed25519Verifier(key, flags.origin));
  throw new CommandFailure([{ code: "key/missing", message: "there is no key for checkpoints", place: { file } }]);
}

/** The key that signs checkpoints. */
export async function checkpointSigner(flags: KeyFlags): Promise<CheckpointSigner> {
  const { file, text } = await keySource(flags);
  const set = orFail(text === null ? await readKeyFile(file) : parseKeySet(text, file));
  const key = currentKey(set, "checkpoint", systemClock.nowMs());
  if (!key.ok) throw new CommandFailure([key.error]);
  return ed25519Signer(key.value.privateKey, flags.origin);
}

/** The file that is named, else what the gateway signs with: its file, or what the environment holds in place of one. */
async function keySource({ keys, config, gateway }: KeyFlags): Promise<{ file: string; text: string | null }> {
  if (keys !== undefined) return { file: keys, text: null };
  const found = gateway ?? (config === undefined ? undefined : await gatewayConfig(config));
  if (found === undefined) return { file: defaultKeyFile, text: null };
  const { settings, root } = found;
  if (settings.keysText !== null) return { file: "LOCKKEEPER_KEYS_JSON", text: settings.keysText };
  return { file: resolve(root, settings.keys), text: null };
}

async function publicKeys(file: string): Promise<readonly KeyObject[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure([{ code: "usage/missing", message: `cannot be read: ${error.code}`, place: { file } }]);
  });
  if (text.includes("-----BEGIN PUBLIC KEY-----")) return [pemKey(text, file)];
  return checkpointKeys(await keySetOf(text, file));
}

function checkpointKeys({ keys }: KeySet): readonly KeyObject[] {
  return keys
    .filter(({ purpose, alg }) => purpose === "checkpoint" && alg === "EdDSA")
    .map(({ verifyKey }) => verifyKey);
}

/** Secrets are only taken of a file that nobody else can open. */
async function keySetOf(text: string, file: string): Promise<KeySet> {
  const keySet = orFail(parseKeySet(text, file));
  return keySet.keys.every(({ privateKey }) => privateKey === null) ? keySet : orFail(await readKeyFile(file));
}

function pemKey(pem: string, file: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Told below, like any other key that is of no use here.
  }
  throw new CommandFailure([{ code: "key/invalid", message: "an Ed25519 key is expected", place: { file } }]);
}

function orFail(result: Result<KeySet, readonly Problem[]>): KeySet {
  if (!result.ok) throw new CommandFailure(result.error);
  return result.value;
}
