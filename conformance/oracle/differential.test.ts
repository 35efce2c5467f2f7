import { expect, it } from "vitest";
import { refusal } from "../../src/index.js";
import { compareWithInterpreter } from "./differential.js";
import { sampleQuestions } from "./sampler.js";

const allow = { ...refusal("x/y", "no"), allow: true, violations: [] };
const deny = refusal("x/y", "no");
const isRoot = (input: unknown) => JSON.stringify(input).includes('"root"');

// @requirement HAR-08
it("finds the one input that the two answer differently, and makes it small", async () => {
  const compiled = () => deny;
  const questions = Array.from({ length: 600 }, (_, n) => ({
    entrypoint: "request" as const,
    input: { n, subject: { id: n === 411 ? "root" : "bob", roles: ["a", "b"] }, argv: ["ls", "-la"] },
    decision: deny,
  }));
  const interpret = async (_: string, inputs: readonly unknown[]) =>
    inputs.map((input) => (isRoot(input) ? allow : deny));
  const found = await compareWithInterpreter(questions, interpret, compiled);
  expect(found).toEqual([
    { entrypoint: "request", input: { subject: { id: "root" } }, compiled: deny, interpreted: allow },
  ]);
});

// @requirement HAR-08
it("takes an undefined answer for a disagreement, and another order of keys for none", async () => {
  const question = { entrypoint: "output" as const, input: {}, decision: deny };
  const reordered = Object.fromEntries(Object.entries(deny).reverse());
  expect(
    await compareWithInterpreter(
      [question],
      async () => [reordered],
      () => deny,
    ),
  ).toEqual([]);
  expect(
    await compareWithInterpreter(
      [question],
      async () => [undefined],
      () => deny,
    ),
  ).toHaveLength(1);
});

// @requirement HAR-08
it("tells ten disagreements of many, so that one cause does not fill the report", async () => {
  const questions = Array.from({ length: 12 }, (_, n) => ({
    entrypoint: "output" as const,
    input: { n },
    decision: deny,
  }));
  const interpret = async (_: string, inputs: readonly unknown[]) => inputs.map(() => allow);
  expect(await compareWithInterpreter(questions, interpret, () => deny)).toHaveLength(10);
});

it("keeps every n-th question, wherever the seed starts", () => {
  for (const seed of [0, 3, 12]) {
    const sampler = sampleQuestions(() => deny, 5, seed);
    for (let n = 0; n < 100; n++) sampler.decide("request", { n });
    expect(sampler.take().map((question) => question.input)).toEqual(
      Array.from({ length: 20 }, (_, n) => ({ n: n * 5 + (seed % 5) })),
    );
    expect(sampler.take()).toEqual([]);
    expect(sampler.asked()).toBe(100);
  }
});
