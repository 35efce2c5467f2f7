import type { KeyObject } from "node:crypto";
import { err, isRecord, ok, parseStrictJson, type Result } from "../../src/index.js";
import { type Difference, differencesBetween } from "./differences.js";
import { openEnvelope, parseEnvelope } from "./dsse.js";
import {
  type AttestedFacts,
  type InTotoStatement,
  parseStatement,
  predicateTypes,
  statementPayloadType,
  testResultStatement,
  verificationStatement,
} from "./statements.js";

/** What came of verifying an attestation. */
export type Verification = {
  readonly ok: boolean;
  /** Lines by their numbers (from 1) that were passed over, and why. */
  readonly ignored: readonly { readonly line: number; readonly reason: string }[];
  /** Why it cannot be good, whatever the repository holds. */
  readonly faults: readonly string[];
  /** Where what was attested is not what is found here. */
  readonly differences: readonly (Difference & { readonly predicateType: string })[];
  /** When it says it was made. */
  readonly timeCreated?: string;
};

/** How an attestation is verified. */
export type VerifyOptions = {
  /** The key that it must be signed with. */
  readonly key: KeyObject;
  /** Accept one that says that the working tree was not the commit. */
  readonly allowDirty: boolean;
};

/**
 * Verifies an in-toto bundle against what is found in the repository: its signatures under the given key, and then every
 * field, by making the statements anew. Lines under other keys and of other types are passed over, as the bundle's
 * specification asks; a test result and a verification result must be there, and each one must agree.
 *
 * @param facts - as found now, see `gatherFacts`
 * @requirement HAR-11
 */
export function verifyReport(text: string, facts: AttestedFacts, { key, allowDirty }: VerifyOptions): Verification {
  const ignored: { line: number; reason: string }[] = [];
  const statements = new Set<InTotoStatement>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const statement = statementIn(line, key);
    if (statement.ok) statements.add(statement.value);
    else ignored.push({ line: index + 1, reason: statement.error });
  }
  const faults: string[] = [];
  const differences: Verification["differences"][number][] = [];
  const times: string[] = [];
  for (const [what, predicateType] of Object.entries(predicateTypes)) {
    const mine = [...statements].filter((statement) => statement.predicateType === predicateType);
    if (mine.length === 0) faults.push(`no ${words[what] ?? what} is signed by this key`);
    for (const statement of mine) {
      const { timeCreated } = statement.predicate;
      if (predicateType === predicateTypes.svr) {
        if (isTime(timeCreated)) times.push(timeCreated);
        else faults.push("the verification result does not say when it was made");
      }
      const dirty = isDirty(statement);
      if (dirty && !allowDirty) faults.push("it was signed over changes that no commit holds");
      const found = dirty && allowDirty ? { ...facts, dirty } : facts;
      const expected =
        predicateType === predicateTypes.svr
          ? verificationStatement(found, String(timeCreated))
          : testResultStatement(found);
      differences.push(...differencesBetween(statement, expected).map((one) => ({ ...one, predicateType })));
    }
  }
  const [timeCreated] = times;
  const good = faults.length === 0 && differences.length === 0;
  return { ok: good, ignored, faults, differences, ...(timeCreated === undefined ? {} : { timeCreated }) };
}

const words: Readonly<Record<string, string>> = { testResult: "test result", svr: "verification result" };

/** An attestation of a large repository has a name for each check. */
const bounds = { bytes: 96 * 1024 * 1024, depth: 20, nodes: 5_000_000 };

/**
 * The statement of one line, if it is of a known kind and signed by the key.
 *
 * @requirement HAR-11
 */
function statementIn(line: string, key: KeyObject): Result<InTotoStatement, string> {
  const envelope = parsed(line, parseEnvelope);
  if (envelope === undefined) return err("no DSSE envelope");
  const body = openEnvelope(envelope, statementPayloadType, key);
  if (!body.ok) return body;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body.value);
  } catch {
    return err("the payload is no UTF-8");
  }
  const statement = parsed(text, parseStatement);
  if (statement === undefined) return err("the payload is no in-toto statement");
  const known: readonly string[] = Object.values(predicateTypes);
  if (!known.includes(statement.predicateType)) return err("it says something else");
  return ok(statement);
}

function parsed<T>(text: string, parse: (value: unknown) => Result<T, unknown>): T | undefined {
  const document = parseStrictJson(text, "attestation", bounds);
  const value = document.ok ? parse(document.value.value) : document;
  return value.ok ? value.value : undefined;
}

/**
 * Whether a value is a moment as RFC 3339 has it in UTC, and nothing besides.
 *
 * @requirement HAR-11
 */
function isTime(value: unknown): value is string {
  const text = String(value);
  const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/.exec(text)?.[0];
  return time === value && !Number.isNaN(Date.parse(text));
}

/**
 * Whether a test result says that the working tree was not the commit.
 *
 * @requirement HAR-11
 */
function isDirty({ predicate }: InTotoStatement): boolean {
  const { configuration } = predicate;
  const content = Buffer.from("dirty").toString("base64");
  const saysSo = (item: unknown) => isRecord(item) && item.name === "worktree" && item.content === content;
  return Array.isArray(configuration) && configuration.some(saysSo);
}
