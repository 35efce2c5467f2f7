import type { Difference, DifferenceKind, PatchStep } from "../../../conformance/difference/index.js";
import { pathText } from "../../../conformance/difference/index.js";
import { type Decision, type Place, printable } from "../../model/index.js";
import type { Terminal } from "../terminal.js";
import type { DiffOutcome } from "./diff-policy.js";
import { type PolicyFolder, shownFile } from "./policy-folder.js";

/** How many differences that let nothing new through are told in full, and how many changes are listed. */
const most = { others: 3, changes: 12 };

const headings: Readonly<Record<DifferenceKind, string>> = {
  loosened: "LOOSENED: was denied, is allowed",
  tightened: "TIGHTENED: was allowed, is denied",
  changed: "CHANGED: the same answer for other reasons, or with other obligations",
};

/** Renders what a change decides differently as lines that a person reads. */
export function differenceLines(outcome: DiffOutcome, folder: PolicyFolder, terminal: Terminal): string[] {
  const { old, new: now, differences, changes } = outcome;
  const place = (at: Place) => `${printable(shownFile(at.file, folder))}:${at.row ?? 1}`;
  const lines = [
    `old  ${printable(old.name)}  bundle ${old.bundle.sha256.slice(0, 16)}`,
    `new  ${printable(now.name)}  bundle ${now.bundle.sha256.slice(0, 16)}${old.bundle.sha256 === now.bundle.sha256 ? ", the same" : ""}`,
    ...changeLines(changes, place),
  ];
  for (const kind of ["loosened", "tightened", "changed"] as const) {
    const list = differences.filter((one) => one.kind === kind);
    if (list.length === 0) continue;
    lines.push("", terminal.paint(kind === "loosened" ? "red" : "yellow", headings[kind]));
    const shown = kind === "loosened" ? list : list.slice(0, most.others);
    lines.push(...shown.flatMap((one, index) => ["", ...oneDifference(one, index + 1, outcome, place, terminal)]));
    if (shown.length < list.length) lines.push("", `… and ${list.length - shown.length} more, all of them with --json`);
  }
  return [...lines, "", ...entryLines(outcome, terminal), ...summaryLines(outcome, terminal)];
}

function changeLines({ rules, values }: DiffOutcome["changes"], place: (at: Place) => string): string[] {
  if (rules !== undefined && rules.length + values.length === 0) {
    return ["The rules and the data are the same, but for comments, layout and order."];
  }
  const about = [
    ...(rules ?? []).map((rule) => `${rule.rule}  ${bothPlaces(rule.old.map(placeIn), rule.new.map(placeIn), place)}`),
    ...values.map((value) => {
      const [before, after] = [value.oldPlace, value.newPlace].map((at) => (at === undefined ? [] : [at]));
      return `${printable(`data.${pathText(value.path)}`)}  ${bothPlaces(before ?? [], after ?? [], place)}`;
    }),
  ];
  const unknown = rules === undefined ? ["  rules: not known, for a bundle holds no sources"] : [];
  const rest = about.length > most.changes ? [`  … and ${about.length - most.changes} more`] : [];
  return ["changed", ...unknown, ...about.slice(0, most.changes).map((line) => `  ${line}`), ...rest];
}

function placeIn({ place }: { readonly place: Place }): Place {
  return place;
}

function bothPlaces(old: readonly Place[], now: readonly Place[], place: (at: Place) => string): string {
  const list = (places: readonly Place[]) =>
    places.length === 0 ? "not there" : places.slice(0, 4).map(place).join(", ");
  return `old ${list(old)}, new ${list(now)}`;
}

function oneDifference(
  one: Difference,
  number: number,
  outcome: DiffOutcome,
  place: (at: Place) => string,
  terminal: Terminal,
): string[] {
  const rules = [...one.lost.map((rule) => `${rule} is silent`), ...one.gained.map((rule) => `${rule} objects`)];
  const what = [...rules, ...one.obligations.map((name) => `${name} differs`)].join(", ") || "the decision differs";
  const accepted = one.kind === "loosened" && !outcome.unaccepted.has(one.class) ? "  (accepted)" : "";
  return [
    `${number}. ${terminal.paint("bold", what)}${accepted}`,
    `   ${baseName(one)}, with`,
    ...(one.patch.length === 0 ? ["     nothing changed"] : one.patch.map((step) => `     ${patchLine(step)}`)),
    ...(one.within_contract ? [] : ["   (not of the contract's shape: the gate never asks it)"]),
    `   old  ${answer(one.decisions.old, terminal)}`,
    `   new  ${answer(one.decisions.new, terminal)}`,
    ...one.rules.map(({ rule, ...at }) => `   ${rule}: ${bothPlaces(listed(at.old), listed(at.new), place)}`),
    ...one.changes.map(({ name, ...at }) => `   through ${printable(name)}: ${bothPlaces(at.old, at.new, place)}`),
    ...obligationLines(one),
    ...(one.recorded.length === 0 ? [] : [`   recorded at ${one.recorded.map(place).join(", ")}`]),
    ...(one.kind === "loosened" ? [`   class ${one.class}`] : []),
  ];
}

function listed(place: Place | undefined): readonly Place[] {
  return place === undefined ? [] : [place];
}

function baseName({ entrypoint, base }: Difference): string {
  const channel = typeof base === "object" && base !== null && "channel" in base ? String(base.channel) : "";
  return entrypoint === "request"
    ? `a good request on the channel ${printable(channel)}`
    : `a finding, asked of ${entrypoint}`;
}

function patchLine({ path, value }: PatchStep): string {
  const shown = value === undefined ? "not there" : short(JSON.stringify(value));
  return value === undefined ? `${printable(pathText(path))} ${shown}` : `${printable(pathText(path))} = ${shown}`;
}

function answer({ allow, violations }: Decision, terminal: Terminal): string {
  if (allow) return terminal.paint("green", "ALLOW");
  const said = [...new Set(violations.map(({ rule, message }) => `${rule}: ${message}`))];
  return `${terminal.paint("red", "DENY")}  ${printable(said.slice(0, 4).join("; "))}${said.length > 4 ? "; …" : ""}`;
}

function obligationLines({ obligations, decisions }: Difference): string[] {
  const of = (decision: Decision, name: string) =>
    name === "detail"
      ? decision.violations.map(({ detail, message }) => ({ message, detail }))
      : Object.entries(decision.obligations).find(([key]) => key === name)?.[1];
  return obligations.flatMap((name) => [
    `   ${name}`,
    `     old  ${short(JSON.stringify(of(decisions.old, name)) ?? "")}`,
    `     new  ${short(JSON.stringify(of(decisions.new, name)) ?? "")}`,
  ]);
}

/** Long values are cut in the middle: what differs is often at an end. All of it is in the JSON. */
function short(text: string): string {
  const plain = printable(text);
  return plain.length <= 200 ? plain : `${plain.slice(0, 120)} … ${plain.slice(-60)} (${plain.length} characters)`;
}

function entryLines({ expired, orphaned }: DiffOutcome, terminal: Terminal): string[] {
  const at = ({ place }: { readonly place: Place }) => `${printable(place.file)}:${place.row ?? 1}`;
  return [
    ...expired.map((entry) => `${terminal.paint("red", "EXPIRED")} ${at(entry)} held until ${entry.expires}`),
    ...orphaned.map(
      (entry) => `${terminal.paint("red", "ORPHANED")} ${at(entry)} speaks of nothing that this change does: remove it`,
    ),
  ];
}

function summaryLines(outcome: DiffOutcome, terminal: Terminal): string[] {
  const { differences, asked, replayed, skipped, seed, interrupted, exitCode, unaccepted } = outcome;
  const ended = interrupted ? ", stopped by --seconds" : "";
  const left = skipped === 0 ? "" : ` (${skipped} could not be)`;
  const searched = `${asked} inputs searched with seed ${seed}${ended}, ${replayed} recorded decisions replayed${left}`;
  if (differences.length === 0) return [`${terminal.paint("green", "SAME")} no difference found: ${searched}`];
  const count = (kind: DifferenceKind) => differences.filter((one) => one.kind === kind).length;
  const counts = `${count("loosened")} loosened, ${count("tightened")} tightened, ${count("changed")} changed`;
  if (unaccepted.size > 0) {
    const hint = "  review each, then write it into the file of --accept: docs/policies/diff.md shows how";
    return [`${terminal.paint("red", "FAIL")} ${counts}, ${unaccepted.size} not accepted: ${searched}`, hint];
  }
  const word = exitCode === 0 ? terminal.paint("green", "PASS") : terminal.paint("red", "FAIL");
  return [`${word} ${counts}: ${searched}`];
}
