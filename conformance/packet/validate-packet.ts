import type { HygieneFinding } from "../hygiene/index.js";
import { type JudgedItem, judgeEvidence } from "./check-evidence.js";
import type { PacketFinding } from "./packet-rules.js";
import type { Packet } from "./parse-packet.js";
import { isPlaceholder } from "./placeholder.js";
import { packetStatus, preFlight, textOf } from "./pre-flight.js";
import { resolveAnchor, type SpecPlace } from "./resolve-anchor.js";
import { type JudgedRisk, judgeRisks } from "./risk-map.js";
import { runSearches, type SearchResult } from "./search-terms.js";
import {
  blockOf,
  implementationBlock,
  judgedStage,
  reasonOf,
  type Stage,
  type StageName,
  type Verdict,
  verdictOf,
} from "./stages.js";
import { boardFindings } from "./task-board.js";
import { type PlannedCommand, runPlan, type TestRuns, testFindings } from "./test-plan.js";

/** What a validation is about and what it needs of the world. */
export type ValidationInput = {
  readonly id: string;
  readonly packet: Packet;
  readonly spec: SpecPlace;
  /** The task board's path from the root. */
  readonly board: string;
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
  /** The files that SEARCH_TERMS are looked for in. */
  listFiles(): Promise<readonly string[]>;
  /** Looks for forbidden patterns in files and folders. Null where this validation does not: then nothing is passed. */
  readonly scan: ((files: readonly string[]) => Promise<HygieneResult>) | null;
  /** Runs commands through the gate; null where this validation does not. */
  readonly runTests: ((commands: readonly PlannedCommand[]) => Promise<TestRuns>) | null;
  progress(line: string): void;
};

/** What a search for forbidden patterns gave: findings, and faults (bad waivers, files that could not be read). */
export type HygieneResult = { readonly findings: readonly HygieneFinding[]; readonly faults: readonly string[] };

/** All that came of a validation. */
export type Validation = Verdict & {
  readonly packet: { readonly id: string; readonly file: string; readonly status: string };
  readonly date: string;
  readonly spec: { readonly file: string | null; readonly anchor: string; readonly sections: readonly string[] };
  readonly stages: readonly Stage[];
  readonly files_checked: readonly string[];
  readonly searches: readonly SearchResult[];
  readonly requirements: readonly JudgedItem[];
  readonly findings: readonly PacketFinding[];
  readonly hygiene: { readonly scope: readonly string[]; readonly findings: readonly HygieneFinding[] };
  readonly tests: TestRuns | null;
  readonly risks: readonly JudgedRisk[];
  readonly notes: readonly string[];
  readonly reason: string;
};

/**
 * Validates a packet: each stage on what the one before found good. What is blocked is not run and says why; a stage that
 * was not run is never passed.
 */
export async function validatePacket(input: ValidationInput): Promise<Validation> {
  const { packet, spec, id } = input;
  const { root } = spec;
  const stages: Stage[] = [];
  const findings: PacketFinding[] = [];
  const notes = [...packet.repairs];
  let block: string | undefined;
  /** Adds a stage with what it found, and blocks the later ones where a finding does. */
  const judged = (name: StageName, found: readonly PacketFinding[]): void => {
    stages.push(judgedStage(name, found));
    findings.push(...found);
    block ??= blockOf(name, found);
  };
  const notRun = (name: StageName, reason: string): void => {
    stages.push({ name, state: "not run", reason });
  };

  input.progress("pre-flight");
  judged("pre-flight", preFlight(packet, id, root));
  const searches = await runSearches(packet.fields.get("BOOTSTRAP.SEARCH_TERMS"), root, input.listFiles);

  let anchor: ReturnType<typeof resolveAnchor> | undefined;
  if (block !== undefined) notRun("anchor", block);
  else {
    anchor = resolveAnchor(packet, spec);
    judged("anchor", anchor.findings);
  }
  let evidence: ReturnType<typeof judgeEvidence> | undefined;
  if (block !== undefined) for (const name of ["requirements", "evidence"] as const) notRun(name, block);
  else {
    evidence = judgeEvidence(packet, anchor?.requirements ?? [], root);
    const isGap = ({ rule }: PacketFinding) => rule === "SPEC-GAP";
    judged("requirements", evidence.findings.filter(isGap));
    judged(
      "evidence",
      evidence.findings.filter((one) => !isGap(one)),
    );
    block = implementationBlock(evidence.files) ?? block;
    notes.push(...evidence.notes);
  }

  const scope = packetScope(packet, evidence?.files ?? []);
  let hygiene: readonly HygieneFinding[] = [];
  if (block !== undefined) notRun("hygiene", block);
  else if (input.scan === null) notRun("hygiene", "a check scans nothing");
  else {
    input.progress(`hygiene: ${scope.length} paths`);
    const scanned = await input.scan(scope);
    hygiene = scanned.findings;
    judged("hygiene", hygieneFindings(scanned, packet.file));
  }
  let tests: TestRuns | null = null;
  const tested = await runPlan(packet.fields.get("TEST_PLAN"), block, input.runTests);
  if ("reason" in tested) notRun("tests", tested.reason);
  else {
    tests = tested;
    judged("tests", testFindings(tests.runs, packet.file));
  }
  const status = textOf(packet.fields.get("STATUS") ?? { name: "STATUS", row: 1, lines: [], code: [] });
  judged("task board", boardFindings(root, input.board, id, packetStatus(status)));

  return {
    packet: { id, file: packet.file, status },
    date: input.today,
    ...verdictOf(stages, findings),
    spec: {
      file: anchor?.spec ?? null,
      anchor: textOf(packet.fields.get("SCOPE.SPEC_ANCHOR") ?? { name: "", row: 1, lines: [], code: [] }),
      sections: anchor?.sections ?? [],
    },
    stages,
    files_checked: evidence?.files ?? [],
    searches,
    requirements: evidence?.requirements ?? [],
    findings,
    hygiene: { scope, findings: hygiene },
    tests,
    risks: judgeRisks(packet.fields.get("BOOTSTRAP.RISK_MAP"), findings),
    notes,
    reason: reasonOf(stages, findings, evidence?.requirements ?? []),
  };
}

/**
 * What is searched for forbidden patterns: IN_SCOPE_PATHS where it is given, and always the files of the evidence.
 *
 * @param evidence - from the root, with `/`
 * @requirement MEX-11
 */
export function packetScope(packet: Packet, evidence: readonly string[]): string[] {
  const lines = (packet.fields.get("SCOPE.IN_SCOPE_PATHS")?.lines ?? []).filter(({ text }) => !isPlaceholder(text));
  const given = lines.flatMap(({ text, codes }) => (codes.length > 0 ? codes : [text.replace(/\s.*/, "")]));
  return [...new Set([...given.map((path) => path.replace(/^\.\//, "").replace(/\/$/, "")), ...evidence])].sort();
}

function hygieneFindings({ findings, faults }: HygieneResult, file: string): PacketFinding[] {
  return [
    ...findings
      .filter(({ waived }) => waived === undefined)
      .map(({ rule, file: where, row, message, fix }): PacketFinding => {
        return { rule: "HYGIENE-FINDING", message: `${rule}: ${message}`, file: where, row, hint: fix };
      }),
    ...faults.map((message): PacketFinding => ({ rule: "HYGIENE-FINDING", message, file })),
  ];
}
