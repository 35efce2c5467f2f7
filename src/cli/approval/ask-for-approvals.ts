import { writeFile } from "node:fs/promises";
import { Approval, facts } from "../../approval/index.js";
import { isRecord, parserOf } from "../../model/index.js";
import type { GatewayFlags, ListFlags, RequestFlags, TokenFlags, Verb } from "../approval.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { approvalLines, approvalRow } from "./approval-lines.js";
import { openGateway } from "./ask-gateway.js";

const parseApproval = parserOf(Approval);

/** Asks for an approval. */
export async function request(words: readonly string[], flags: RequestFlags, terminal: Terminal): Promise<number> {
  const { reason, cwd, profile, workspace, task, ttlS, breakGlass } = flags;
  if (flags.argv !== true && words.length > 1) {
    const hint = "quote the command as one text, or say --argv and -- before its words";
    throw new CommandFailure([{ code: "usage/flag", message: "a command is one text", hint }]);
  }
  const ask = await openGateway(flags, terminal);
  const asked = {
    command: flags.argv === true ? words : words[0],
    reason,
    cwd,
    profile,
    workspace,
    task,
    ttl_s: ttlS,
    break_glass: breakGlass,
  };
  give(approvalIn(await ask("POST", "approvals", asked)), terminal);
  return 0;
}

/** Lists approvals. */
export async function list(flags: ListFlags, terminal: Terminal): Promise<number> {
  const { state, requestedBy, task, reviewDue, after, limit } = flags;
  const ask = await openGateway(flags, terminal);
  const query = new URLSearchParams({ limit: String(limit) });
  const asked = { state, requested_by: requestedBy, task, after, review_due: reviewDue === true ? "true" : undefined };
  for (const [key, value] of Object.entries(asked)) if (value !== undefined) query.set(key, value);
  const { approvals, next } = await ask("GET", `approvals?${query}`);
  if (!Array.isArray(approvals)) throw notUnderstood("no list");
  const found = approvals.map(approvalIn);
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, approvals: found.map(withFacts), next: next ?? null }));
  else {
    for (const one of found) terminal.out(approvalRow(one));
    if (found.length === 0) terminal.out("none");
    if (typeof next === "string") terminal.note(`there are more: --after ${next}`);
  }
  return 0;
}

/** Shows one approval. */
export async function show(id: string, flags: GatewayFlags, terminal: Terminal): Promise<number> {
  const ask = await openGateway(flags, terminal);
  give(approvalIn(await ask("GET", pathOf(id))), terminal);
  return 0;
}

/** Says yes or no, takes back, or looks back. */
export async function say(
  verb: Verb,
  id: string,
  reason: string,
  flags: GatewayFlags,
  terminal: Terminal,
): Promise<number> {
  const ask = await openGateway(flags, terminal);
  give(approvalIn(await ask("POST", `${pathOf(id)}/${verb}`, { reason })), terminal);
  return 0;
}

/** Has a token minted. Standard output holds the token and nothing else, so that a script can take it. */
export async function token(id: string, flags: TokenFlags, terminal: Terminal): Promise<number> {
  const ask = await openGateway(flags, terminal);
  const { token: minted, expires_at } = await ask("POST", `${pathOf(id)}/token`);
  if (typeof minted !== "string" || typeof expires_at !== "string") throw notUnderstood("no token");
  const { out } = flags;
  if (out !== undefined) await keep(minted, out);
  if (terminal.json) {
    terminal.out(JSON.stringify({ ok: true, expires_at, ...(out === undefined ? { token: minted } : { file: out }) }));
  } else {
    terminal.out(out ?? minted);
    terminal.note(`good until ${expires_at}`);
  }
  return 0;
}

function pathOf(id: string): string {
  return `approvals/${encodeURIComponent(id)}`;
}

async function keep(minted: string, file: string): Promise<void> {
  await writeFile(file, `${minted}\n`, { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    const message = error.code === "EEXIST" ? "there is a file already" : `cannot be written: ${error.message}`;
    throw new CommandFailure([{ code: "usage/flag", message, place: { file }, hint: "choose another name" }]);
  });
}

function give(approval: Approval, terminal: Terminal): void {
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, approval: withFacts(approval) }));
  else for (const line of approvalLines(approval)) terminal.out(line);
}

/** With what the rules see of it beside the record, for whoever mints from this. */
function withFacts(approval: Approval): object {
  const { action, state } = approval;
  return { ...approval, ...facts(approval), state, binary_sha256: action.binary_sha256 ?? null };
}

function approvalIn(value: unknown): Approval {
  const parsed = parseApproval(isRecord(value) ? value : {});
  if (parsed.ok) return parsed.value;
  const [issue] = parsed.error;
  throw notUnderstood(`${issue?.path ?? ""} ${issue?.message ?? ""}`.trim());
}

function notUnderstood(what: string): CommandFailure {
  const message = `the gateway's answer is not understood: ${what}`;
  return new CommandFailure([{ code: "schema/invalid", message, hint: "is it of another version?" }]);
}
