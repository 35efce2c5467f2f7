import { describe, expect, it } from "vitest";
import { approval } from "../approval/testdata/world.js";
import type { ApprovalFacts } from "../model/index.js";
import { admit } from "./guard.js";
import { bareServer, inProcess, nowMs, refusalsOf } from "./testdata/in-process.js";

const lacks = "access/role_lacks_permission";
const unplaced = "access/unknown_permission";

/** Asks a route that takes a permission. */
async function asked(token: string | null, refused: readonly string[] | undefined, facts?: ApprovalFacts) {
  const world = inProcess(refused === undefined ? {} : { "thing.read": refused });
  const server = bareServer();
  server.get("/thing", async (request, reply) => {
    const caller = await admit(world.parts, request, reply, "thing.read", facts);
    return caller === undefined ? reply : { admitted: caller };
  });
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const { statusCode, headers: answered, body } = await server.inject({ url: "/thing", headers });
  const { request_id: _, ...told } = JSON.parse(body);
  return { ...world, statusCode, answered, told, refusals: await refusalsOf(world.parts) };
}
const ann = { subject: { id: "ann", roles: ["VIEWER"] }, credential: "bearer", channel: "gateway" };

// @requirement WFL-02
describe("who asks for what a role must permit", () => {
  it("is let in where the rules allow it, which are told who asks, for what, when, and about which approval", async () => {
    const { statusCode, told, entrypoints, asked: inputs, refusals } = await asked("ann:VIEWER", undefined);
    expect([statusCode, told]).toEqual([200, { admitted: ann }]);
    expect(entrypoints).toEqual(["access"]);
    expect(inputs).toEqual([{ now_ms: nowMs, ...ann, permission: "thing.read", approval: null }]);
    expect(refusals).toEqual({});
  });

  it("has the approval that it is about shown to the rules", async () => {
    const { requested_by, state, action } = approval();
    const facts = { id: "approval-1", requested_by, state, cmd_hash: action.cmd_hash };
    // biome-ignore lint/suspicious/noExplicitAny: the rules are handed what they are given, whatever it is
    const { asked: inputs } = await asked("ann:VIEWER", undefined, facts as any);
    expect(inputs.map((input) => input.approval)).toEqual([facts]);
  });

  it.each([
    ["no credential", null, "Token missing", "token/missing", "missing"],
    ["one that has expired", "ann", "Token expired", "token/expired", "expired"],
  ])("is answered 401 with %s, and the rules are not asked", async (_, token, error, code, reason) => {
    const refused = await asked(token, undefined);
    expect([refused.statusCode, refused.told]).toEqual([401, { success: false, error, code }]);
    expect(refused.answered["www-authenticate"]).toBe('Bearer realm="lockkeeper"');
    expect(refused.asked).toEqual([]);
    expect(refused.refusals).toEqual({ [reason]: 1 });
  });

  it("is answered 403 with a good credential whose role may not, by which rules and where they stand", async () => {
    const refused = await asked("ann:VIEWER", [lacks, unplaced]);
    const violation = (rule: string) => ({ rule, message: "No", requirements: [], detail: {} });
    expect([refused.statusCode, refused.told]).toEqual([
      403,
      {
        success: false,
        error: "No",
        code: lacks,
        violations: [{ ...violation(lacks), file: "access/access.rego", row: 27 }, violation(unplaced)],
      },
    ]);
    expect(refused.answered["www-authenticate"]).toBeUndefined();
    expect(refused.refusals).toEqual({ role: 1 });
  });
});
