import type { Place } from "../model/index.js";
import type { Retraced, RetracedEvent } from "./retrace.js";

/** What was retraced, as lines for people. Nothing in them is escaped: whoever prints them does that. */
export function retracedLines(retraced: Retraced): readonly string[] {
  const { execution_id, entries, events } = retraced;
  return [
    `execution  ${execution_id}`,
    ...askedLines(retraced),
    ...approvedLines(retraced),
    ...decidedLines(retraced),
    ...ranLines(retraced),
    ...endedLines(retraced),
    ...events.map((event) => row("event", eventText(event))),
    ...entries.map(({ kind, writer, seq, at_ms }) =>
      row("entry", `${kind} at ${time(at_ms)}: writer ${writer}, ${seq}`),
    ),
  ];
}

function row(name: string, text: string): string {
  return `${name.padEnd(9)}  ${text}`;
}

function askedLines({ asked }: Retraced): string[] {
  if (asked === null) return [row("asked", "nothing is recorded")];
  const token = asked.token_id === null ? "without a token" : `with token ${asked.token_id}`;
  return [
    row("asked", `by ${asked.by} over ${asked.channel} at ${time(asked.at_ms)}, ${token}`),
    row("command", asked.command ?? "none"),
  ];
}

function approvedLines({ approved }: Retraced): string[] {
  if (approved === null) return [row("approved", "no approval was named")];
  const by = approved.by.length === 0 ? "nobody" : approved.by.join(", ");
  return [
    row("approved", `by ${by}, as approval ${approved.approval_id}`),
    ...approved.events.map((event) => row("", eventText(event))),
  ];
}

function decidedLines({ decided }: Retraced): string[] {
  if (decided === null) return [];
  const bundle = decided.bundle_sha256 === null ? "before any rule was asked" : `by bundle ${decided.bundle_sha256}`;
  return [
    row("decided", `${decided.decision}, ${bundle}`),
    ...decided.rules.map(({ rule, message, place }) =>
      row("", `${rule}: ${message}${place === null ? "" : ` (${placeText(place)})`}`),
    ),
  ];
}

function ranLines({ ran }: Retraced): string[] {
  if (ran === null) return [row("ran", "nothing")];
  const { required, in_force } = ran.isolation;
  const held = in_force === null ? [] : Object.entries(in_force).flatMap(([kind, holds]) => (holds ? [kind] : []));
  const limits = Object.entries(ran.limits ?? {}).map(([name, value]) => `${name} ${value}`);
  return [
    row("ran", `${JSON.stringify(ran.argv)} as ${ran.path ?? "nothing"} in ${ran.cwd}`),
    row("", `command hash ${ran.cmd_hash}`),
    row("isolation", `${required.profile ?? "no profile"} needs ${list(required.requires)}; in force ${list(held)}`),
    row("limits", list(limits)),
  ];
}

function endedLines({ ended, came_out }: Retraced): string[] {
  if (ended === null) return [row("ended", "no end is recorded")];
  const how = [
    ...(ended.exit_code === null ? [] : [`exit code ${ended.exit_code}`]),
    ...(ended.signal === null ? [] : [`signal ${ended.signal}`]),
    ...(ended.reason === null ? [] : [`because of ${ended.reason}`]),
    `after ${ended.duration_ms} ms`,
    ...(ended.cpu_ms === null ? [] : [`cpu ${ended.cpu_ms} ms`]),
    ...(ended.memory_peak_bytes === null ? [] : [`memory ${ended.memory_peak_bytes} bytes`]),
  ];
  return [
    row("ended", `${ended.outcome} at ${time(ended.at_ms)}: ${how.join(", ")}`),
    ...(came_out?.stdout_sha256 == null ? [] : [row("came out", `${came_out.output_bytes} bytes`)]),
    ...(came_out?.stdout_sha256 == null ? [] : [row("", `stdout ${came_out.stdout_sha256}`)]),
    ...(came_out?.stderr_sha256 == null ? [] : [row("", `stderr ${came_out.stderr_sha256}`)]),
  ];
}

function eventText({ at_ms, name, actor, detail }: RetracedEvent): string {
  const by = actor === null ? "" : ` by ${actor}`;
  const more = Object.keys(detail).length === 0 ? "" : ` ${JSON.stringify(detail)}`;
  return `${name}${by} at ${time(at_ms)}${more}`;
}

function placeText({ file, row: line, col }: Place): string {
  return [file, line, col].filter((part) => part !== undefined).join(":");
}

function list(words: readonly string[]): string {
  return words.length === 0 ? "nothing" : words.join(", ");
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}
