import { isolationKinds } from "../../src/index.js";
import { markdownCode as code, markdownBlock, markdownText as text } from "../report/markdown-text.js";
import type { Stage } from "./stages.js";
import type { TestRun, TestRuns } from "./test-plan.js";
import type { Validation } from "./validate-packet.js";

/** Most that is shown of a text of others, in UTF-16 code units, and of places of one requirement. */
const shownLength = 500;
const shownPlaces = 10;

const markdownText = (one: string): string => text(clipped(one));
const markdownCode = (one: string): string => code(clipped(one));

function clipped(one: string): string {
  return one.length <= shownLength ? one : `${one.slice(0, shownLength).replace(/\p{Surrogate}$/u, "")}…`;
}

/** The words that open a report's heading; `parsePacket` reads nothing below them as a field. */
const title = "VALIDATION REPORT";

/**
 * Writes a validation as a section of Markdown under a dated heading. Whatever came from files, commands or people is
 * escaped, so that no text can end the section or pass for a verdict.
 *
 * @param number - which report of that day it is, from 1
 * @requirement MEX-17
 */
export function validationReport(validation: Validation, number: number): string {
  const { packet, date, verdict, returned_to, spec, files_checked, searches, requirements, risks, notes } = validation;
  const parts = [
    `## ${title} — ${date}${number === 1 ? "" : ` (${number})`}`,
    `**Verdict: ${verdict}**${returned_to === null ? "" : ` — returned to ${returned_to}`}`,
    section("Scope inputs", [
      `- Packet: ${markdownCode(packet.file)}, status ${markdownText(packet.status === "" ? "none" : packet.status)}`,
      `- Spec: ${spec.file === null ? "not looked up" : markdownCode(spec.file)}, anchor ${markdownText(spec.anchor === "" ? "none" : spec.anchor)}`,
      `- Sections that define done: ${spec.sections.length === 0 ? "none" : spec.sections.map(markdownText).join(", ")}`,
    ]),
    section("Stages", validation.stages.map(stageLine)),
    section("Files checked", [
      ...files_checked.map((file) => `- ${markdownCode(file)}`),
      ...searches.map(
        ({ term, hits, files, places }) =>
          `- search for ${markdownCode(term)}: ${hits} hits in ${files} files${places.length === 0 ? "" : `, such as ${places.map(markdownCode).join(", ")}`}`,
      ),
    ]),
    section("Spec requirements", requirements.length === 0 ? [] : [...requirementTable(validation)]),
    section("Findings", [
      ...validation.findings.map(
        ({ rule, message, file, row, hint }) =>
          `- ${rule} ${markdownCode(row === undefined ? file : `${file}:${row}`)}: ${markdownText(message)}${hint === undefined ? "" : ` (${markdownText(hint)})`}`,
      ),
      ...notes.map((note) => `- note: ${markdownText(note)}`),
    ]),
    section("Hygiene / forbidden patterns", hygieneLines(validation)),
    section("Tests", testLines(validation)),
    section(
      "Risks",
      risks.map(
        ({ risk, action, came_true, watched, rules }) =>
          `- ${markdownText(risk)}${action === "" ? "" : ` → ${markdownText(action)}`}: ${came_true ? `came true (${rules.join(", ")})` : watched ? "did not come true" : "nothing tells whether it came true"}`,
      ),
    ),
    section("Reason", [`${markdownText(validation.reason)}.`]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(heading: string, lines: readonly string[]): string {
  return `### ${heading}\n\n${lines.length === 0 ? "none" : lines.join("\n")}`;
}

function stageLine({ name, state, reason }: Stage): string {
  return `- ${name}: ${state}${reason === undefined ? "" : ` (${markdownText(reason)})`}`;
}

function* requirementTable({ requirements }: Validation): Generator<string> {
  const met = requirements.filter(({ gap }) => gap === undefined).length;
  yield `${met} of ${requirements.length} met.`;
  yield "";
  yield "| requirement | kind | section | evidence |";
  yield "|---|---|---|---|";
  for (const { id, kind, section: where, evidence, gap } of requirements) {
    const shown = gap === undefined ? placesOf(evidence) : `**gap**: ${markdownText(gap)}`;
    yield `| ${markdownText(id)} | ${kind} | ${markdownText(where)} | ${shown} |`;
  }
}

function placesOf(evidence: readonly string[]): string {
  const more = evidence.length - shownPlaces;
  return `${evidence.slice(0, shownPlaces).map(markdownCode).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function hygieneLines({ stages, hygiene }: Validation): string[] {
  const stage = stages.find(({ name }) => name === "hygiene");
  if (stage?.state === "not run") return [`not run: ${markdownText(stage.reason ?? "")}`];
  const scope = hygiene.scope.map(markdownCode).join(", ");
  const found = hygiene.findings.map(
    ({ rule, file, row, message, waived }) =>
      `- ${markdownText(rule)} ${markdownCode(`${file}:${row}`)}: ${markdownText(message)}${waived === undefined ? "" : ` — accepted by ${markdownText(waived)}`}`,
  );
  return [`Searched: ${scope}`, "", ...(found.length === 0 ? ["Nothing was found."] : found)];
}

function testLines({ stages, tests }: Validation): string[] {
  const stage = stages.find(({ name }) => name === "tests");
  if (tests === null) return [`not run: ${markdownText(stage?.reason ?? "")}`];
  return [`Isolation in force: ${isolationText(tests)}.`, ...tests.runs.flatMap(runLines)];
}

/** The kinds of isolation that held, or that none did. */
export function isolationText({ isolation }: TestRuns): string {
  const held = isolationKinds.filter((kind) => isolation[kind]);
  return held.length === 0 ? "none" : held.join(", ");
}

/**
 * How a command of the test plan ended, and all that it wrote.
 *
 * @requirement MEX-16
 */
function runLines({ command, outcome, exit_code, stdout, stderr, violations }: TestRun): string[] {
  const how = outcome === "exited" ? `exit code ${exit_code}` : outcome.replace("_", " ");
  const said = [
    ...(stdout === "" ? [] : ["", "stdout:", "", markdownBlock(stdout.replace(/\n$/, ""))]),
    ...(stderr === "" ? [] : ["", "stderr:", "", markdownBlock(stderr.replace(/\n$/, ""))]),
  ];
  return ["", `${markdownCode(command)}: ${how}`, ...violations.map((one) => `- ${markdownText(one)}`), ...said];
}
