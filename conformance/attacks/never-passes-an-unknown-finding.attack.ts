/**
 * Claim: a finding passes untouched only where the data says so by name; a kind or a place nobody described is blocked,
 * and a sensitive field is recognised in any case and separator style.
 *
 * Why: a filter that waves through what it does not know leaks whatever is new.
 * How: known and unknown kinds and places, field names re-spelt with other cases and separators.
 */
import fc from "fast-check";
import { type Attack, claim } from "./attack.js";
import { nowMs } from "./base-request.js";

export const neverPassesAnUnknownFinding: Attack = {
  id: "never-passes-an-unknown-finding",
  claim: "a finding passes untouched only where the data says so, and a sensitive field is known in any spelling",
  requirements: ["SBX-40", "SBX-41"],
  weight: 5,
  property: ({ decide, data }) => {
    const kinds = Object.keys(data.output.kinds);
    const places = Object.keys(data.output.places);
    const fields = Object.keys(data.output.fields);
    const word = fc.stringMatching(/^[a-z][a-z_]{3,12}$/);
    const spelt = fc
      .tuple(
        fc.constantFrom(...fields),
        fc.array(fc.constantFrom("", "-", "_", " ", "."), { minLength: 30, maxLength: 30 }),
        fc.nat(),
      )
      .map(([name, separators, bits]) =>
        [...name]
          .map((char, at) => ((bits >> (at % 20)) % 2 === 1 ? char.toUpperCase() : char) + (separators[at] ?? ""))
          .join(""),
      );
    const finding = fc.oneof(
      fc.record({
        kind: fc.oneof(fc.constantFrom(...kinds), word),
        place: fc.oneof(fc.constantFrom(...places), word),
        field: fc.constant(null),
      }),
      fc.record({ kind: fc.constant("field"), place: fc.constantFrom(...places), field: spelt }),
    );
    return fc.property(finding, (asked) => {
      const decision = decide("output", { now_ms: nowMs, channel: "local", finding: asked });
      const treatment = decision.obligations.filter?.treatment;
      const isKnown = kinds.includes(asked.kind) && places.includes(asked.place);
      if (asked.kind === "field") claim(treatment !== undefined && treatment !== "pass", () => `${asked.field} passes`);
      else claim(isKnown || (treatment === "block" && !decision.allow), () => `an unknown finding gets ${treatment}`);
      claim(decision.allow === (treatment !== "block"), () => `allow=${decision.allow} with ${treatment}`);
    });
  },
};
