import type { HygieneFinding } from "../hygiene/index.js";
import { type JudgedItem, judgeEvidence } from "./check-evidence.js";
import { isBlocked, type PacketFinding } from "./packet-rules.js";
import type { Packet } from "./parse-packet.js";
import { isPlaceholder } from "./placeholder.js";
import { type PacketStatus, packetStatus, preFlight, textOf } from "./pre-flight.js";
import { resolveAnchor, type SpecPlace } from "./resolve-anchor.js";
import { type JudgedRisk, judgeRisks } from "./risk-map.js";
import { type SearchResult, searchFiles, searchTermsOf } from "./search-terms.js";
import { boardFindings } from "./task-board.js";
import { type PlannedCommand, runPlan, type TestRuns, testFindings } from "./test-plan.js";

/** The stages of a validation, in their order. */
export const stageNames = [
  "pre-flight",
  "anchor",
  "requirements",
  "evidence",
  "hygiene",
  "tests",
  "task board",
] as const;

/** What became of a stage; `reason` says why one was not run. */
export type Stage = {
  readonly name: (typeof stageNames)[number];
  readonly state: "pass" | "fail" | "not run";
  readonly reason?: string;
};

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
export type Validation = {
  readonly packet: { readonly id: string; readonly file: string; readonly status: string };
  readonly date: string;
  readonly verdict: "PASS" | "FAIL";
  /** Set where the packet goes back: a packet that fails is to be worked on again. */
  readonly returned_to: PacketStatus | null;
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
 *
 * @requirement MEX-13, MEX-18
 */
export async function validatePacket(input: ValidationInput): Promise<Validation> {
  const { packet, spec, id } = input;
  const { root } = spec;
  const stages: Stage[] = [];
  const findings: PacketFinding[] = [];
  const notes = [...packet.repairs];
  let block: string | undefined;
  /** Adds a stage with what it found, and blocks the later ones where a finding does. */
  const judged = (name: Stage["name"], found: readonly PacketFinding[], blockedBy: string): void => {
    stages.push({ name, state: found.length === 0 ? "pass" : "fail" });
    findings.push(...found);
    if (isBlocked(found)) block ??= `blocked by ${blockedBy}`;
  };
  const notRun = (name: Stage["name"], reason: string): void => {
    stages.push({ name, state: "not run", reason });
  };

  input.progress("pre-flight");
  judged("pre-flight", preFlight(packet, id, root), "pre-flight failure");
  const terms = packet.fields.get("BOOTSTRAP.SEARCH_TERMS");
  const runnable = terms === undefined ? [] : searchTermsOf(terms).filter(({ fault }) => fault === undefined);
  const searches = searchFiles(
    root,
    runnable.map(({ term }) => term),
    runnable.length === 0 ? [] : await input.listFiles(),
  );

  let anchor: ReturnType<typeof resolveAnchor> | undefined;
  if (block !== undefined) notRun("anchor", block);
  else {
    anchor = resolveAnchor(packet, spec);
    judged("anchor", anchor.findings, "spec mismatch");
  }
  let evidence: ReturnType<typeof judgeEvidence> | undefined;
  if (block !== undefined) for (const name of ["requirements", "evidence"] as const) notRun(name, block);
  else {
    evidence = judgeEvidence(packet, anchor?.requirements ?? [], root);
    const isGap = ({ rule }: PacketFinding) => rule === "SPEC-GAP";
    judged("requirements", evidence.findings.filter(isGap), "gaps");
    judged(
      "evidence",
      evidence.findings.filter((one) => !isGap(one)),
      "placeholder evidence",
    );
    if (evidence.files.length === 0) block = "no implementation exists";
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
    judged("hygiene", hygieneFindings(scanned, packet.file), "hygiene");
  }
  let tests: TestRuns | null = null;
  const tested = await runPlan(packet.fields.get("TEST_PLAN"), block, input.runTests);
  if ("reason" in tested) notRun("tests", tested.reason);
  else {
    tests = tested;
    judged("tests", testFindings(tests.runs, packet.file), "tests");
  }
  const status = textOf(packet.fields.get("STATUS") ?? { name: "STATUS", row: 1, lines: [], code: [] });
  judged("task board", boardFindings(root, input.board, id, packetStatus(status)), "the task board");

  const passed = findings.length === 0 && stages.every(({ state }) => state === "pass");
  return {
    packet: { id, file: packet.file, status },
    date: input.today,
    verdict: passed ? "PASS" : "FAIL",
    returned_to: passed ? null : "Ready for Dev",
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

function reasonOf(
  stages: readonly Stage[],
  findings: readonly PacketFinding[],
  requirements: readonly JudgedItem[],
): string {
  const failed = stages.filter(({ state }) => state === "fail").map(({ name }) => name);
  const skipped = stages.filter(({ state }) => state === "not run");
  const gaps = requirements.filter(({ gap }) => gap !== undefined).length;
  if (failed.length === 0 && skipped.length === 0) {
    return `all ${requirements.length} requirements are met by code that is there, nothing forbidden was found, and every test passed`;
  }
  const why = [...new Set(skipped.map(({ reason = "" }) => reason))].join("; ");
  return [
    ...(failed.length === 0
      ? []
      : [`${failed.join(", ")} failed with ${findings.length} ${findings.length === 1 ? "finding" : "findings"}`]),
    ...(gaps === 0 ? [] : [`${gaps} of ${requirements.length} requirements are gaps`]),
    ...(skipped.length === 0 ? [] : [`not run: ${skipped.map(({ name }) => name).join(", ")} (${why})`]),
  ].join("; ");
}
