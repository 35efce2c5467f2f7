import { judgeRun } from "../verdict.js";
import type { Proof, VerdictInput } from "../verdict-input.js";
import { verdictExample } from "./verdict-example.js";

const mutation = { rule: "killed", code: "killed" } as const;
export const demanded = { ...verdictExample().demanded, mutation };

/** Judges HAR-02, which code meets, where the top rung is demanded. */
export function judge(proofs: readonly Proof[], over: Partial<VerdictInput> = {}) {
  const report = judgeRun(verdictExample({ demanded, proofs, only: ["HAR-02"], ...over }));
  const [{ status, reached, gaps, proof } = { status: "?", reached: [], gaps: [], proof: undefined }] =
    report.requirements;
  const { verdict, exit_code, reasons } = report;
  return { status, reached: reached.join(" "), gaps, verdict, exit_code, reasons, proof };
}
