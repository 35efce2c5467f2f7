import type { CheckResult } from "../../src/index.js";
import type { Disagreement } from "../oracle/index.js";

/** The differential as a check: it passes when nothing was answered differently and something was asked. */
export function differentialCheck(inputs: number, disagreements: readonly Disagreement[]): CheckResult {
  const base = {
    id: "compiled-agrees-with-interpreter",
    kind: "differential" as const,
    title: "the compiled policy and OPA's interpreter give the same decision",
    requirements: ["HAR-08"],
    file: "conformance/oracle/differential.ts",
    row: 1,
    inputs,
  };
  const details = disagreements.map(({ entrypoint, input, compiled, interpreted }) =>
    [
      `${entrypoint} differs on the shrunk input ${JSON.stringify(input)}`,
      `compiled: ${JSON.stringify(compiled)}`,
      `interpreted: ${JSON.stringify(interpreted)}`,
    ].join("\n"),
  );
  if (details.length > 0) return { ...base, status: "fail", detail: details.join("\n\n").slice(0, 20_000) };
  return inputs > 0 ? { ...base, status: "pass" } : { ...base, status: "unverified", detail: "nothing was asked" };
}
