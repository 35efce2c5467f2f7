import { createHmac, hash, type KeyObject, sign } from "node:crypto";
import type { Clock, Random } from "../../model/index.js";
import { type Algorithm, type KeySet, mintCapability, newKey, type PrivateSigningKey } from "../index.js";

/** When everything here takes place: a full second. */
export const nowMs = 1_767_787_200_000;
export const nowS = nowMs / 1000;
export const cmdHash = "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f";

/** Stands still, unless it is set. */
export function clockAt(ms = nowMs): Clock {
  return { nowMs: () => ms };
}

/** The same bytes each time for the same seed. */
export function randomOf(seed: string): Random {
  let count = 0;
  return {
    bytes: (length) => {
      const blocks = Array.from({ length: Math.ceil(length / 32) }, () => hash("sha256", `${seed} ${count++}`, "buffer"));
      return Buffer.concat(blocks).subarray(0, length);
    },
  };
}

/** Keys for each purpose, of one algorithm, and what can be made with them. */
export type TokenWorld = {
  readonly keySet: KeySet;
  readonly key: PrivateSigningKey;
  readonly bearerKey: PrivateSigningKey;
  readonly checkpointKey: PrivateSigningKey;
  /** A capability as it should be. */
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
};

export async function tokenWorld(alg: Algorithm): Promise<TokenWorld> {
  const random = randomOf(alg);
  const key = newKey(alg, "capability", nowMs, random);
  const bearerKey = newKey(alg, "bearer", nowMs, random);
  const checkpointKey = newKey("EdDSA", "checkpoint", nowMs, random);
  const keySet = { keys: [key, bearerKey, checkpointKey] };
  const grant = { sub: "ann", approval_id: "approval-1", cmd_hash: cmdHash };
  const minted = await mintCapability(keySet, grant, clockAt(), random);
  if (!minted.ok) throw new Error(minted.error.message);
  const { token } = minted.value;
  return { keySet, key, bearerKey, checkpointKey, token, header: partOf(token, 0), claims: partOf(token, 1) };
}

/** One part of a token, read leniently. */
export function partOf(token: string, index: number): Readonly<Record<string, unknown>> {
  return Object(JSON.parse(Buffer.from(token.split(".")[index] ?? "", "base64url").toString()));
}

export const encoded = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** Signs whatever it is given, as somebody could who had the key: strings go in as they are, all else as JSON. */
export function forge(header: unknown, payload: unknown, key: PrivateSigningKey): string {
  return signedText(`${encoded(header)}.${encoded(payload)}`, key);
}

/** Signs a text that may not be what a signature should be over. */
export function signedText(text: string, { alg, privateKey }: Pick<PrivateSigningKey, "alg" | "privateKey">): string {
  return `${text}.${rawSignature(text, alg, privateKey).toString("base64url")}`;
}

function rawSignature(text: string, alg: Algorithm, key: KeyObject): Buffer {
  if (alg === "HS256") return createHmac("sha256", key).update(text).digest();
  return sign(alg === "EdDSA" ? null : "sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
}
