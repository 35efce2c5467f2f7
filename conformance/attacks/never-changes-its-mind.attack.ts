/**
 * Claim: equal requests get equal decisions, and no added flaw ever turns a refusal into an allow.
 *
 * Why: a decision that depends on the order of keys, on facts about others or on what was asked before cannot be proven.
 * How: each request is asked again with its keys reversed and with usage of limits that do not exist; then one more
 * flaw is added and the decision may only get stricter.
 */
import fc from "fast-check";
import { type Attack, claim, rulesOf } from "./attack.js";
import { commandAction, gatewayRequest } from "./base-request.js";
import { flaws } from "./never-allows-a-flawed-capability.attack.js";

export const neverChangesItsMind: Attack = {
  id: "never-changes-its-mind",
  claim: "equal requests get equal decisions, and an added flaw never turns a refusal into an allow",
  requirements: ["MEX-01", "MEX-03", "EXE-15"],
  weight: 1,
  property: ({ decide, data }) => {
    const limitIds = Object.keys(data.quota.limits);
    const argv = fc.constantFrom(
      ["ls"],
      ["cat", "a.txt"],
      ["cat", "/etc/shadow"],
      ["id"],
      ["grep", "-rn", "x", "src"],
      ["find", ".", "-delete"],
    );
    return fc.property(
      argv,
      fc.subarray([...flaws]),
      fc.constantFrom(...flaws),
      fc.nat(1000),
      (words, subset, more, n) => {
        const request = subset.reduce(
          (value, flaw) => flaw.apply(value, n),
          gatewayRequest(commandAction(words), limitIds),
        );
        const decision = decide("request", request);
        const text = JSON.stringify(decision);
        claim(JSON.stringify(decide("request", reversed(request))) === text, () => "the order of keys matters");
        const crowded = { ...request, usage: { ...request.usage, nobody_knows: { used: n, frees_at_ms: null } } };
        claim(
          JSON.stringify(decide("request", crowded)) === text,
          () => "usage of a limit that does not exist matters",
        );
        const worse = decide("request", more.apply(request, n));
        claim(decision.allow || !worse.allow, () => `${more.rule} turned a refusal into an allow`);
        const lost = rulesOf(decision).filter((rule) => !rulesOf(worse).includes(rule));
        claim(lost.length === 0, () => `${more.rule} hid ${lost.join(" ")}`);
      },
    );
  },
};

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}
