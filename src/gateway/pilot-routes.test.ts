import { describe, expect, it } from "vitest";
import { createKillSwitch } from "../approval/index.js";
import { memoryAudit, memorySwitch } from "../approval/testdata/world.js";
import { pilotRoutes } from "./pilot-routes.js";
import { bareServer, inProcess, refusalsOf } from "./testdata/in-process.js";

/** The pilots' routes over rules that refuse what is given; `execution-1` runs here. */
function piloted(refused: Readonly<Record<string, readonly string[]>> = {}) {
  const world = inProcess(refused);
  const { decide } = world;
  const shared = memorySwitch();
  const killSwitch = createKillSwitch({
    store: shared.store,
    decide,
    audit: memoryAudit(),
    clock: world.parts.clock,
    onEngaged: () => undefined,
    redact: (text) => text,
    onFailure: (error) => {
      throw error;
    },
  });
  const stopped: string[] = [];
  const stopExecution = (executionId: string) => {
    stopped.push(executionId);
    return executionId === "execution-1";
  };
  const server = bareServer();
  const routes: (readonly unknown[])[] = [];
  server.addHook("onRoute", ({ method, url, schema }) => {
    if (method !== "HEAD") routes.push([method, url, Object(schema).summary, Object(schema).body?.$id]);
  });
  pilotRoutes(server, { ...world.parts, killSwitch, stopExecution });
  const post = async (path: string, payload: object, token = "ann:OPERATOR") => {
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode, body } = await server.inject({ method: "POST", url: path, payload, headers });
    return { status: statusCode, body: JSON.parse(body) };
  };
  return { ...world, shared, stopped, routes, post };
}

const acts = [
  ["clarification", "pilot.clarification", "pilot/clarification"],
  ["waive-violation", "pilot.waive_violation", "pilot/waive_violation"],
  ["resume", "pilot.resume", "pilot/resume"],
  ["cancel", "pilot.cancel", "pilot/cancel"],
] as const;
const about = { object: "task-1", reason: "seen eyJhIjoxfQ.eyJhIjoxfQ.c2ln" };

// @requirement WFL-03
describe("what pilots do", () => {
  it("has five endpoints, and one to see the switch", () => {
    const { routes } = piloted();
    const body = "lockkeeper/pilot-request/v1";
    expect(routes).toEqual([
      ["POST", "/pilot/kill-switch", "Stop everything, or let things start again", "lockkeeper/kill-switch-request/v1"],
      ["GET", "/pilot/kill-switch", "Who moved the switch last", undefined],
      ["POST", "/pilot/clarification", "clarification: one act on a unit of work", body],
      ["POST", "/pilot/waive-violation", "waive-violation: one act on a unit of work", body],
      ["POST", "/pilot/resume", "resume: one act on a unit of work", body],
      ["POST", "/pilot/cancel", "Cancel a unit of work; an execution that runs in this process is ended", body],
    ]);
  });

  it.each(acts)(
    "by %s takes the permission %s, and is in the audit with who did it in which role",
    async (path, permission, event) => {
      const { post, asked, recorded, refused, stopped } = {
        ...piloted(),
        refused: piloted({ [permission]: ["access/role_lacks_permission"] }),
      };
      const cancelled = path === "cancel" ? { stopped: false } : {};
      expect(await post(`/pilot/${path}`, about)).toEqual({
        status: 202,
        body: { success: true, recorded: event, object: "task-1", ...cancelled },
      });
      expect(asked.map((input) => input.permission)).toEqual([permission]);
      expect(recorded).toEqual([
        {
          kind: "event",
          name: event,
          actor: "ann",
          roles: ["OPERATOR"],
          object: "task-1",
          detail: { reason: "seen [token]" },
        },
      ]);
      expect(stopped).toEqual(path === "cancel" ? ["task-1"] : []);
      expect(await refused.post(`/pilot/${path}`, about, "vic:VIEWER")).toMatchObject({
        status: 403,
        body: { success: false, code: "access/role_lacks_permission" },
      });
      expect([refused.recorded, refused.stopped, await refusalsOf(refused.parts)]).toEqual([[], [], { role: 1 }]);
    },
  );

  it("by cancelling ends an execution that runs here", async () => {
    const { post, stopped } = piloted();
    expect(await post("/pilot/cancel", { object: "execution-1", reason: "enough" })).toEqual({
      status: 200,
      body: { success: true, recorded: "pilot/cancel", object: "execution-1", stopped: true },
    });
    expect(stopped).toEqual(["execution-1"]);
  });

  it("with the kill switch moves it, if the role may", async () => {
    const { post, shared, asked } = piloted({ "pilot.lift_kill_switch": ["access/role_lacks_permission"] });
    const engaged = { engaged: true, by: "ada", at_ms: 2000, reason: "drill" };
    expect(await post("/pilot/kill-switch", { engage: true, reason: "drill" }, "ada:ADMIN")).toEqual({
      status: 200,
      body: engaged,
    });
    expect(await post("/pilot/kill-switch", { engage: false, reason: "over" })).toMatchObject({ status: 403 });
    expect(asked.map((input) => input.permission)).toEqual(["pilot.kill_switch", "pilot.lift_kill_switch"]);
    expect(shared.world.state).toEqual(engaged);
  });
});
