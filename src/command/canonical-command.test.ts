import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalCommand, commandHash } from "./canonical-command.js";

// @requirement EXE-07
it("gives the published hash for the published command", () => {
  const command = { argv: ["echo", "test"], cwd: "/", env: {}, stdin_sha256: null };
  expect(canonicalCommand(command)).toBe('{"argv":["echo","test"],"cwd":"/","env":{},"stdin_sha256":null}');
  expect(commandHash(command)).toBe("6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f");
});

// @requirement EXE-07
it("does not depend on the order of keys, and changes with every part", () => {
  const base = { argv: ["a", "b"], cwd: "/", env: { A: "1", B: "2" }, stdin_sha256: null };
  expect(commandHash({ ...base, env: { B: "2", A: "1" } })).toBe(commandHash(base));
  const others = [
    { ...base, argv: ["a b"] },
    { ...base, cwd: "/x" },
    { ...base, env: { A: "1" } },
    { ...base, stdin_sha256: "0".repeat(64) },
  ];
  expect(new Set([base, ...others].map(commandHash)).size).toBe(5);
});

it("tells any two different commands apart", () => {
  const command = fc.record({
    argv: fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 4 }),
    cwd: fc.constant("/"),
    env: fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
    stdin_sha256: fc.constant(null),
  });
  fc.assert(
    fc.property(
      command,
      command,
      (a, b) => (canonicalCommand(a) === canonicalCommand(b)) === (commandHash(a) === commandHash(b)),
    ),
    { seed: 1 },
  );
});

it("refuses a lone surrogate, which has no UTF-8 form", () => {
  expect(() => commandHash({ argv: ["\ud800"], cwd: "/", env: {}, stdin_sha256: null })).toThrow();
});
