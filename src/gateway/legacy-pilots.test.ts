import { describe, expect, it } from "vitest";
import { legacySubject, pilotNamed } from "./legacy-pilots.js";

const missing = (message: string) => ({ ok: false, error: { code: "token/missing", message } });

// @requirement WFL-01
describe("whom the older header names", () => {
  it("is nobody while it is switched off", () => {
    expect(pilotNamed(null, "alice")).toEqual(
      missing("X-Pilot-ID proves nothing and is switched off: send a Bearer token"),
    );
  });

  it("is a pilot who is listed, in the role that is listed, and no other", () => {
    const roles = new Map([["alice", "OPERATOR"]]);
    expect(pilotNamed(roles, "alice")).toEqual({ ok: true, value: { id: "alice", roles: ["OPERATOR"] } });
    for (const id of ["Alice", "alice ", "", "alice, alice", "constructor"]) {
      expect(pilotNamed(roles, id)).toEqual(missing("X-Pilot-ID names nobody who may use it: send a Bearer token"));
    }
  });

  it("counts for nothing where its use cannot be told", async () => {
    const roles = new Map([["alice", "OPERATOR"]]);
    const onUse = () => Promise.reject(new Error("the audit is away"));
    expect(await legacySubject({ roles, onUse }, "alice", "GET /approvals")).toEqual({
      ok: false,
      error: { code: "audit/store", message: "the audit is away" },
    });
  });
});
