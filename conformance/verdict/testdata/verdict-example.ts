import type { CheckResult, ProofResult, ProofState, Requirement, Waiver } from "../../../src/index.js";
import type { CitedPlace } from "../../evidence/index.js";
import { demandedNow, type Proof, type VerdictInput } from "../verdict-input.js";

/** A small run that passes: one requirement met by a rule, one by code, one planned. Tests change what they are about. */
export function verdictExample(over: Partial<VerdictInput> = {}): VerdictInput {
  return {
    product: { name: "lockkeeper", version: "0.1.0" },
    requirements: [requirementExample({ id: "EXE-15" }), requirementExample({ id: "HAR-02" }), planned],
    waivers: [],
    evidence: [rule, caseOf("command-words-001"), code, test],
    checks: [checkExample({ id: "command-words-001", requirements: ["EXE-15"] })],
    executions: [{ check: "command-words-001", file: rule.file, lines: [{ from: 5, to: 6 }] }],
    problems: [],
    demanded: { ...demandedNow, mutation: { rule: "executed", code: "passed" } },
    today: "2026-03-01",
    profile: "embedded",
    seed: 7,
    only: [],
    inputs: { specs: "a".repeat(64), policies: "b".repeat(64) },
    counts: { interpreter_inputs: 1, disagreements: 0, bypasses: 0 },
    ...over,
  };
}

/** A requirement in force that its evidence may be added to. */
export function requirementExample(over: Partial<Requirement> = {}): Requirement {
  return {
    id: "EXE-15",
    rev: 1,
    level: "MUST",
    method: "mutation",
    text: "The gate MUST refuse what no profile describes.",
    source: { doc: "design card", section: "scope" },
    since: "0.1",
    ...over,
  };
}

/** A check that passed. */
export function checkExample(over: Partial<CheckResult> = {}): CheckResult {
  const id = over.id ?? "command-words-001";
  return {
    id,
    kind: "case",
    title: "denies a word that is no program",
    requirements: ["EXE-15"],
    status: "pass",
    file: "specs/attacks/command-words.yaml",
    row: 12,
    inputs: 1,
    ...over,
  };
}

/** A waiver that holds on the example's day. */
export function waiverExample(over: Partial<Waiver> = {}): Waiver {
  return {
    id: "waiver-001",
    requirement: "EXE-15",
    rung: "executed",
    reason: "the replay of this rule comes later",
    owner: "ada",
    approver: "grace",
    expires: "2026-03-01",
    ...over,
  };
}

/** The place of a case. */
export function caseOf(name: string, requirements: readonly string[] = ["EXE-15"]): CitedPlace {
  return { kind: "case", name, file: "specs/attacks/command-words.yaml", row: 12, end_row: 16, requirements };
}

const planned = requirementExample({ id: "SBX-01", since: "0.4" });

/** The rule that meets EXE-15; its head is row 5. */
export const rule: CitedPlace = {
  kind: "rule",
  name: "command/not_allowed",
  file: "policies/command/command.rego",
  row: 5,
  end_row: 8,
  requirements: ["EXE-15"],
};

/** The code that meets HAR-02. */
export const code: CitedPlace = {
  kind: "code",
  name: "evidenceIn",
  file: "src/evidence.ts",
  row: 20,
  end_row: 40,
  requirements: ["HAR-02"],
};

/** The test that shows HAR-02. */
export const test: CitedPlace = {
  kind: "test",
  name: "evidence > is found",
  file: "src/evidence.test.ts",
  row: 9,
  end_row: 14,
  requirements: ["HAR-02"],
  status: "pass",
};

/** What is recorded of the code that meets HAR-02. */
export function proofOf(state: ProofState, over: Partial<ProofResult["places"][number]> = {}): Proof {
  const { kind: _, name, file, row, end_row } = code;
  const place = { kind: "code" as const, name, file, row, end_row, state, killed: 3, survived: 0, covered: 0 };
  const result: ProofResult = {
    state,
    killed: 3,
    survived: 0,
    equivalent: 0,
    places: [{ ...place, equivalent: 0, killers: [], mutants: [], ...over }],
  };
  return { requirement: "HAR-02", state, result };
}

/** A place of which two mutants survived, one of them in lines that a trial ran. */
export const survivors = { state: "survived" as const, survived: 2, covered: 1 };
