import { isRecord } from "../model/index.js";

/** A run of base64url that begins as `{"` does, then parts of the same kind: a JWS, with or without its signature, or a JWE. */
const token = /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){0,3}/g;

/** The private half or the secret of a JWK, also as JSON inside JSON. */
const privateMember = /(\\{0,8}"(?:d|k)\\{0,8}"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}\\{0,8}")[A-Za-z0-9_-]{16,}/g;

/** A private key as PEM, to its end or to the end of the text. */
const privatePem = /-----BEGIN ([A-Z ]{0,32})PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g;

/** A credential in a header; what comes after the scheme, whatever it is. */
const credential = /\b((?:bearer|dpop)[ \t]{1,8})[A-Za-z0-9._~+/=-]{8,}/gi;

/**
 * Replaces tokens and private keys in a text by `[token]` and `[key]`. Linear in the text's length.
 *
 * @param text - whole: a token that is cut in two by whoever calls is not seen
 * @requirement EXE-16
 */
export function redactTokens(text: string): string {
  return text
    .replace(privatePem, "[key]")
    .replace(privateMember, "$1[key]")
    .replace(token, "[token]")
    .replace(credential, "$1[token]");
}

/** Whether a text holds something that `redactTokens` would replace. */
export function looksLikeToken(text: string): boolean {
  return redactTokens(text) !== text;
}

/**
 * A value as JSON text without tokens and private keys. Each string is redacted by itself: a private key without its end takes
 * away the rest of its string and of no other, and what comes out is JSON still.
 *
 * @param value - of what JSON can hold
 * @requirement EXE-16
 */
export function redactJson(value: unknown): string {
  // Members of a JWK are seen only beside their names, so the whole is looked at as well.
  return redactTokens(JSON.stringify(value, (_, inner) => redactedPart(inner)));
}

/** @requirement EXE-16 */
function redactedPart(value: unknown): unknown {
  if (typeof value === "string") return redactTokens(value);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redactTokens(name), member]));
}
