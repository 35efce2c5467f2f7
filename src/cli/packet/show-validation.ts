import { isolationText, type PacketFinding, type Validation } from "../../../conformance/packet/index.js";
import { printable } from "../../model/index.js";
import type { Terminal } from "../terminal.js";

/** Prints a validation for a reader: each stage, what was found with its place, the verdict. */
export function showValidation(validation: Validation, terminal: Terminal): void {
  const { stages, findings, requirements, tests, risks, notes, reason, verdict } = validation;
  for (const { name, state, reason: why } of stages) {
    const colour = state === "pass" ? "green" : state === "fail" ? "red" : "yellow";
    terminal.out(`${terminal.paint(colour, state.padEnd(8))} ${name}${why === undefined ? "" : ` (${oneLine(why)})`}`);
  }
  showFindings(findings, terminal);
  for (const note of notes) terminal.out(`note: ${oneLine(note)}`);
  const met = requirements.filter(({ gap }) => gap === undefined).length;
  if (requirements.length > 0) terminal.out(`requirements: ${met} of ${requirements.length} met`);
  if (tests !== null) terminal.out(`tests: ${tests.runs.length} run, isolation in force: ${isolationText(tests)}`);
  for (const { risk, rules } of risks.filter(({ came_true }) => came_true)) {
    terminal.out(`risk that came true: ${oneLine(risk)} (${rules.join(", ")})`);
  }
  terminal.out(`${terminal.paint(verdict === "PASS" ? "green" : "red", verdict)}: ${oneLine(reason)}`);
}

/** Prints findings, each with its place, its rule and what to do. */
export function showFindings(findings: readonly PacketFinding[], terminal: Terminal): void {
  for (const { rule, file, row, message, hint } of findings) {
    const place = row === undefined ? file : `${file}:${row}`;
    terminal.out(`${oneLine(place)}: ${oneLine(message)} [${rule}]`);
    if (hint !== undefined) terminal.out(`  hint: ${oneLine(hint)}`);
  }
}

function oneLine(text: string): string {
  return printable(text).replaceAll("\n", " ");
}
