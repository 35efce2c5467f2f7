import { randomUUID } from "node:crypto";
import { type Clock, isRecord } from "../model/index.js";
import type { Policy } from "./ports.js";

/**
 * A policy that tells each of its decisions before it gives them, one JSON object a line, in the format of OPA's decision
 * logs (https://www.openpolicyagent.org/docs/management-decision-logs). A decision that cannot be logged throws, which the
 * gate takes for a refusal.
 */
export function loggedPolicy(policy: Policy, append: (line: string) => void, clock: Clock): Policy {
  return {
    sha256: policy.sha256,
    limits: policy.limits,
    wantsRepository: (program) => policy.wantsRepository(program),
    ruleAt: (id) => policy.ruleAt(id),
    decide: (entrypoint, input) => {
      const startedMs = performance.now();
      const result = policy.decide(entrypoint, input);
      const elapsedNs = Math.round((performance.now() - startedMs) * 1e6);
      const event = {
        labels: { id: "lockkeeper", app: "lockkeeper" },
        decision_id: randomUUID(),
        bundles: { lockkeeper: { revision: policy.sha256 } },
        path: `main/${entrypoint}`,
        input,
        result,
        requested_by: requesterOf(input),
        timestamp: new Date(clock.nowMs()).toISOString(),
        metrics: { timer_rego_query_eval_ns: elapsedNs },
      };
      append(`${JSON.stringify(event)}\n`);
      return result;
    },
  };
}

/** Whoever the input says is asking; `local` where it says nobody. */
function requesterOf(input: unknown): string {
  const subject = isRecord(input) ? input.subject : undefined;
  return isRecord(subject) && typeof subject.id === "string" ? subject.id : "local";
}
