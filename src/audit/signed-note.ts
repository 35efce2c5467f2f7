import { createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { err, ok, type Result } from "../model/index.js";

/**
 * Signed notes as C2SP has them: text that ends with a line feed, an empty line, and a line for each signature. The name
 * and four bytes of hash say which key a signature is by; they prove nothing.
 *
 * @see https://c2sp.org/signed-note
 */
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** One line of signature. */
export type NoteSignature = { readonly name: string; readonly keyHash: string; readonly signature: Uint8Array };

/** Longest note that is read, in UTF-16 units. */
export const maxNoteLength = 4 * 1024 * 1024;
/** Most signatures of one note. */
const maxSignatures = 16;

/** Signs notes, and says by whose name. */
export interface CheckpointSigner {
  /** Without spaces or plus signs, such as `example.org/audit`. */
  readonly name: string;
  /** The first four bytes of the key's hash, in hexadecimal. */
  readonly keyHash: string;
  sign(bytes: Uint8Array): Uint8Array;
}

/** Verifies what one key signed. */
export interface CheckpointVerifier {
  readonly name: string;
  readonly keyHash: string;
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** The name that checkpoints are signed under unless said otherwise; it is their origin, too. */
export const defaultOrigin = "lockkeeper/audit";

/** A name that a note can hold. */
export function isNoteName(name: string): boolean {
  return /^[^\s+\p{C}]{1,256}$/u.test(name);
}

/**
 * Signs with an Ed25519 key.
 *
 * @throws where the key is none, or the name cannot stand in a note
 */
export function ed25519Signer(privateKey: KeyObject, name = defaultOrigin): CheckpointSigner {
  const { keyHash } = verifierOf(privateKey, name);
  return { name, keyHash, sign: (bytes) => sign(null, bytes, privateKey) };
}

/** The verifier that belongs to a private key. */
export function verifierOf(privateKey: KeyObject, name = defaultOrigin): CheckpointVerifier {
  return ed25519Verifier(createPublicKey(privateKey), name);
}

/**
 * Verifies with the public half of an Ed25519 key.
 *
 * @throws where the key is none, or the name cannot stand in a note
 */
export function ed25519Verifier(publicKey: KeyObject, name = defaultOrigin): CheckpointVerifier {
  if (publicKey.asymmetricKeyType !== "ed25519") throw new Error("checkpoints are signed with Ed25519");
  if (!isNoteName(name)) throw new Error("a name without spaces and plus signs is expected");
  const keyHash = keyHashOf(name, rawPublicKey(publicKey));
  return { name, keyHash, verify: (bytes, signature) => verify(null, bytes, publicKey, signature) };
}

function rawPublicKey(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
}

/** Ed25519 is algorithm 1 of signed notes. */
function keyHashOf(name: string, rawKey: Uint8Array): string {
  return hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(1), rawKey]), "hex").slice(0, 8);
}

/** The public key as other tools for signed notes take it: name, hash and key, with plus signs between. */
export function noteKeyText(publicKey: KeyObject, name = defaultOrigin): string {
  const raw = rawPublicKey(publicKey);
  return `${name}+${keyHashOf(name, raw)}+${Buffer.concat([Buffer.of(1), raw]).toString("base64")}`;
}

/** Signs a text. @param text - ends with a line feed, and has no empty line */
export function signNote(text: string, signer: CheckpointSigner): string {
  const signature = signer.sign(Buffer.from(text));
  const bytes = Buffer.concat([Buffer.from(signer.keyHash, "hex"), signature]);
  return `${text}\n— ${signer.name} ${bytes.toString("base64")}\n`;
}

/** Takes a note apart. @returns on failure one sentence */
export function parseNote(note: string): Result<SignedNote, string> {
  if (note.length > maxNoteLength) return err(`longer than ${maxNoteLength} characters`);
  const end = note.lastIndexOf("\n\n");
  if (end === -1 || !note.endsWith("\n") || !note.isWellFormed()) return err("it is no signed note");
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > maxSignatures) return err(`more than ${maxSignatures} signatures`);
  const signatures = lines.map(signatureOf);
  const known = signatures.filter((signature) => signature !== undefined);
  return known.length === lines.length
    ? ok({ text: note.slice(0, end + 1), signatures: known })
    : err("a signature line that is none");
}

function signatureOf(line: string): NoteSignature | undefined {
  const [, name = "", base64 = ""] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  const bytes = Buffer.from(base64, "base64");
  if (name === "" || bytes.length < 5 || bytes.toString("base64") !== base64) return undefined;
  return { name, keyHash: bytes.toString("hex", 0, 4), signature: bytes.subarray(4) };
}

/**
 * Whether one of these keys signed the note.
 *
 * @requirement EXE-11
 */
export function isSignedBy({ text, signatures }: SignedNote, verifiers: readonly CheckpointVerifier[]): boolean {
  const bytes = Buffer.from(text);
  return signatures.some(({ name, keyHash, signature }) =>
    verifiers.some((one) => one.name === name && one.keyHash === keyHash && one.verify(bytes, signature)),
  );
}
