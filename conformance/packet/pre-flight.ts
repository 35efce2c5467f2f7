import { pathsIn } from "./current-spec.js";
import { isGroup, requiredFields } from "./packet-fields.js";
import type { PacketFinding, PacketRule } from "./packet-rules.js";
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
 * @requirement MEX-13
 */
export function preFlight(packet: Packet, id: string, root: string): PacketFinding[] {
  const findings: PacketFinding[] = [...packet.findings];
  const { file, fields } = packet;
  // Of a text that could not be read, nothing more can be said.
  if (fields.size === 0 && findings.some(({ rule }) => rule === "CX-573-TEXT")) return findings;
  const fault = (rule: PacketRule, message: string, field?: PacketField, hint?: string): void => {
    findings.push({
      rule,
      message,
      file,
      ...(field === undefined ? {} : { row: field.row }),
      ...(hint === undefined ? {} : { hint }),
    });
  };
  for (const name of requiredFields) {
    const field = fields.get(name);
    const [group, member] = name.split(".");
    // A missing group is named once, not with each of its members.
    if (member !== undefined && group !== undefined && !fields.has(group)) continue;
    if (field === undefined) fault("CX-573-MISSING", `${name} is missing`);
    else if (isGroup(name)) continue;
    else if (isEmpty(field)) fault("CX-573-EMPTY", `${name} is empty`, field);
    else if (name !== "USER_SIGNATURE" && name !== "TEST_PLAN" && saysNothing(field)) {
      fault("CX-573-PLACEHOLDER", `${name} still holds the template's words`, field);
    }
  }
  const taskId = fields.get("TASK_ID");
  if (taskId !== undefined && !isEmpty(taskId) && textOf(taskId) !== id) {
    fault("CX-573-ID", `TASK_ID is “${textOf(taskId)}”, the packet is ${id}`, taskId);
  }
  const status = fields.get("STATUS");
  if (status !== undefined && !isEmpty(status) && packetStatus(textOf(status)) === undefined) {
    fault("CX-573-STATUS", `STATUS is “${textOf(status)}”`, status, `one of ${packetStatuses.join(", ")}`);
  }
  const signature = fields.get("USER_SIGNATURE");
  if (signature !== undefined && !isEmpty(signature) && isPending(signature)) {
    fault("CX-573-SIGNATURE", "USER_SIGNATURE is pending", signature, "the person who asked for the work signs here");
  }
  for (const { text, codes, row } of fields.get("BOOTSTRAP.FILES_TO_OPEN")?.lines ?? []) {
    const paths = codes.length > 0 ? codes : [text.split(/\s+/)[0] ?? ""];
    for (const path of paths.filter((one) => !isPlaceholder(one))) {
      const found = statInside(root, path);
      if (!found.ok) findings.push({ rule: "CX-573-FILE", message: found.error.message, file, row });
    }
  }
  for (const name of ["AUTHORITY.CODEX", "AUTHORITY.TASK_BOARD"]) {
    const field = fields.get(name);
    for (const path of field === undefined ? [] : pathsIn(textOf(field))) {
      const found = statInside(root, path);
      if (!found.ok) fault("CX-573-FILE", found.error.message, field);
    }
  }
  const plan = fields.get("TEST_PLAN");
  if (plan !== undefined && !isEmpty(plan) && plannedCommands(plan).length === 0) {
    fault("CX-573-EMPTY", "TEST_PLAN names no command", plan, "as a line of a code block, or in `…`");
  }
  const terms = fields.get("BOOTSTRAP.SEARCH_TERMS");
  if (terms !== undefined && !isEmpty(terms) && !saysNothing(terms)) {
    for (const { term, row, fault: message } of searchTermsOf(terms)) {
      if (message !== undefined) findings.push({ rule: "CX-573-SEARCH", message: `${term}: ${message}`, file, row });
    }
  }
  return findings.toSorted((one, other) => (one.row ?? 0) - (other.row ?? 0));
}

/** A field's visible text on one line, quotes and emphasis aside. */
export function textOf(field: PacketField): string {
  return field.lines
    .map(({ text }) => text)
    .join(" ")
    .trim();
}

function isEmpty({ lines, code }: PacketField): boolean {
  return [...lines, ...code].every(({ text }) => text.trim() === "");
}

/** Whether every line of a field is a template's. A line of several parts (`a -> b`) is when all of its parts are. */
function saysNothing({ lines, code }: PacketField): boolean {
  const said = [...lines, ...code].map(({ text }) => text).filter((text) => text.trim() !== "");
  return said.every((text) => text.split(/\s*(?:-+>|→|\|)\s*/).every(isPlaceholder));
}

function isPending(field: PacketField): boolean {
  const text = textOf(field);
  return isPlaceholder(text) || /\b(?:pending|awaiting|unsigned|not (?:yet )?(?:signed|given))\b/i.test(text);
}
