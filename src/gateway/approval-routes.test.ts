import { describe, expect, it } from "vitest";
import { createApprovals } from "../approval/index.js";
import { approval, memoryAudit, memoryStore } from "../approval/testdata/world.js";
import { commandHash } from "../command/index.js";
import { approvalRoutes, newApproval } from "./approval-routes.js";
import { bareServer, inProcess } from "./testdata/in-process.js";

const defaults = { profile: "readonly", workspace: "/srv/work" };
const bundle = "cd".repeat(32);
const action = {
  kind: "command",
  profile: "readonly",
  argv: ["echo", "a b"],
  cwd: "/srv/work",
  env: {},
  stdin_sha256: null,
  workspace: "/srv/work",
  limits: {},
};

// @requirement EXE-07
describe("what an approval is asked for", () => {
  it("is the argv that the command is parsed to, with what is taken where nothing is said", () => {
    expect(newApproval({ command: "echo 'a b'", reason: "needed" }, defaults, bundle)).toStrictEqual({
      ok: true,
      value: {
        command: "echo 'a b'",
        action,
        task: null,
        reason: "needed",
        breakGlass: false,
        bundleSha256: bundle,
      },
    });
  });

  it("is everything that is said, and the hash of what it is to read", () => {
    const body = {
      command: ["echo", "a b"],
      reason: "needed",
      cwd: "/srv/other/sub",
      env: { A: "1" },
      stdin_base64: "YWJj",
      profile: "build",
      workspace: "/srv/other",
      limits: { wall_ms: 1000 },
      task: "task-1",
      ttl_s: 60,
      break_glass: true,
    };
    expect(newApproval(body, defaults, null)).toEqual({
      ok: true,
      value: {
        command: null,
        action: {
          ...action,
          profile: "build",
          cwd: "/srv/other/sub",
          env: { A: "1" },
          stdin_sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          workspace: "/srv/other",
          limits: { wall_ms: 1000 },
        },
        task: "task-1",
        reason: "needed",
        ttlS: 60,
        breakGlass: true,
        bundleSha256: null,
      },
    });
  });

  it("is nothing where the command is none, with the place", () => {
    expect(newApproval({ command: "echo a; b", reason: "needed" }, defaults, null)).toEqual({
      ok: false,
      error: { code: "command/syntax", message: expect.stringMatching(/ \(character 7\)$/) },
    });
  });
});

// @requirement EXE-16
describe("an approval that is shown", () => {
  const token = "eyJhIjoxfQ.eyJhIjoxfQ.c2ln";

  async function shown(id: string) {
    const { parts, decide } = inProcess();
    const { store } = memoryStore(approval({ command: `echo ${token}`, reason: `for ${token}` }));
    const approvals = createApprovals({
      store,
      audit: memoryAudit(),
      clock: parts.clock,
      decide,
      mintToken: () => Promise.reject(new Error("not here")),
      commandHash,
      random: { bytes: () => new Uint8Array(16) },
      onBreakGlass: () => undefined,
      redact: (text) => text,
      onFailure: () => undefined,
    });
    const server = bareServer();
    approvalRoutes(server, { ...parts, approvals });
    const headers = { authorization: "Bearer ann:VIEWER" };
    const { statusCode, body } = await server.inject({ url: `/approvals/${id}`, headers });
    return { status: statusCode, body: JSON.parse(body) };
  }

  it("has no token in it, and everything else", async () => {
    const { status, body } = await shown("approval-1");
    expect(status).toBe(200);
    expect(body).toEqual(approval({ command: "echo [token]", reason: "for [token]" }));
  });

  it("is told to be missing where it is", async () => {
    expect(await shown("approval-2")).toMatchObject({ status: 404, body: { code: "approval/not_found" } });
  });
});
