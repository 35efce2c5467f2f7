import type { IsolationFacts, Problem, Result } from "../../model/index.js";
import type { KeySet } from "../../token/index.js";

/** What one check found. Where something is `missing` a gateway does not start, or runs nothing. */
export type Finding = {
  readonly check: string;
  readonly state: "ok" | "missing" | "note";
  readonly detail: string;
  readonly hint?: string;
};

/** Older ones lack `node:sqlite`. */
const oldestNode = 24;

/**
 * @param version - as `process.versions.node` has it
 * @requirement EXE-27
 */
export function runtimeFinding(version: string): Finding {
  const isNew = Number.parseInt(version, 10) >= oldestNode;
  if (isNew) return { check: "node", state: "ok", detail: version };
  return { check: "node", state: "missing", detail: version, hint: `install Node ${oldestNode} or newer` };
}

/** A library that we need, and which version of it is there; undefined for none. */
export type Library = { readonly name: string; readonly wanted: string; readonly found: string | undefined };

/**
 * Libraries are pinned: another version is not what was tested, and is told.
 *
 * @requirement EXE-27
 */
export function libraryFindings(libraries: readonly Library[]): readonly Finding[] {
  const missing = libraries.filter(({ found }) => found === undefined).map(({ name }) => name);
  if (missing.length > 0) {
    return [{ check: "libraries", state: "missing", detail: `not there: ${missing.join(", ")}`, hint: "npm ci" }];
  }
  const others = libraries.filter(({ wanted, found }) => wanted !== found);
  const ours: Finding = { check: "libraries", state: "ok", detail: `${libraries.length} there` };
  if (others.length === 0) return [ours];
  const told = others.map(({ name, wanted, found }) => `${name} ${found} (tested with ${wanted})`);
  return [ours, { check: "libraries", state: "note", detail: told.join(", ") }];
}

/** Clocks that differ by time zones and slow disks are not told. */
const dayMs = 24 * 3_600_000;

/**
 * Tokens live for seconds: a clock that is years off refuses them all, or none.
 *
 * @param builtMs - when this program's own files were made: a lower bound of what time it is, in milliseconds
 * @requirement EXE-27
 */
export function clockFinding(nowMs: number, builtMs: number): Finding {
  const detail = new Date(nowMs).toISOString();
  if (nowMs + dayMs >= builtMs) return { check: "clock", state: "ok", detail };
  const hint = "the clock is behind this program's own files: set it, and keep it by NTP";
  return { check: "clock", state: "missing", detail, hint };
}

/** @requirement EXE-27 */
export function keyFindings(opened: Result<KeySet, readonly Problem[]>): readonly Finding[] {
  if (!opened.ok) return opened.error.map((problem) => asMissing("keys", problem));
  const current = opened.value.keys.filter(({ replaced_ms }) => replaced_ms === null);
  return [{ check: "keys", state: "ok", detail: current.map(({ purpose, alg }) => `${purpose} (${alg})`).join(", ") }];
}

/** How a store says that it stands. */
export type StoreCheck = { readonly name: string; readonly ok: boolean; readonly detail: string };

/**
 * @param kept - where what decides and what is recorded is kept
 * @requirement EXE-27
 */
export function storeFindings(
  checks: readonly StoreCheck[],
  kept: { readonly store: string; readonly audit: string },
): readonly Finding[] {
  return checks.map(({ name, ok, detail }) => ({
    check: name,
    state: ok ? "ok" : "missing",
    detail: `${detail} (${kept.store}, audit in ${kept.audit})`,
  }));
}

/**
 * What the probe saw hold. Nothing at all is as good as no sandbox; what lacks is told, for profiles may demand it.
 *
 * @requirement EXE-27
 */
export function isolationFindings(facts: IsolationFacts): readonly Finding[] {
  const names = (isWanted: boolean) =>
    Object.entries(facts)
      .filter(([, holds]) => holds === isWanted)
      .map(([kind]) => kind)
      .join(", ");
  const [held, open] = [names(true), names(false)];
  const found: Finding =
    held === ""
      ? { check: "isolation", state: "missing", detail: "none", hint: "apt-get install bubblewrap" }
      : { check: "isolation", state: "ok", detail: held };
  return open === "" || held === ""
    ? [found]
    : [found, { check: "isolation", state: "note", detail: `not in force: ${open}` }];
}

/**
 * 0 where a gateway can start, 2 where something lacks that it needs.
 *
 * @requirement EXE-27
 */
export function exitCodeOf(findings: readonly Finding[]): 0 | 2 {
  return findings.some(({ state }) => state === "missing") ? 2 : 0;
}

/** A problem as a finding: what it says, and what to do. */
export function asMissing(check: string, { message, hint }: Problem): Finding {
  return { check, state: "missing", detail: message, ...(hint === undefined ? {} : { hint }) };
}
