import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ok,
  type Problem,
  parseStrictJson,
  type Result,
} from "../model/index.js";
import { refused } from "./refusal.js";

/** Longest token that is looked at, in bytes. */
export const maxTokenBytes = 4096;

/** A compact JWS (RFC 7515) taken apart. Nothing of it is to be believed yet. */
export type CompactJws = {
  readonly header: JsonObject;
  /** What was signed: header and payload as they came, with the dot between them. */
  readonly signed: string;
  /** The payload's bytes, unread until the signature has been found good. */
  readonly payload: Buffer;
  readonly signature: Buffer;
};

/** Deep and wide enough for any header or claims that are ours, so that what is not is told by name. */
const bounds = { bytes: maxTokenBytes, depth: 4, nodes: 64 };

/**
 * Takes a compact JWS apart: at most 4 KB, exactly three parts, each in the one base64url spelling that its bytes have
 * (no padding, no white space, no loose bits at the end), and a header that is one JSON object without a name twice.
 *
 * @returns on failure `token/missing` or `token/malformed`
 */
export function parseCompact(text: unknown): Result<CompactJws, Problem> {
  const checked = compactText(text);
  if (!checked.ok) return checked;
  const parts = partsOf(checked.value);
  if (parts === undefined) return refused("malformed", "the token is not three parts of base64url");
  const [head, payload, signature] = parts;
  const header = readJson(head);
  if (!isJsonObject(header)) return refused("malformed", "the token's header is not one JSON object");
  return ok({ header, signed: checked.value.slice(0, checked.value.lastIndexOf(".")), payload, signature });
}

/** @requirement EXE-03 */
function compactText(text: unknown): Result<string, Problem> {
  if (text === undefined || text === null || text === "") return refused("missing", "there is no token");
  if (typeof text !== "string") return refused("malformed", "the token is not text");
  if (text.length > maxTokenBytes) return refused("malformed", `the token is longer than ${maxTokenBytes} bytes`);
  return ok(text);
}

/** @requirement EXE-03 */
function partsOf(text: string): readonly [Buffer, Buffer, Buffer] | undefined {
  const [head, payload, signature, ...more] = text.split(".").map(fromBase64Url);
  if (head === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined;
  return [head, payload, signature];
}

/** The bytes of a base64url text (RFC 4648, without padding), if it is the one that they would be written as. */
export function fromBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads JSON out of a token strictly. @returns undefined where it is none, or could be read in two ways */
export function readJson(bytes: Uint8Array): JsonValue | undefined {
  const text = decoded(bytes);
  if (text === undefined) return undefined;
  const document = parseStrictJson(text, "token", bounds);
  return document.ok ? document.value.value : undefined;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
