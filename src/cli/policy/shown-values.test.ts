import { expect, it } from "vitest";
import { shownValue, valuesIn } from "./shown-values.js";

const world = {
  input: { subject: { id: "eve" }, names: ["a"] },
  data: { limits: { cpu: 3 } },
  locals: { role: '{"level": 2}', seen: '{"a", "b"}', word: '"x"' },
};

function check(text: string, expected: Record<string, string>): void {
  expect(valuesIn(text, world)).toEqual(expected);
}

it("reads references into the input, the data and variables", () => {
  check("input.subject.id == word", { "input.subject.id": '"eve"', word: '"x"' });
  check("role.level > data.limits.cpu", { "role.level": "2", "data.limits.cpu": "3" });
  check("input.absent.deep", { "input.absent.deep": "undefined" });
});

it("leaves out functions, rules, and words inside strings", () => {
  check('startswith(word, "input.subject.id")', { word: '"x"' });
  check("data.token.presented", {});
});

it("shows a value that JSON cannot hold whole, and never reads what objects inherit", () => {
  check("seen.a", { "seen.a": '{"a", "b"}' });
  check("input.constructor", { "input.constructor": "undefined" });
});

it("cuts long values, and tells only the size of a large object", () => {
  expect(shownValue(Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`key${n}`, n])))).toBe(
    "an object of 99 keys",
  );
  expect(shownValue("x".repeat(500))).toHaveLength(120);
});
