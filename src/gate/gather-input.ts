import { createHash } from "node:crypto";
import { commandHash } from "../command/index.js";
import type { RequestInput, UsageFacts } from "../model/index.js";
import type {
  Approvals,
  Authenticator,
  Executor,
  Identity,
  KillSwitch,
  Policy,
  RepositoryFacts,
  Usage,
  UsageKey,
} from "./ports.js";
import type { Submission } from "./submission.js";

/** Where facts come from. */
export type FactSources = {
  readonly authenticator: Authenticator;
  readonly approvals: Approvals;
  readonly killSwitch: KillSwitch;
  readonly ledger: Usage;
  readonly repository: RepositoryFacts;
  readonly executor: Executor;
};

/** The key of a quota limit for a subject or a task, as the rules write it in `obligations.consume`. */
export function usageKey(scope: string, name: string, limitId: string): string {
  return `${scope}:${name}/${limitId}`;
}

/**
 * Gathers every fact the rules may ask for into one decision input. All look-ups run at once; one that fails rejects.
 *
 * @param identity - whose credential was good
 * @param argv - as it will run
 */
export async function gatherInput(
  submission: Submission,
  identity: Identity,
  argv: readonly string[],
  policy: Policy,
  sources: FactSources,
  nowMs: number,
): Promise<RequestInput> {
  const { channel, cwd, env, stdin, limits, profile, workspace, approvalId, task } = submission;
  const command = { argv, cwd, env, stdin_sha256: stdin === null ? null : sha256(stdin) };
  const [usage, approval, engaged, repository, token] = await Promise.all([
    usageOf(policy, identity, task, sources.ledger, nowMs),
    approvalId === null ? null : sources.approvals.find(approvalId),
    sources.killSwitch.engaged(),
    policy.wantsRepository(argv[0] ?? "") ? sources.repository.read(cwd, workspace) : null,
    tokenFacts(identity, sources.ledger),
  ]);
  return {
    now_ms: nowMs,
    channel,
    action: {
      kind: "command",
      profile,
      ...command,
      argv: [...argv],
      env: { ...env },
      cmd_hash: commandHash(command),
      workspace,
      limits,
    },
    subject: identity.subject,
    task,
    approval_id: approvalId,
    token,
    approval,
    usage,
    kill_switch: { engaged },
    isolation: sources.executor.isolation(),
    repository,
    bundle_sha256: policy.sha256,
  };
}

/** What the ledger knows of a token's nonce stands over what anybody else says of it. */
async function tokenFacts({ token }: Identity, ledger: Usage): Promise<RequestInput["token"]> {
  if (token === null) return null;
  const replayed = await ledger.seen(token.jti);
  return { ...token, replayed, store_since_s: await ledger.sinceS() };
}

async function usageOf(
  policy: Policy,
  identity: Identity,
  task: string | null,
  ledger: Usage,
  nowMs: number,
): Promise<Record<string, UsageFacts>> {
  const names: Readonly<Record<string, string | null>> = { subject: identity.subject.id, task };
  const asked = Object.entries(policy.limits).flatMap(([id, { scope, window_ms }]) => {
    const name = names[scope] ?? null;
    const key: UsageKey | null = name === null ? null : { key: usageKey(scope, name, id), window_ms };
    return key === null ? [] : [{ id, key }];
  });
  const facts = await ledger.usage(
    asked.map(({ key }) => key),
    nowMs,
  );
  return Object.fromEntries(asked.flatMap(({ id }, index) => (facts[index] === undefined ? [] : [[id, facts[index]]])));
}

/** SHA-256 of bytes, 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
