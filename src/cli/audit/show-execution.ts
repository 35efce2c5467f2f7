import {
  type AuditLog,
  executionsIn,
  type Retraced,
  type RulePlaces,
  retrace,
  retracedLines,
} from "../../audit/index.js";
import { type AuditEntry, printable } from "../../model/index.js";
import { openBundle, openEngine } from "../../policy/index.js";
import { findPolicies, orFail, shownFile } from "../policy/policy-folder.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { foundLog, type LogFlags, openAuditLog } from "./open-audit-log.js";
import { entriesOrFail, entryText } from "./read-entries.js";

/** The flags of `lockkeeper audit show`. */
export type ShowFlags = LogFlags & { readonly policies?: string };

/** Retraces one execution, or all of an approval. */
export async function showExecution(id: string, given: ShowFlags, terminal: Terminal): Promise<number> {
  const flags = await foundLog(given);
  await using log = await openAuditLog(flags);
  const entries = await entriesAbout(log, id);
  if (entries.length === 0) {
    throw new CommandFailure([{ code: "request/not_found", message: `nothing is recorded about ${id}` }]);
  }
  const placeOf = await rulePlaces(entries, flags, terminal);
  const all = executionsIn(entries);
  const retraced: Retraced[] = [];
  for (const execution of all.includes(id) ? [id] : all) {
    const found = retrace(execution, entries, placeOf);
    if (found !== undefined) retraced.push(found);
  }
  if (terminal.json)
    terminal.out(JSON.stringify(all.includes(id) ? retraced[0] : { id, executions: retraced, entries }));
  else print(retraced, entries, terminal);
  return 0;
}

/** With what the log has about the approvals that executions were run under. */
async function entriesAbout(log: AuditLog, id: string): Promise<readonly AuditEntry[]> {
  const own = await log.about(id);
  const approvals = new Set(
    entriesOrFail(own).flatMap((entry) => (entry.kind === "intent" ? [entry.approval_id] : [])),
  );
  const found = new Map(own.map((entry) => [`${entry.seq} ${entry.writer}`, entry]));
  for (const approval of approvals) {
    if (approval === null || approval === id) continue;
    for (const entry of await log.about(approval)) found.set(`${entry.seq} ${entry.writer}`, entry);
  }
  return entriesOrFail([...found.values()]);
}

function print(retraced: readonly Retraced[], entries: readonly AuditEntry[], terminal: Terminal): void {
  for (const [index, one] of retraced.entries()) {
    if (index > 0) terminal.out("");
    for (const line of retracedLines(one)) terminal.out(printable(line));
  }
  // An approval that nothing was run under has a history all the same.
  if (retraced.length === 0) for (const entry of entries) terminal.out(entryText(entry));
}

/** Lines of rules are told only of the bundle that decided: in another one they may stand elsewhere. */
async function rulePlaces(entries: readonly AuditEntry[], flags: ShowFlags, terminal: Terminal): Promise<RulePlaces> {
  const refused = entries.some((entry) => entry.kind === "intent" && entry.violations.length > 0);
  if (!refused && flags.policies === undefined) return () => undefined;
  const folder = await findPolicies(flags);
  const engine = orFail(await openEngine(orFail(await openBundle({ policies: folder.dir }), folder)), folder);
  const others = entries.some(
    (entry) => entry.kind === "intent" && (entry.bundle_sha256 ?? engine.sha256) !== engine.sha256,
  );
  if (others) terminal.note("note: the policies here are not the bundle that decided; lines of its rules are not told");
  return (id, bundle) => {
    const place = bundle === engine.sha256 ? engine.ruleAt(id) : undefined;
    return place === undefined ? undefined : { ...place, file: shownFile(place.file, folder) };
  };
}
