import type { Authenticator } from "../gate/index.js";
import { type Clock, err, ok } from "../model/index.js";
import { type KeySet, verifyBearer, verifyCapability } from "../token/index.js";
import type { IdentifyCaller } from "./gateway-parts.js";

/** Tells who holds a Bearer token: who the token says, never what a body says. */
export function bearerIdentity(keys: () => KeySet, clock: Clock): IdentifyCaller {
  return async (bearer) => {
    const verified = verifyBearer(keys(), bearer, clock);
    if (!verified.ok) return verified;
    return ok({ subject: verified.value.subject, credential: "bearer", channel: "gateway" });
  };
}

/**
 * Authenticates on the channel `gateway` by capability token. What the signature vouches for goes to the rules as facts;
 * what the nonce store knows of it is added by the gate.
 *
 * @requirement EXE-03
 */
export function capabilityAuthenticator(keys: () => KeySet, clock: Clock): Authenticator {
  return {
    authenticate: async (credential, channel) => {
      if (channel !== "gateway") return err({ code: "gate/identity", message: "no such channel here" });
      const verified = verifyCapability(keys(), credential, clock);
      if (!verified.ok) return verified;
      const token = { ...verified.value, replayed: false, store_since_s: 0 };
      return ok({ subject: { id: token.sub, roles: [] }, token });
    },
  };
}
