import { expect, it } from "vitest";
import { refusalReasonOf, refusalReasons, refused } from "./refusal.js";

// @requirement EXE-12
it("each reason has a code, and each such code its reason", () => {
  for (const reason of refusalReasons) {
    const refusal = refused(reason, "why");
    expect(refusal).toEqual({ ok: false, error: { code: `token/${reason}`, message: "why" } });
    expect(refusalReasonOf(refusal.error.code)).toBe(reason);
  }
  expect(refusalReasonOf("gate/replay")).toBeUndefined();
  expect(refusalReasons).toEqual([
    "missing",
    "malformed",
    "forged",
    "expired",
    "not_yet_valid",
    "wrong_binding",
    "revoked",
    "replay",
  ]);
});
