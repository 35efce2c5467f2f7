import { constants } from "node:os";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CitedViolation, ExecutionEnd, Outcome } from "../../gate/index.js";
import { printable } from "../../model/index.js";
import { type PolicyFolder, shownFile } from "../policy/policy-folder.js";
import type { Terminal } from "../terminal.js";

/** Exit codes of our own, after timeout(1) and the shells. */
const codes = { timeout: 124, outputLimit: 125, refused: 126 } as const;

/** The exit code of an outcome: the command's own, or one that says why there is none. */
export function exitCodeOf(outcome: Outcome): number {
  if (outcome.kind === "refused") return codes.refused;
  const { end } = outcome;
  switch (end.outcome) {
    case "exited":
      return end.exitCode ?? codes.refused;
    case "signalled":
      return 128 + signalNumber(end.signal);
    case "timeout":
      return codes.timeout;
    case "output_limit":
      return codes.outputLimit;
    default:
      return codes.refused;
  }
}

function signalNumber(name: string | null): number {
  const found = Object.entries(constants.signals).find(([signal]) => signal === name);
  return found?.[1] ?? 0;
}

/** The outcome as one JSON object. Output that is not UTF-8 is given in base64, and said to be. */
export function jsonAnswer(outcome: Outcome, folder: PolicyFolder): object {
  if (outcome.kind === "refused") {
    return {
      success: false,
      execution_id: outcome.executionId,
      error: outcome.violations[0]?.message ?? "refused",
      phase: outcome.phase,
      exit_code: null,
      violations: outcome.violations.map((violation) => ({
        rule: violation.rule,
        message: violation.message,
        requirements: violation.requirements,
        detail: violation.detail,
        ...placed(violation, folder),
      })),
    };
  }
  const { end } = outcome;
  return {
    success: end.outcome === "exited" && end.exitCode === 0,
    execution_id: outcome.executionId,
    outcome: end.outcome,
    exit_code: end.exitCode,
    signal: end.signal,
    duration_ms: Math.round(end.durationMs),
    ...encoded("stdout", end.stdout),
    ...encoded("stderr", end.stderr),
    violations: [],
  };
}

function placed({ place }: CitedViolation, folder: PolicyFolder): object {
  return place === null ? {} : { file: shownFile(place.file, folder), row: place.row };
}

function encoded(name: "stdout" | "stderr", bytes: Uint8Array): object {
  try {
    return { [name]: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { [name]: Buffer.from(bytes).toString("base64"), [`${name}_encoding`]: "base64" };
  }
}

/** Gives the command's output byte for byte, or says who objected and where. */
export async function writePlainly(outcome: Outcome, folder: PolicyFolder, terminal: Terminal): Promise<void> {
  if (outcome.kind === "refused") {
    for (const violation of outcome.violations) for (const line of linesOf(violation, folder)) terminal.note(line);
    const { phase, executionId } = outcome;
    // Past the rules it may have run: the violation says so.
    terminal.note(`execution ${executionId}${phase === "gate" ? "" : ": nothing ran"}`);
    return;
  }
  await write(process.stdout, outcome.end.stdout);
  await write(process.stderr, outcome.end.stderr);
  const note = noteOf(outcome.end);
  if (note !== undefined) terminal.note(`lockkeeper: ${note}`);
}

function linesOf(violation: CitedViolation, folder: PolicyFolder): string[] {
  const { rule, message, requirements, detail, place } = violation;
  const cites = requirements.length === 0 ? "" : ` (${requirements.join(", ")})`;
  const where = place === null ? [] : [`  at ${shownFile(place.file, folder)}:${place.row}`];
  const seen = Object.keys(detail).length === 0 ? [] : [`  ${printable(JSON.stringify(detail))}`];
  return [`refused: ${rule}: ${printable(message)}${cites}`, ...where, ...seen];
}

function noteOf({ outcome, signal, durationMs }: ExecutionEnd): string | undefined {
  if (outcome === "timeout") return `ended after ${Math.round(durationMs)} ms, its limit`;
  if (outcome === "output_limit")
    return "ended because it wrote more than its limit; what it wrote up to there is above";
  return outcome === "signalled" ? `ended by ${signal}` : undefined;
}

/** A reader that has gone (`| head`) is no failure of ours. */
async function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) return;
  await pipeline([Buffer.from(bytes)], stream, { end: false }).catch(() => undefined);
}
