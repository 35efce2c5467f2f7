import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  ed25519Signer,
  ed25519Verifier,
  isNoteName,
  isSignedBy,
  noteKeyText,
  parseNote,
  signNote,
} from "./signed-note.js";
import { checkpointKeys } from "./testdata/memory-log.js";

/** The example of golang.org/x/mod/sumdb/note. */
const example = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;
const exampleKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

function exampleVerifier() {
  const raw = Buffer.from(exampleKey.split("+").at(-1) ?? "", "base64").subarray(1);
  const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
  return createPublicKey({ key: jwk, format: "jwk" });
}

function parsed(note: string) {
  const read = parseNote(note);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

it("reads and verifies a note that another program signed, and names its key the same way", () => {
  const key = exampleVerifier();
  expect(isSignedBy(parsed(example), [ed25519Verifier(key, "PeterNeumann")])).toBe(true);
  expect(noteKeyText(key, "PeterNeumann")).toBe(exampleKey);
});

// @requirement EXE-11
describe("a signature", () => {
  const keys = checkpointKeys("example.org/audit");
  const note = signNote("one\ntwo\n", keys.signer);

  it("holds for the key, the name and the text, and for no other", () => {
    expect(isSignedBy(parsed(note), [keys.verifier])).toBe(true);
    expect(isSignedBy(parsed(note), [checkpointKeys().verifier, keys.verifier])).toBe(true);
    expect(isSignedBy(parsed(note), [])).toBe(false);
    expect(isSignedBy(parsed(note), [checkpointKeys("example.org/audit").verifier])).toBe(false);
    expect(isSignedBy(parsed(note), [ed25519Verifier(keys.publicKey, "example.com/audit")])).toBe(false);
    expect(isSignedBy(parsed(note.replace("two", "six")), [keys.verifier])).toBe(false);
    const { verifier } = keys;
    expect(isSignedBy(parsed(note), [{ ...verifier, keyHash: "00000000" }])).toBe(false);
    expect(isSignedBy(parsed(note), [{ ...verifier, name: "other" }])).toBe(false);
  });

  it("may stand beside others", () => {
    const other = signNote("one\ntwo\n", checkpointKeys("witness").signer).split("\n\n")[1] ?? "";
    expect(isSignedBy(parsed(note + other), [keys.verifier])).toBe(true);
    expect(parsed(note + other).signatures).toHaveLength(2);
  });
});

it("refuses what is no note", () => {
  const note = signNote("one\n", checkpointKeys().signer);
  expect(parseNote(note).ok).toBe(true);
  const broken = [
    "",
    "one\n",
    note.slice(0, -1),
    note.replace("— ", "- "),
    note.replace(/ \S+\n$/, " AAAA\n"),
    `${note}x\n`,
  ];
  for (const text of [
    ...broken,
    note.replace("one", "\ud800"),
    note + "— a AAAAAAAA\n".repeat(16),
    " ".repeat(5_000_000),
  ]) {
    expect(parseNote(text).ok).toBe(false);
  }
});

it("takes Ed25519 keys and names without spaces only", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  expect(() => ed25519Signer(privateKey)).toThrow("Ed25519");
  expect(() => checkpointKeys("a b")).toThrow("name");
  expect(["lockkeeper/audit", "é"].map(isNoteName)).toEqual([true, true]);
  expect(["", "a b", "a+b", "a\n", "x".repeat(257)].map(isNoteName)).toEqual([false, false, false, false, false]);
});
