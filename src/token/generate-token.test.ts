import { describe, expect, it } from "vitest";
import { createTokenGenerator, generateToken, type MintableApproval, newKey, verifyCapability } from "./index.js";
import { clockAt, cmdHash, nowMs, nowS, randomOf } from "./testdata/token-world.js";

const clock = clockAt();
const keySet = { keys: [newKey("EdDSA", "capability", nowMs, randomOf("a"))] };
const approval: MintableApproval = {
  id: "approval-1",
  state: "approved",
  cmd_hash: cmdHash,
  requested_by: "ann",
  expires_ms: nowMs + 1,
};

function parts(found: MintableApproval | null) {
  return { keySet: () => keySet, clock, random: randomOf("b"), findApproval: async () => found };
}

describe("generateToken", () => {
  // @requirement EXE-23
  it("makes the token of an approval that stands: for whoever asked, and for the command that was approved", async () => {
    const asked: string[] = [];
    const generate = createTokenGenerator({
      ...parts(approval),
      findApproval: async (id) => {
        asked.push(id);
        return approval;
      },
    });
    const token = await generate("approval-1");
    const facts = verifyCapability(keySet, token.ok ? token.value : "", clock);
    expect(facts).toMatchObject({
      ok: true,
      value: {
        sub: "ann",
        approval_id: "approval-1",
        cmd_hash: cmdHash,
        binary_sha256: null,
        bundle_sha256: null,
        iss: "lockkeeper",
        aud: "lockkeeper-gateway",
        exp_s: nowS + 60,
      },
    });
    expect(asked).toEqual(["approval-1"]);
  });

  // @requirement EXE-23
  it("binds it to the bytes that were approved, and lets it live as long as is set", async () => {
    const bound = { ...approval, binary_sha256: "ab".repeat(32), bundle_sha256: "cd".repeat(32) };
    const token = await generateToken("approval-1", { ...parts(bound), grant: { life_s: 5 } });
    expect(verifyCapability(keySet, token.ok ? token.value : "", clock)).toMatchObject({
      value: { binary_sha256: "ab".repeat(32), bundle_sha256: "cd".repeat(32), exp_s: nowS + 5 },
    });
  });

  // @requirement EXE-23
  it.each([
    ["that is not there", null, "approval/not_found", "there is no such approval"],
    ["of another id", { ...approval, id: "approval-2" }, "approval/not_found", "there is no such approval"],
    ["that is pending", { ...approval, state: "pending" }, "approval/state", "the approval is pending"],
    ["that is rejected", { ...approval, state: "rejected" }, "approval/state", "the approval is rejected"],
    ["that is revoked", { ...approval, state: "revoked" }, "approval/state", "the approval is revoked"],
    ["that is used", { ...approval, state: "used" }, "approval/state", "the approval is used"],
    ["that has expired", { ...approval, expires_ms: nowMs }, "approval/state", "the approval has expired"],
  ] as const)("makes none for an approval %s", async (_, found, code, message) => {
    expect(await generateToken("approval-1", parts(found))).toEqual({ ok: false, error: { code, message } });
  });
});
