import fc from "fast-check";
import { expect, it } from "vitest";
import { dealTests } from "./deal-tests.js";

const treeOf = (names: readonly string[]) => ({
  tests: [{ path: "policies/a/a_test.rego", text: names.map((name) => `${name} if true\n`).join("\n") }],
});

it("gives each test to exactly one hand, whatever it is called and whether its name was seen or not", () => {
  const name = fc.stringMatching(/^test_[a-zA-Z0-9_]{1,8}$/);
  const reference = fc.oneof(name, fc.constantFrom('data.a["test_x#01"]', "data.a.test_ü", "test_"));
  fc.assert(
    fc.property(fc.array(name), fc.integer({ min: 1, max: 4 }), reference, (names, hands, asked) => {
      const matching = dealTests(treeOf(names), hands).filter((run) => new RegExp(run, "u").test(asked));
      expect(matching).toHaveLength(1);
    }),
    { seed: 7, numRuns: 500 },
  );
});

it("weighs names by the source of their tests", () => {
  const long = `test_a if {\n${"\tinput.x\n".repeat(50)}}\n`;
  const text = `${long}\ntest_b if true\n\ntest_c if true\n\ntest_d if true\n`;
  expect(dealTests({ tests: [{ path: "policies/a/a_test.rego", text }] }, 2)).toEqual(["[a]$", "[^a]$"]);
});

it("leaves all to one where there is one hand, or nothing to deal", () => {
  expect(dealTests(treeOf(["test_a"]), 1)).toEqual([""]);
  expect(dealTests(treeOf([]), 2)).toEqual([""]);
});
