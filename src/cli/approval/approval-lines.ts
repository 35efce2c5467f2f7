import { type Approval, approversOf } from "../../approval/index.js";
import { printable } from "../../model/index.js";

/** One approval in a list. */
export function approvalRow(approval: Approval): string {
  const { id, state, requested_by, action } = approval;
  return one(`${id}  ${state.padEnd(8)}  ${requested_by}  ${wordsOf(action.argv)}`);
}

/** Everything that somebody has to know who decides over it: the exact words, and nothing that could drive a terminal. */
export function approvalLines(approval: Approval): string[] {
  const { action, decisions, review } = approval;
  const env = Object.entries(action.env).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const rows: readonly (readonly [string, string | null])[] = [
    ["approval", approval.id],
    ["state", approval.break_glass ? `${approval.state}, by broken glass` : approval.state],
    ["words", wordsOf(action.argv)],
    ["folder", action.cwd],
    ["workspace", action.workspace],
    ["environment", env.length === 0 ? null : env.join(" ")],
    ["input", action.stdin_sha256],
    ["profile", action.profile],
    ["limits", Object.keys(action.limits).length === 0 ? null : JSON.stringify(action.limits)],
    ["hash", action.cmd_hash],
    ["task", approval.task],
    ["asked by", `${approval.requested_by}, ${time(approval.requested_at_ms)}: ${approval.reason}`],
    ...decisions.map(
      ({ by, roles, verdict, at_ms, reason }) =>
        [verdict, `${by}${roles.length > 0 ? ` (${roles.join(", ")})` : ""}, ${time(at_ms)}: ${reason}`] as const,
    ),
    ["approvers", approversOf(approval).join(", ") || "nobody yet"],
    ["review", review === null ? null : reviewText(review)],
    ["execution", approval.execution_id],
    ["until", time(approval.expires_ms)],
  ];
  return rows.flatMap(([name, text]) => (text === null ? [] : [one(`${name.padEnd(12)} ${text}`)]));
}

/** Words that nobody can mistake: each as JSON where it is more than letters, digits and plain marks. */
function wordsOf(argv: readonly string[]): string {
  return argv.map((word) => (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

function reviewText({ state, by, at_ms, note }: NonNullable<Approval["review"]>): string {
  return state === "due" ? "due" : `${by ?? ""}, ${at_ms === null ? "" : time(at_ms)}: ${note ?? ""}`;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

/** What others wrote stays on its line. */
function one(text: string): string {
  return printable(text.replaceAll("\n", "\\n"));
}
