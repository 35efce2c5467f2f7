import { knownChains, readHistory } from "./checkpoint-history.js";
import { type Finding, sortedFindings } from "./finding.js";
import type { LogLine } from "./log-line.js";
import type { CheckpointVerifier } from "./signed-note.js";
import { type ChainSummary, verifyChain } from "./verify-chain.js";
import { hearWitness, type Testimony, type Witness } from "./witness.js";

/** What can be verified: every `AuditLog`, and whatever else gives its lines, each writer's in order, and its checkpoints. */
export interface Verifiable {
  entries(): AsyncIterable<LogLine>;
  /** Oldest first. */
  checkpoints(): Promise<readonly string[]>;
}

/** What to hold a log against. */
export type AuditOptions = {
  /** The keys that checkpoints may be signed by; null where signatures shall not be looked at. */
  readonly verifiers: readonly CheckpointVerifier[] | null;
  readonly witnesses?: readonly Witness[];
  /** Read every entry in full. */
  readonly deep?: boolean;
};

/** What was found. */
export type AuditReport = {
  /** Whether there is no finding. */
  readonly ok: boolean;
  readonly entries: number;
  readonly writers: number;
  /** Good checkpoints, from the first on. */
  readonly checkpoints: number;
  /** Entries after the last checkpoint of their writer: cutting them off would not be seen. */
  readonly uncovered: number;
  readonly chains: readonly ChainSummary[];
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
};

/**
 * Verifies a log by computing everything anew, from the entries up: chains, the trees and heads that checkpoints name, the
 * signatures, that checkpoints grow out of one another, and that witnesses know nothing else. One pass over the entries.
 */
export async function verifyAudit(log: Verifiable, options: AuditOptions): Promise<AuditReport> {
  const { verifiers, witnesses = [], deep = false } = options;
  // Before the entries: what is written meanwhile must not look like a checkpoint without its entries.
  const history = readHistory(await log.checkpoints(), verifiers);
  const heard: Testimony[] = [];
  for (const witness of witnesses) heard.push(await hearWitness(witness, history, verifiers));
  const records = [...history.records.map(({ record }) => record), ...heard.flatMap(({ records }) => records)];
  const chains = await verifyChain(log.entries(), { known: knownChains(records), deep });
  const findings = [...history.findings, ...heard.flatMap(({ findings }) => findings), ...chains.findings];
  return {
    ok: findings.length === 0,
    entries: chains.entries,
    writers: chains.chains.length,
    checkpoints: history.count,
    uncovered: chains.chains.reduce((sum, { seq, anchoredSeq }) => sum + Math.max(0, seq - anchoredSeq), 0),
    chains: chains.chains,
    findings: sortedFindings(findings),
    notes: [...limitNotes(history.count, options), ...heard.flatMap(({ notes }) => notes), ...chains.notes],
  };
}

/** What verifying could not show, whatever it found. */
function limitNotes(checkpoints: number, { verifiers, witnesses = [] }: AuditOptions): string[] {
  if (checkpoints === 0)
    return ["there is no checkpoint: a log that was cut off at its end or written anew looks good"];
  return [
    ...(verifiers === null ? ["no key was given: checkpoints could be anybody's"] : []),
    ...(witnesses.length === 0 ? ["no witness was asked: an older log in place of this one looks good"] : []),
  ];
}
