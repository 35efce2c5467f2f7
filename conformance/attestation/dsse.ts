import { type KeyObject, sign, verify } from "node:crypto";
import Type, { type Static } from "typebox";
import { err, ok, parserOf, type Result } from "../../src/index.js";
import { keyIdOf } from "./keys.js";

const Base64 = Type.String({ maxLength: 64 * 1024 * 1024 });

/** A DSSE envelope, as JSON. Keys that it does not know are let be, as the specification asks. */
export const Envelope = Type.Object(
  {
    payload: Base64,
    payloadType: Type.String({ maxLength: 1000 }),
    signatures: Type.Array(Type.Object({ keyid: Type.Optional(Type.String({ maxLength: 1000 })), sig: Base64 }), {
      maxItems: 100,
    }),
  },
  { $id: "lockkeeper/dsse-envelope/v1" },
);
export type Envelope = Static<typeof Envelope>;

/** Checks that a value is an envelope. */
export const parseEnvelope = parserOf(Envelope);

/**
 * The bytes that are signed: "DSSEv1", the type and the body, each before its length in bytes.
 *
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 * @requirement HAR-11
 */
export function preAuthenticationEncoding(payloadType: string, body: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${body.length} `), body]);
}

/**
 * Signs a body. Ed25519 as RFC 8032 has it; ECDSA over P-256 with SHA-256, as DER.
 *
 * @requirement HAR-11
 */
export function signEnvelope(payloadType: string, body: Uint8Array, key: KeyObject): Envelope {
  const sig = sign(digestFor(key), preAuthenticationEncoding(payloadType, body), key);
  return {
    payload: Buffer.from(body).toString("base64"),
    payloadType,
    signatures: [{ keyid: keyIdOf(key), sig: sig.toString("base64") }],
  };
}

/**
 * Gives the body of an envelope that one of its signatures under the key is good for. What a signature says of its own
 * key is a hint, and nothing is decided by it. The body is the very bytes that were verified.
 *
 * @returns on failure why not, in words
 * @requirement HAR-11
 */
export function openEnvelope(envelope: Envelope, payloadType: string, key: KeyObject): Result<Uint8Array, string> {
  if (envelope.payloadType !== payloadType) return err(`the payload is not ${payloadType}`);
  const body = base64(envelope.payload);
  if (body === undefined) return err("the payload is not base64");
  if (envelope.signatures.length === 0) return err("it is not signed");
  const signed = preAuthenticationEncoding(envelope.payloadType, body);
  const good = envelope.signatures.some(({ sig }) => {
    const bytes = base64(sig);
    return bytes !== undefined && isGood(signed, bytes, key);
  });
  return good ? ok(body) : err("no signature of it is by this key");
}

/**
 * Whether a signature is by this key. ECDSA signatures come as DER or, as in the specification's example, as r and s of
 * 32 bytes each.
 *
 * @requirement HAR-11
 */
function isGood(signed: Uint8Array, sig: Uint8Array, key: KeyObject): boolean {
  if (key.asymmetricKeyType === "ed25519") return verify(null, signed, key, sig);
  const encodings = ["ieee-p1363", "der"] as const;
  return encodings.some((dsaEncoding) => verify("sha256", signed, { key, dsaEncoding }, sig));
}

function digestFor(key: KeyObject): string | null {
  return key.asymmetricKeyType === "ed25519" ? null : "sha256";
}

/**
 * Decodes standard or URL-safe base64, with its padding or without; nothing else may be in it.
 *
 * @requirement HAR-11
 */
function base64(text: string): Uint8Array | undefined {
  const urlSafe = text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const bytes = Buffer.from(urlSafe, "base64url");
  return bytes.toString("base64url") === urlSafe ? bytes : undefined;
}
