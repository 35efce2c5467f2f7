import { describe, expect, it } from "vitest";
import type { CitedViolation, Outcome } from "../gate/index.js";
import { createMetrics } from "./metrics.js";
import { refusalsOf } from "./testdata/in-process.js";

const refused = (...rules: string[]): Outcome => ({
  kind: "refused",
  executionId: "execution-1",
  phase: "policy",
  violations: rules.map((rule): CitedViolation => ({ rule, message: rule, requirements: [], detail: {}, place: null })),
});

// @requirement EXE-12
describe("the counter of refusals", () => {
  it("goes up under the reason for which a token was refused", async () => {
    const metrics = createMetrics();
    for (const rule of ["token/expired", "token/forged", "token/replay", "token/expired"])
      metrics.execution(refused("command/not_allowed", rule), 1);
    metrics.refusal("missing");
    expect(await refusalsOf({ metrics })).toEqual({ expired: 2, forged: 1, replay: 1, missing: 1 });
  });

  it("stays where it was no token that was refused", async () => {
    const metrics = createMetrics();
    metrics.execution(refused("command/not_allowed"), 1);
    expect(await refusalsOf({ metrics })).toEqual({});
    expect(await metrics.registry.metrics()).toContain('lockkeeper_violations_total{rule="command/not_allowed"} 1');
  });
});
