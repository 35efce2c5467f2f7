import { assertNever, type Place, printable } from "../../model/index.js";
import type { Terminal } from "../terminal.js";
import type { Explained, Objection } from "./explain-policy.js";
import { shownValue } from "./shown-values.js";
import type { Held, Missing } from "./why-not.js";

/** The most lines about what was missing: what counts stands first. */
const longest = 60;

/** Renders an explanation as lines that a person reads. */
export function explanationLines(explained: Explained, terminal: Terminal): string[] {
  const { allow, entrypoint, decision, objections, held, missing } = explained;
  const word = allow
    ? terminal.paint("green", "ALLOW")
    : terminal.paint("red", decision === undefined ? "UNDEFINED" : "DENY");
  const lines = [`${word} by ${entrypoint}`];
  if (explained.fault !== undefined) {
    lines.push("", `The rules answer, but the engine refuses what is no decision: ${printable(explained.fault)}`);
  }
  if (objections.length > 0) {
    lines.push("", "These rules object; an allow needs all of them to fall silent:");
    lines.push(...objectionLines(objections, terminal));
  }
  if (missing.length > 0) {
    const why = missing.flatMap((one) => missingLines(one, 1));
    lines.push("", "What was missing for an allow:", ...why.slice(0, longest));
    if (why.length > longest) lines.push(`  … and ${why.length - longest} lines more, all of them with --json`);
  }
  if (held.length > 0)
    lines.push("", allow ? "What allowed it:" : "What answered:", ...held.flatMap((one) => heldLines(one, 1)));
  if (lines.length === 1)
    lines.push("", "No rule objects and none is missing: the entrypoint itself has no such value.");
  return lines;
}

/** Violations of one rule stand together: its place and title once, then what each saw. */
function objectionLines(objections: readonly Objection[], terminal: Terminal): string[] {
  const rules = [...new Set(objections.map(({ rule }) => rule))];
  return rules.flatMap((rule) => {
    const same = objections.filter((one) => one.rule === rule);
    const [first] = same;
    if (first === undefined) return [];
    const cited = first.requirements.length === 0 ? "" : ` [${first.requirements.join(", ")}]`;
    const details = same.map(({ detail }) => shownValue(detail)).filter((text) => text !== "{}");
    return [
      `  ${terminal.paint("bold", rule)}: ${printable(first.message)}${cited}`,
      ...first.places.map((place) => `    ${placeText(place)}`),
      ...[...new Set(details)].map((text) => `    saw ${printable(text)}`),
    ];
  });
}

function missingLines(missing: Missing, depth: number): string[] {
  const indent = "  ".repeat(depth);
  switch (missing.kind) {
    case "rule": {
      const [only] = missing.ways;
      if (only === undefined) return [`${indent}${missing.rule} is not true; why is told above`];
      if (missing.ways.length === 1) {
        return [`${indent}${missing.rule} is not true: ${placeText(only.place)}`, ...below(only.missing, depth)];
      }
      return [
        `${indent}${missing.rule} is not true; any of its ${missing.ways.length} bodies would do:`,
        ...missing.ways.flatMap((way) => [`${indent}  ${placeText(way.place)}`, ...below(way.missing, depth + 1)]),
      ];
    }
    case "expression": {
      const values = Object.entries(missing.values).map(([name, value]) => `${name} = ${value}`);
      return [
        `${indent}${position(missing.place)}  this does not hold: ${oneLine(missing.text)}`,
        ...values.map((value) => `${indent}    where ${printable(value)}`),
      ];
    }
    case "objections":
      return [
        `${indent}${position(missing.place)}  this does not hold: ${oneLine(missing.text)}`,
        `${indent}    because of ${missing.rules.join(", ")}`,
      ];
    case "holds":
      return [
        `${indent}${position(missing.place)}  this does not hold: ${oneLine(missing.text)}`,
        ...missing.by.map((place) => `${indent}    because of ${placeText(place)}`),
      ];
    default:
      return assertNever(missing);
  }
}

function below(missing: readonly Missing[], depth: number): string[] {
  return missing.flatMap((one) => missingLines(one, depth + 1));
}

function heldLines({ rule, place, asked }: Held, depth: number): string[] {
  return [`${"  ".repeat(depth)}${rule}: ${placeText(place)}`, ...asked.flatMap((one) => heldLines(one, depth + 1))];
}

function placeText(place: Place): string {
  return place.source_line === undefined ? position(place) : `${position(place)}  ${oneLine(place.source_line)}`;
}

function position({ file, row }: Place): string {
  return `${printable(file)}:${row}`;
}

function oneLine(text: string): string {
  const flat = printable(text.replaceAll(/\s*\n\s*/g, " "));
  return flat.length <= 160 ? flat : `${flat.slice(0, 159)}…`;
}
