import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { Policy } from "../../gate/index.js";
import type { Clock } from "../../model/index.js";

/**
 * A policy that appends each of its decisions to a file before it gives them, one JSON object a line, in the format of
 * OPA's decision logs (https://www.openpolicyagent.org/docs/management-decision-logs). A decision that cannot be logged
 * throws, which the gate takes for a refusal.
 */
export function loggedPolicy(policy: Policy, file: string, clock: Clock): Policy {
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
        requested_by: "local",
        timestamp: new Date(clock.nowMs()).toISOString(),
        metrics: { timer_rego_query_eval_ns: elapsedNs },
      };
      append(file, `${JSON.stringify(event)}\n`);
      return result;
    },
  };
}

function append(file: string, line: string): void {
  const descriptor = openSync(file, "a", 0o600);
  try {
    writeSync(descriptor, line);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
