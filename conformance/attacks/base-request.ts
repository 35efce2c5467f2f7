import { type CommandAction, commandHash, fullIsolation, noIsolation, type RequestInput } from "../../src/index.js";

/** The moment all generated requests are made at: 2026-01-07T12:00:00Z. */
export const nowMs = 1_767_787_200_000;
const nowS = nowMs / 1000;

/** A command in the workspace, with its hash. */
export function commandAction(argv: readonly string[], over: Partial<CommandAction> = {}): CommandAction {
  const action = {
    kind: "command" as const,
    profile: "readonly",
    argv: [...argv],
    cwd: "/workspace",
    env: {},
    stdin_sha256: null,
    workspace: "/workspace",
    limits: {},
    ...over,
  };
  return { ...action, cmd_hash: commandHash(action) };
}

/** A request over the gateway that every rule allows: token, approval and usage are as they should be. */
export function gatewayRequest(action: CommandAction, limitIds: readonly string[]): RequestInput {
  return {
    now_ms: nowMs,
    channel: "gateway",
    action,
    subject: { id: "agent-7", roles: ["requester"] },
    task: "task-1",
    approval_id: "approval-1",
    token: {
      typ: "lockkeeper-capability+jwt",
      iss: "lockkeeper",
      aud: "lockkeeper-gateway",
      sub: "agent-7",
      jti: "token-1",
      approval_id: "approval-1",
      cmd_hash: action.cmd_hash,
      binary_sha256: null,
      bundle_sha256: null,
      iat_s: nowS - 5,
      nbf_s: null,
      exp_s: nowS + 30,
      replayed: false,
      store_since_s: nowS - 86_400,
    },
    approval: {
      id: "approval-1",
      state: "approved",
      cmd_hash: action.cmd_hash,
      requested_by: "agent-7",
      approvers: ["alice"],
      expires_ms: nowMs + 600_000,
    },
    usage: Object.fromEntries(limitIds.map((id) => [id, { used: 0, frees_at_ms: null }])),
    kill_switch: { engaged: false },
    isolation: fullIsolation,
    repository: { config_keys: [] },
    bundle_sha256: "b".repeat(64),
  };
}

/** The same request typed at a terminal: no token, no approval, no isolation. */
export function localRequest(action: CommandAction, limitIds: readonly string[]): RequestInput {
  return {
    ...gatewayRequest(action, limitIds),
    channel: "local",
    task: null,
    approval_id: null,
    token: null,
    approval: null,
    isolation: noIsolation,
  };
}
