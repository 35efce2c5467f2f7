import { type ApprovalFacts, type Clock, err, ok, type Problem, type Random, type Result } from "../model/index.js";
import { type CapabilityGrant, type MintedToken, mintCapability } from "./capability-token.js";
import type { KeySet } from "./signing-key.js";

/** What an approval must tell for a token to be minted into it. */
export type MintableApproval = Pick<ApprovalFacts, "id" | "state" | "cmd_hash" | "requested_by" | "expires_ms"> & {
  /** The executable and the bundle with its data that were approved; null or absent where none is bound. */
  readonly binary_sha256?: string | null;
  readonly bundle_sha256?: string | null;
};

/** What tokens are generated from. */
export type TokenGeneratorParts = {
  /** Asked each time, so that a rotation is seen. */
  readonly keySet: () => KeySet;
  readonly clock: Clock;
  readonly random: Random;
  /** Looks an approval up. @returns null where there is none */
  readonly findApproval: (approvalId: string) => Promise<MintableApproval | null>;
  /** Default: 60 seconds, `lockkeeper`, `lockkeeper-gateway`. */
  readonly grant?: Pick<CapabilityGrant, "life_s" | "iss" | "aud">;
};

/**
 * Generates the capability token of an approval: for whoever asked for it, and for the command that was approved. No token
 * without an approval that stands.
 *
 * @returns the token; on failure `approval/not_found`, `approval/state`, `key/missing` or `schema/invalid`
 * @requirement EXE-23
 */
export async function generateToken(approvalId: string, parts: TokenGeneratorParts): Promise<Result<string, Problem>> {
  const minted = await mintForApproval(approvalId, parts);
  return minted.ok ? ok(minted.value.token) : minted;
}

/** As `generateToken`, and tells what to record: the token's id and its times. */
export async function mintForApproval(
  approvalId: string,
  { keySet, clock, random, findApproval, grant = {} }: TokenGeneratorParts,
): Promise<Result<MintedToken, Problem>> {
  const approval = standing(await findApproval(approvalId), approvalId, clock.nowMs());
  if (!approval.ok) return approval;
  const { id, requested_by, cmd_hash, binary_sha256 = null, bundle_sha256 = null } = approval.value;
  const claims = { sub: requested_by, approval_id: id, cmd_hash, binary_sha256, bundle_sha256 };
  return mintCapability(keySet(), { ...grant, ...claims }, clock, random);
}

/**
 * The approval, if it is there, approved and not past.
 *
 * @requirement EXE-23
 */
function standing(approval: MintableApproval | null, id: string, nowMs: number): Result<MintableApproval, Problem> {
  if (approval === null || approval.id !== id)
    return err({ code: "approval/not_found", message: "there is no such approval" });
  if (approval.state !== "approved")
    return err({ code: "approval/state", message: `the approval is ${approval.state}` });
  if (nowMs >= approval.expires_ms) return err({ code: "approval/state", message: "the approval has expired" });
  return ok(approval);
}

/** Makes `generateToken(approvalId)` of a program's own parts. */
export function createTokenGenerator(
  parts: TokenGeneratorParts,
): (approvalId: string) => Promise<Result<string, Problem>> {
  return (approvalId) => generateToken(approvalId, parts);
}
