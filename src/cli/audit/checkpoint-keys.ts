import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type CheckpointSigner, type CheckpointVerifier, ed25519Signer, ed25519Verifier } from "../../audit/index.js";
import { systemClock } from "../../host/index.js";
import type { Problem, Result } from "../../model/index.js";
import { currentKey, type KeySet, parseKeySet, readKeyFile } from "../../token/index.js";
import { defaultKeyFile } from "../keys.js";
import { CommandFailure } from "../terminal.js";

/** Where keys are, and the name that checkpoints are signed under. */
export type KeyFlags = { readonly keys?: string; readonly origin: string };

/**
 * The keys that checkpoints may be signed by: of a key file, a JWKS with public halves, or a public key in PEM. Keys that
 * others took the place of count as well: what they signed stays in the log.
 *
 * @returns null where no file is named and there is none in the usual place
 */
export async function checkpointVerifiers({ keys, origin }: KeyFlags): Promise<readonly CheckpointVerifier[] | null> {
  if (keys === undefined && !existsSync(defaultKeyFile)) return null;
  const file = keys ?? defaultKeyFile;
  const found = await publicKeys(file);
  if (found.length > 0) return found.map((key) => ed25519Verifier(key, origin));
  throw new CommandFailure([{ code: "key/missing", message: "there is no key for checkpoints", place: { file } }]);
}

/** The key that signs checkpoints. */
export async function checkpointSigner({ keys = defaultKeyFile, origin }: KeyFlags): Promise<CheckpointSigner> {
  const key = currentKey(orFail(await readKeyFile(keys)), "checkpoint", systemClock.nowMs());
  if (!key.ok) throw new CommandFailure([key.error]);
  return ed25519Signer(key.value.privateKey, origin);
}

async function publicKeys(file: string): Promise<readonly KeyObject[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure([{ code: "usage/missing", message: `cannot be read: ${error.code}`, place: { file } }]);
  });
  if (text.includes("-----BEGIN PUBLIC KEY-----")) return [pemKey(text, file)];
  const { keys } = await keySetOf(text, file);
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
