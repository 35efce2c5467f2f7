import { resolve } from "node:path";
import { createApprovals, createKillSwitch } from "../approval/index.js";
import { commandHash } from "../command/index.js";
import { createGate, type PolicySource } from "../gate/index.js";
import { gitRepositoryFacts } from "../host/index.js";
import { type AccessInput, type Clock, err, ok, type Random } from "../model/index.js";
import type { FastRefusal } from "../store/index.js";
import { type KeySet, mintCapability, redactTokens } from "../token/index.js";
import { createAnswerMemory } from "./answer-memory.js";
import { fastLedger } from "./fast-ledger.js";
import type { GatewayParts, HealthCheck } from "./gateway-parts.js";
import { callerIdentity, capabilityAuthenticator } from "./identify.js";
import { markingLedger } from "./marking-ledger.js";
import { createMetrics } from "./metrics.js";
import type { Stores } from "./open-stores.js";
import { redactingFilter } from "./redacting-filter.js";
import type { GatewaySettings } from "./settings.js";
import type { GatewayWorld } from "./start-gateway.js";
import { createUnwaited } from "./unwaited.js";

/** Joins what was opened to a gateway's parts. */
export function assemble(
  settings: GatewaySettings,
  { root, logger, executor, clock, random }: GatewayWorld & { readonly clock: Clock; readonly random: Random },
  keys: () => KeySet,
  policies: PolicySource,
  stores: Stores,
  fast: FastRefusal,
): GatewayParts {
  const metrics = createMetrics();
  const alert = (kind: string, detail: object, text: string) => {
    metrics.alert(kind);
    logger.warn({ alert: kind, ...detail }, text);
  };
  const onFailure = (error: unknown) => logger.error({ err: error }, "a part failed");
  const decide = (input: AccessInput) => policies.current().decide("access", input);
  const approvals = createApprovals({
    store: stores.approvals,
    decide,
    audit: stores.audit,
    mintToken: async ({ not_after_ms, ...claims }) => {
      const life_s = Math.min(settings.tokenTtlS, Math.floor((not_after_ms - clock.nowMs()) / 1000));
      if (life_s < 1) return err({ code: "approval/state", message: "the approval is about to expire" });
      const minted = await mintCapability(keys(), { ...claims, life_s }, clock, random);
      if (!minted.ok) return minted;
      const { token, jti, exp_s } = minted.value;
      return ok({ token, jti, expires_at_ms: exp_s * 1000 });
    },
    commandHash,
    clock,
    random,
    onBreakGlass: ({ id, requested_by }) => alert("break_glass", { approval_id: id, requested_by }, "glass broken"),
    redact: redactTokens,
    onFailure,
  });
  const killSwitch = createKillSwitch({
    store: stores.killSwitch,
    decide,
    audit: stores.audit,
    clock,
    onEngaged: ({ by, reason }) =>
      alert("kill_switch", { by, reason, stopped: executor.stopAll() }, "the kill switch is engaged"),
    redact: redactTokens,
    onFailure,
  });
  const markUsed = async (approvalId: string, executionId: string) => {
    const used = await approvals.markUsed(approvalId, executionId);
    const about = { approval_id: approvalId, execution_id: executionId };
    if (!used.ok) logger.warn({ ...about, code: used.error.code }, "approval not marked as used");
  };
  const unwaited = createUnwaited();
  const ledger = markingLedger(fastLedger(stores.ledger, stores.audit, fast), (approvalId, executionId) => {
    // After the spawner was asked: the command starts first.
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    void unwaited.keep(turn.then(() => markUsed(approvalId, executionId)).catch(onFailure));
  });
  const authenticator = capabilityAuthenticator(keys, clock);
  const gate = createGate({
    policies,
    authenticator,
    approvals: { find: (id) => approvals.facts(id) },
    killSwitch,
    repository: gitRepositoryFacts,
    ledger,
    recorder: stores.audit,
    executor,
    filter: redactingFilter(redactTokens),
    clock,
    random,
    onFailure,
  });
  return {
    gate,
    authenticator,
    publicUrl: settings.publicUrl,
    policies,
    identify: callerIdentity(keys, clock, {
      roles: settings.legacyPilots,
      onUse: async ({ id, roles }, route) => {
        alert("legacy_pilot_id", { pilot: id, roles, route }, "somebody came in by X-Pilot-ID, which proves nothing");
        const detail = { route };
        await stores.audit.append({
          kind: "event",
          name: "alert/legacy_pilot_id",
          actor: id,
          roles,
          object: null,
          detail,
        });
      },
    }),
    approvals,
    unwaited,
    killSwitch,
    recorder: stores.audit,
    audit: stores.audit,
    stopExecution: (executionId) => executor.stop(executionId),
    answers: createAnswerMemory(() => clock.nowMs()),
    defaults: { profile: settings.profile, workspace: resolve(root, settings.workspace) },
    checks: async () => [...(await stores.checks()), ...fastChecks(settings, fast)],
    metrics,
    logger,
    clock,
    random,
  };
}

/** Redis that is away refuses nothing and allows nothing: it is told, and stops nobody. */
function fastChecks({ redisUrl }: GatewaySettings, fast: FastRefusal): HealthCheck[] {
  return redisUrl === null ? [] : [{ name: "redis", ok: true, detail: fast.isThere() ? "answers" : "away" }];
}
