import Type from "typebox";
import { err, ok, type Problem, parserOf, parseStrictYaml, problemsOfIssues, type Result } from "../../src/index.js";
import { canonicalJson } from "../report/canonical-json.js";
import { sha256 } from "./compact-token.js";
import { type ChecklistItem, reviewVerdict, type SecurityReview, type SignOff } from "./security-checklist.js";

const closed = { additionalProperties: false } as const;

/** A sign-off: who looked at which checklist, and when. */
const SignOffFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/sign-off/v1"),
    name: Type.String({ minLength: 1, maxLength: 200, pattern: "\\S" }),
    date: Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" }),
    /** As `lockkeeper results` tells it: a checklist that came out otherwise is not signed. */
    checklist_sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  },
  { ...closed, $id: "lockkeeper/sign-off/v1" },
);

const parse = parserOf(SignOffFile);

/** Reads a sign-off. @returns on failure every problem with its place */
export function readSignOff(text: string, file: string): Result<SignOff, readonly Problem[]> {
  const document = parseStrictYaml(text, file);
  if (!document.ok) return document;
  const parsed = parse(document.value.value);
  if (!parsed.ok) return err(problemsOfIssues(document.value, parsed.error));
  const { name, date, checklist_sha256 } = parsed.value;
  return ok({ name, date, checklist_sha256 });
}

/** What a checklist is about: a text that changes with what was built, such as hashes of its files. */
export type SignedSubject = string;

/**
 * What a person signs: how each item stands, and for what was built as it is. How many checks passed is not in it, so that one more
 * does not undo it; a changed file does.
 *
 * @requirement EXE-26
 */
export function checklistDigest(
  items: readonly Pick<ChecklistItem, "id" | "status">[],
  subject: SignedSubject,
): string {
  return sha256(canonicalJson({ items: items.map(({ id, status }) => ({ id, status })), subject }));
}

/** Joins a checklist with a sign-off to a review. */
export function reviewOf(
  items: readonly ChecklistItem[],
  subject: SignedSubject,
  signOff: SignOff | null,
): SecurityReview {
  const checklist_sha256 = checklistDigest(items, subject);
  const verdict = reviewVerdict(items, signOff, checklist_sha256);
  const signed_off = signerOf(signOff, checklist_sha256);
  return { verdict, items, checklist_sha256, signed_off };
}

/**
 * Who signed this checklist; nobody where another one was signed.
 *
 * @requirement EXE-26
 */
export function signerOf(signOff: SignOff | null, checklist_sha256: string): SecurityReview["signed_off"] {
  if (signOff?.checklist_sha256 !== checklist_sha256) return null;
  return { name: signOff.name, date: signOff.date };
}
