import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import {
  type CitedViolation,
  type Gate,
  localSubmission,
  loggedPolicy,
  type Submission,
  type Verdict,
} from "../../gate/index.js";
import { systemClock } from "../../host/index.js";
import { formatProblem, printable } from "../../model/index.js";
import { openBundle, openEngine } from "../../policy/index.js";
import type { CheckFlags } from "../command.js";
import { appendLine } from "../exec/decision-log.js";
import { folderOf, localGate } from "../exec/local-gate.js";
import { findPolicies, orFail, type PolicyFolder, shownFile } from "../policy/policy-folder.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { parseCorpusLine } from "./corpus-line.js";

/** Explains one command. */
export async function checkOne(text: string, flags: CheckFlags, terminal: Terminal): Promise<number> {
  const { judge, folder } = await openJudge(flags);
  const verdict = await judge(text, flags.profile);
  if (terminal.json) terminal.out(JSON.stringify(answerOf(text, verdict, folder)));
  else for (const line of explanation(text, verdict, folder, terminal)) terminal.out(line);
  return verdict.phase === null ? 0 : 2;
}

/** Decides about each line, one answer a line in the same order. A line that cannot be read ends the run, with its number. */
export async function checkLines(input: Readable, flags: CheckFlags, terminal: Terminal): Promise<number> {
  const { judge, folder } = await openJudge(flags);
  const counts = { allowed: 0, refused: 0 };
  let row = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    row += 1;
    if (line.trim() === "") continue;
    const parsed = parseCorpusLine(line, row);
    if (!parsed.ok) throw new CommandFailure([parsed.error]);
    const { command, profile = flags.profile } = parsed.value;
    const verdict = await judge(command, profile);
    counts[verdict.phase === null ? "allowed" : "refused"] += 1;
    terminal.out(
      terminal.json ? JSON.stringify(answerOf(command, verdict, folder)) : shortAnswer(command, verdict, terminal),
    );
    terminal.progress(`${row} decided`);
  }
  if (row === 0) {
    const hint = "lockkeeper command check 'git status', or one JSON string a line on standard input";
    throw new CommandFailure([{ code: "usage/missing", message: "no command was given", hint }]);
  }
  terminal.note(`${counts.allowed} allowed, ${counts.refused} refused`);
  return 0;
}

type Judge = (command: Submission["command"], profile: string) => Promise<Verdict>;

async function openJudge(flags: CheckFlags): Promise<{ readonly judge: Judge; readonly folder: PolicyFolder }> {
  const folder = await findPolicies(flags);
  const bundle = orFail(await openBundle({ policies: folder.dir }), folder);
  const engine = orFail(await openEngine(bundle), folder);
  const log = flags.decisionLog;
  const gate: Gate = localGate({
    policy: log === undefined ? engine : loggedPolicy(engine, (line) => appendLine(resolve(log), line), systemClock),
    recorder: { append: () => Promise.reject(new Error("a check records nothing")) },
    onFailure: () => undefined,
  });
  const cwd = await folderOf(flags.cwd ?? ".");
  const workspace = flags.workspace === undefined ? cwd : await folderOf(flags.workspace);
  const judge: Judge = (command, profile) =>
    gate.judge({
      ...localSubmission,
      command,
      profile,
      cwd,
      workspace,
    });
  return { judge, folder };
}

function answerOf(command: Submission["command"], verdict: Verdict, folder: PolicyFolder): object {
  const { phase, decision, input } = verdict;
  const asked = typeof command === "string" ? { command } : { argv: command };
  const allowed = phase === null;
  return {
    ...asked,
    allow: allowed,
    ...(allowed ? {} : { phase }),
    ...(input === null || typeof command !== "string" ? {} : { argv: input.action.argv }),
    violations: verdict.violations.map(({ place, ...violation }) => ({
      ...violation,
      ...(place === null ? {} : { file: shownFile(place.file, folder), row: place.row }),
    })),
    ...(allowed ? { run: decision.obligations.run, isolation: decision.obligations.isolation } : {}),
  };
}

function shortAnswer(command: Submission["command"], { phase, violations }: Verdict, terminal: Terminal): string {
  const text = printable(typeof command === "string" ? command : JSON.stringify(command)).replaceAll("\n", "\\n");
  if (phase === null) return `${terminal.paint("green", "allow")}  ${text}`;
  return `${terminal.paint("red", "deny")}   ${text}  ${terminal.paint("dim", violations.map(({ rule }) => rule).join(" "))}`;
}

function explanation(text: string, verdict: Verdict, folder: PolicyFolder, terminal: Terminal): string[] {
  const { phase, decision, input, violations } = verdict;
  if (phase === null) {
    const { run, isolation, limits } = decision.obligations;
    return [
      `${terminal.paint("green", "allow")}  ${printable(text)}`,
      `  argv       ${JSON.stringify(input?.action.argv)}`,
      `  runs       ${run?.path}`,
      `  risk       ${run?.risk}, isolation ${isolation.profile} [${isolation.requires.join(", ")}]`,
      `  limits     ${limits === null ? "" : `${limits.wall_ms} ms, ${limits.output_bytes} bytes of output`}`,
    ];
  }
  return [
    `${terminal.paint("red", "deny")}  ${printable(text)}`,
    ...violations.flatMap((violation) => objection(text, violation, folder)),
  ];
}

function objection(
  text: string,
  { rule, message, requirements, detail, place }: CitedViolation,
  folder: PolicyFolder,
): string[] {
  if (place === null) return parserObjection(text, message, detail);
  const cites = requirements.length === 0 ? "" : ` (${requirements.join(", ")})`;
  const seen = Object.keys(detail).length === 0 ? [] : [`    ${printable(JSON.stringify(detail))}`];
  const at = `${shownFile(place.file, folder)}:${place.row}`;
  return [`  ${rule}: ${printable(message)}${cites}`, `    at ${at}`, ...seen];
}

/** The parser's problem with a caret under the character that it stopped at. */
function parserObjection(text: string, message: string, { offset, hint }: CitedViolation["detail"]): string[] {
  const col = typeof offset === "number" ? offset + 1 : 1;
  const place = { file: "command", row: 1, col, source_line: text.replaceAll(/[\r\n]/g, " ") };
  const problem = { code: "command/syntax" as const, message, place };
  return formatProblem(typeof hint === "string" ? { ...problem, hint } : problem)
    .split("\n")
    .map((line) => `  ${line}`);
}
