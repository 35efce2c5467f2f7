import type { Authenticator } from "../gate/index.js";
import { type Clock, err, isRecord, ok, type Problem, type Result, type Subject } from "../model/index.js";
import { createProofMemory, type KeySet, verifyBearer, verifyCapability, verifyDpop } from "../token/index.js";
import type { IdentifyCaller, ShownCredential } from "./gateway-parts.js";
import { type LegacyPilots, legacySubject } from "./legacy-pilots.js";

/** Tells who asks: who their Bearer token says, or whom the older header names where that counts, never what a body says. */
export function callerIdentity(keys: () => KeySet, clock: Clock, pilots: LegacyPilots): IdentifyCaller {
  return async (shown, route) => {
    const subject = await subjectOf(shown, route);
    if (!subject.ok) return subject;
    const credential = shown.kind === "bearer" ? "bearer" : "legacy";
    return ok({ subject: subject.value, credential, channel: "gateway" });
  };

  async function subjectOf(shown: ShownCredential, route: string): Promise<Result<Subject, Problem>> {
    if (shown.kind === "pilot") return legacySubject(pilots, shown.pilotId, route);
    const verified = verifyBearer(keys(), shown.token, clock);
    return verified.ok ? ok(verified.value.subject) : verified;
  }
}

/** What a request shows: its token and, where the token is bound to a sender's key, the proof of having that key. */
export type Credential = {
  readonly kind: "capability";
  readonly token: string | null;
  /** The header `DPoP`, and what the proof in it must be for. */
  readonly proof: string | null;
  readonly method: string;
  readonly url: string;
};

function isCredential(value: unknown): value is Credential {
  return isRecord(value) && value.kind === "capability";
}

/**
 * Authenticates on the channel `gateway` by capability token, and by proof of possession (RFC 9449) where the token is bound
 * to a key. What the signature vouches for goes to the rules as facts; what the nonce store knows of it is added by the gate.
 *
 * @requirement EXE-03
 */
export function capabilityAuthenticator(keys: () => KeySet, clock: Clock): Authenticator {
  const seen = createProofMemory();
  return {
    authenticate: async (credential, channel) => {
      if (channel !== "gateway" || !isCredential(credential)) {
        return err({ code: "gate/identity", message: "no such channel or credential here" });
      }
      const { proof, method, url } = credential;
      const token = credential.token ?? "";
      const verified = verifyCapability(keys(), token, clock, (jkt) =>
        verifyDpop(proof, { method, url, token, jkt, nowMs: clock.nowMs(), seen }),
      );
      if (!verified.ok) return verified;
      const facts = { ...verified.value, replayed: false, store_since_s: 0 };
      return ok({ subject: { id: facts.sub, roles: [] }, token: facts });
    },
  };
}
