import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommand, refusal, verifyAudit } from "../../src/index.js";
import { type Attack, claim } from "../attacks/index.js";
import { runAttacks } from "./run-attacks.js";

const data = {
  command: { programs: {} },
  token: { max_lifetime_s: 300, leeway_s: 0 },
  quota: { limits: {} },
  output: { kinds: {}, fields: {}, places: {} },
};
const context = { decide: () => refusal("main/not_granted", "no"), parse: parseCommand, verify: verifyAudit, data };

/** Holds for every number below 1000. */
const belowThousand: Attack = {
  id: "never-reaches-a-thousand",
  claim: "no number reaches a thousand",
  requirements: ["HAR-07"],
  weight: 1,
  property: ({ decide }) =>
    fc.property(fc.nat(5000), (n) => {
      decide("request", { n });
      claim(n < 1000, () => `${n} is too many`);
    }),
};
const run = (attack: Attack, seed: number, inputs = 500) =>
  runAttacks([attack], context, { seed, inputs, afterEach: async () => undefined });

// @requirement HAR-07
describe("property attacks", () => {
  it("shrink a counterexample to the smallest, and tell seed and path", async () => {
    const [outcome] = await run(belowThousand, 42);
    expect(outcome?.check.status).toBe("fail");
    expect(outcome?.check.detail).toMatch(/^1000 is too many\nshrunk input: \[1000\]\nreplay: seed 42, path [0-9:]+$/);
  });

  it("replay from the seed and path that they told", async () => {
    const [outcome] = await run(belowThousand, 42);
    const path = /path (.*)$/.exec(outcome?.check.detail ?? "")?.[1] ?? "";
    const replayed = fc.check(belowThousand.property(context), { seed: 42, path });
    expect(await replayed).toMatchObject({ failed: true, numRuns: 1, counterexample: [1000] });
  });

  it("give the same for the same seed, and other inputs for another", async () => {
    const seen = async (seed: number) => {
      const inputs: unknown[] = [];
      const decide = (_: string, input: unknown) => {
        inputs.push(input);
        return context.decide();
      };
      const listening = { ...context, decide };
      const even = {
        ...belowThousand,
        property: ({ decide }: typeof listening) => fc.property(fc.nat(900), (n) => void decide("request", { n })),
      };
      await runAttacks([even], listening, { seed, inputs: 50, afterEach: async () => undefined });
      return inputs;
    };
    expect(await seen(1)).toEqual(await seen(1));
    expect(await seen(1)).not.toEqual(await seen(2));
    expect(await seen(1)).toHaveLength(50);
  });

  it("share the inputs by weight, and count what was asked", async () => {
    const holds = (id: string, weight: number): Attack => ({
      ...belowThousand,
      id,
      weight,
      property: ({ decide }) => fc.property(fc.nat(9), (n) => void decide("request", { n })),
    });
    const outcomes = await runAttacks([holds("a", 1), holds("b", 3)], context, {
      seed: 1,
      inputs: 400,
      afterEach: async () => undefined,
    });
    expect(outcomes.map(({ check, asked }) => [check.inputs, asked, check.status])).toEqual([
      [100, 100, "pass"],
      [300, 300, "pass"],
    ]);
  });

  it("that cannot even start fail", async () => {
    const broken: Attack = {
      ...belowThousand,
      property: () => {
        throw new Error("no data");
      },
    };
    const [outcome] = await run(broken, 1);
    expect(outcome?.check).toMatchObject({ status: "fail", detail: "the attack could not start: no data" });
  });
});
