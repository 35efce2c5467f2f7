import { pathsIn } from "./current-spec.js";
import type { VisibleLine } from "./markdown-document.js";
import { type FieldName, groupOf, isGroup, requiredFields } from "./packet-fields.js";
import type { PacketFinding } from "./packet-rules.js";
import type { Packet, PacketField } from "./parse-packet.js";
import { isPlaceholder } from "./placeholder.js";
import { statInside } from "./repository-file.js";
import { searchTermsOf } from "./search-terms.js";
import { plannedCommands } from "./test-plan.js";

/** What a packet's work can be. */
export const packetStatuses = ["Ready for Dev", "In Progress", "Done", "Blocked"] as const;
export type PacketStatus = (typeof packetStatuses)[number];

/** Reads a status, whatever its case and whether its words are joined by spaces, hyphens or underscores. */
export function packetStatus(text: string): PacketStatus | undefined {
  const key = (status: string) => status.toLowerCase().replace(/[\s_*`[\]-]+/g, "");
  return packetStatuses.find((status) => key(status) === key(text));
}

/**
 * Checks that a packet says everything that is needed before work on it can be judged. Nothing is run.
 *
 * @param id - the packet's name, which its TASK_ID must be
 * @returns what is wrong, by row
 */
export function preFlight({ file, fields, findings }: Packet, id: string, root: string): PacketFinding[] {
  // Of a text that could not be read, nothing more can be said.
  if (fields.size === 0 && findings.some(({ rule }) => rule === "CX-573-TEXT")) return [...findings];
  const faults = [
    ...requiredFields().flatMap((name) => presenceFaults(name, fields)),
    ...[...fields.values()].flatMap((field) => [...wordFaults(field, id), ...signatureFaults(field)]),
    ...pathFaults(fields, root),
    ...searchFaults(fields.get("BOOTSTRAP.SEARCH_TERMS")),
  ];
  const all: PacketFinding[] = [...findings, ...faults.map((fault) => ({ ...fault, file }))];
  return all.toSorted((one, other) => (one.row ?? 0) - (other.row ?? 0));
}

type Fault = Omit<PacketFinding, "file">;
type Fields = Packet["fields"];

/**
 * What is wrong with a field that must be there: it is missing, empty, or holds the template's words. Of a missing group, the
 * members are not named.
 *
 * @requirement MEX-13
 */
export function presenceFaults(name: FieldName, fields: Fields): Fault[] {
  const field = fields.get(name);
  if (field === undefined) {
    const isNamed = groupOf(name) === "" || fields.has(groupOf(name));
    return isNamed ? [{ rule: "CX-573-MISSING", message: `${name} is missing` }] : [];
  }
  const { row } = field;
  if (isGroup(name)) return [];
  if (isEmpty(field)) return [{ rule: "CX-573-EMPTY", message: `${name} is empty`, row }];
  if (isAskedElsewhere(name) || !saysNothing(field)) return [];
  return [{ rule: "CX-573-PLACEHOLDER", message: `${name} still holds the template's words`, row }];
}

/** What a signature or a plan that says nothing lacks has words of its own. */
function isAskedElsewhere(name: FieldName): boolean {
  return name === "USER_SIGNATURE" || name === "TEST_PLAN";
}

/** What is wrong with the words of fields that must say certain things. */
function wordFaults(field: PacketField, id: string): Fault[] {
  const { name, row } = field;
  const text = textOf(field);
  if (isEmpty(field)) return [];
  if (name === "TASK_ID" && text !== id) {
    return [{ rule: "CX-573-ID", message: `TASK_ID is “${text}”, the packet is ${id}`, row }];
  }
  if (name === "STATUS" && packetStatus(text) === undefined) {
    const hint = `one of ${packetStatuses.join(", ")}`;
    return [{ rule: "CX-573-STATUS", message: `STATUS is “${text}”`, row, hint }];
  }
  if (name === "TEST_PLAN" && plannedCommands(field).length === 0) {
    const hint = "as a line of a code block, or in `…`";
    return [{ rule: "CX-573-EMPTY", message: "TEST_PLAN names no command", row, hint }];
  }
  return [];
}

/**
 * What is wrong with a signature: it is pending.
 *
 * @requirement MEX-13
 */
export function signatureFaults(field: PacketField): Fault[] {
  const { name, row } = field;
  if (name !== "USER_SIGNATURE" || isEmpty(field) || !isPending(textOf(field))) return [];
  const hint = "the person who asked for the work signs here";
  return [{ rule: "CX-573-SIGNATURE", message: "USER_SIGNATURE is pending", row, hint }];
}

/** What is wrong with the paths of FILES_TO_OPEN, and with those that codex and task board name. */
function pathFaults(fields: Fields, root: string): Fault[] {
  const opened = fields.get("BOOTSTRAP.FILES_TO_OPEN")?.lines ?? [];
  const authorities = ["AUTHORITY.CODEX", "AUTHORITY.TASK_BOARD"].flatMap((name) => fields.get(name) ?? []);
  return [
    ...opened.flatMap((line) => absentFiles(pathsToOpen(line), line.row, root)),
    ...authorities.flatMap((field) => absentFiles(pathsIn(textOf(field)), field.row, root)),
  ];
}

/**
 * The paths of a line of FILES_TO_OPEN: its code spans where there are any, else its first word.
 *
 * @requirement MEX-13
 */
export function pathsToOpen({ text, codes }: VisibleLine): readonly string[] {
  const paths = codes.length > 0 ? codes : [text.replace(/\s.*/, "")];
  return paths.filter((path) => !isPlaceholder(path));
}

/**
 * What is wrong with paths that must be there: plain files or folders of the repository.
 *
 * @requirement MEX-13
 */
export function absentFiles(paths: readonly string[], row: number, root: string): Fault[] {
  return paths.flatMap((path): Fault[] => {
    const found = statInside(root, path);
    return found.ok ? [] : [{ rule: "CX-573-FILE", message: found.error.message, row }];
  });
}

/**
 * What is wrong with search terms: those that cannot be run. Where the field says nothing at all, that is told once.
 *
 * @requirement MEX-13
 */
export function searchFaults(field: PacketField | undefined): Fault[] {
  if (field === undefined || saysNothing(field)) return [];
  return searchTermsOf(field).flatMap(({ term, row, fault }): Fault[] =>
    fault === undefined ? [] : [{ rule: "CX-573-SEARCH", message: `${term}: ${fault}`, row }],
  );
}

/** A field's visible text on one line, quotes and emphasis aside. */
export function textOf(field: PacketField): string {
  return field.lines
    .map(({ text }) => text)
    .join(" ")
    .trim();
}

/** @requirement MEX-13 */
function isEmpty({ lines, code }: PacketField): boolean {
  return [...lines, ...code].every(({ text }) => text.trim() === "");
}

/**
 * Whether every line of a field is a template's. A line of several parts (`a -> b`) is when all of its parts are.
 *
 * @requirement MEX-13
 */
function saysNothing({ lines, code }: PacketField): boolean {
  return [...lines, ...code].every(({ text }) => text.split(/-+>|→|\|/).every(isPlaceholder));
}

/** @requirement MEX-13 */
function isPending(text: string): boolean {
  return isPlaceholder(text) || /\b(?:pending|awaiting|unsigned|not (?:yet )?(?:signed|given))\b/i.test(text);
}
