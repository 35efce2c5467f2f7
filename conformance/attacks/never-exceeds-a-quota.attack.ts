/**
 * Claim: a request passes a limit exactly when what is used and what it may use at worst fit under it together,
 * and a limit nobody knows the usage of refuses.
 *
 * Why: a limit checked without the amount, or skipped where its fact is missing, is no limit.
 * How: usage around every limit's edge, facts left out, with and without a task, against a model of one comparison.
 */
import fc from "fast-check";
import type { RequestInput, Violation } from "../../src/index.js";
import { type Attack, claim } from "./attack.js";
import { commandAction, gatewayRequest, nowMs } from "./base-request.js";

export const neverExceedsAQuota: Attack = {
  id: "never-exceeds-a-quota",
  claim: "a request passes a limit exactly when its usage and its own worst case fit under it",
  requirements: ["MEX-03"],
  weight: 2,
  property: ({ decide, data }) => {
    const ids = Object.keys(data.quota.limits).sort();
    const base = gatewayRequest(commandAction(["ls"]), ids);
    const worst = decide("request", base);
    claim(worst.allow, () => `the unspent request is refused: ${JSON.stringify(worst.violations)}`);
    const amounts = new Map(worst.obligations.consume.map((item) => [item.key.split("/").at(-1) ?? "", item.amount]));
    const usage = fc.tuple(
      ...ids.map((id) =>
        fc.record({
          known: fc.boolean().map((x) => x || id.length % 7 !== 0),
          missing: fc.nat(30).map((n) => n === 0),
          offset: fc.integer({ min: -2, max: 2 }),
          near: fc.nat(3).map((n) => n === 0),
          frees: fc.option(fc.integer({ min: nowMs, max: nowMs + 1_000_000 })),
        }),
      ),
    );
    return fc.property(usage, fc.boolean(), (facts, hasTask) => {
      const used = (index: number) => {
        const id = ids[index] ?? "";
        const { limit } = data.quota.limits[id] ?? { limit: 0 };
        const fact = facts[index];
        return fact?.near === true ? Math.max(0, limit - (amounts.get(id) ?? 0) + fact.offset) : 0;
      };
      const known = ids.flatMap((id, index) => (facts[index]?.missing === true ? [] : [{ id, index }]));
      const applies = (id: string) => hasTask || data.quota.limits[id]?.scope !== "task";
      const request: RequestInput = {
        ...base,
        task: hasTask ? "task-1" : null,
        usage: Object.fromEntries(
          known.map(({ id, index }) => [id, { used: used(index), frees_at_ms: facts[index]?.frees ?? null }]),
        ),
      };
      const wanted = ids.filter(applies).flatMap((id) => {
        const index = ids.indexOf(id);
        if (facts[index]?.missing === true) return [`quota/usage_unknown ${id}`];
        const limit = data.quota.limits[id]?.limit ?? 0;
        return used(index) + (amounts.get(id) ?? 0) > limit ? [`quota/exceeded ${id}`] : [];
      });
      const decision = decide("request", request);
      const seen = decision.violations.map(nameOf).sort();
      claim(
        seen.join() === wanted.sort().join(),
        () => `refused by [${seen.join(", ")}], the model says [${wanted.join(", ")}]`,
      );
      claim(decision.allow === (wanted.length === 0), () => `allow=${decision.allow}`);
    });
  },
};

const nameOf = (violation: Violation) => `${violation.rule} ${String(violation.detail.id)}`;
