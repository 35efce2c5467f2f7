import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Approval } from "../approval/index.js";
import { type OpenStore, type Place, stores } from "./testdata/stores.js";

const approval = (id: string, over: Partial<Approval> = {}): Approval => ({
  schema: "lockkeeper/approval/v1",
  id,
  version: 1,
  state: "pending",
  command: "echo test",
  action: {
    kind: "command",
    profile: "default",
    argv: ["echo", "test"],
    cwd: "/",
    env: {},
    stdin_sha256: null,
    cmd_hash: "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f",
    workspace: "/srv/work",
    limits: {},
  },
  task: null,
  requested_by: "agent-1",
  requested_at_ms: 1000,
  reason: "to see it run",
  decisions: [],
  expires_ms: 9000,
  break_glass: false,
  review: null,
  bundle_sha256: null,
  tokens: [],
  execution_id: null,
  ...over,
});

/** What every store of approvals and of the kill switch promises. */
describe.each(stores)("$name", (kind) => {
  let place: Place;
  let store: OpenStore;
  beforeEach(async () => {
    place = await kind.place();
    store = await place.open("w1");
  });
  afterEach(async () => {
    await store.close();
    await place.discard();
  });

  it("gives an approval back as it was stored, and none where there is none", async () => {
    await store.approvals.create(approval("approval-1"));
    expect(await store.approvals.find("approval-1")).toEqual(approval("approval-1"));
    expect(await store.approvals.find("approval-2")).toBeNull();
    await expect(store.approvals.create(approval("approval-1"))).rejects.toThrow();
  });

  it("lets one of two updates win that expect the same version", async () => {
    await store.approvals.create(approval("approval-1"));
    const next = (state: Approval["state"]) => approval("approval-1", { version: 2, state });
    const won = await Promise.all([
      store.approvals.update("approval-1", 1, next("approved")),
      store.approvals.update("approval-1", 1, next("rejected")),
    ]);
    expect(won).toEqual([true, false]);
    expect(await store.approvals.find("approval-1")).toEqual(next("approved"));
    expect(await store.approvals.update("approval-2", 1, approval("approval-2", { version: 2 }))).toBe(false);
  });

  it("lists newest first, then by id, page after page", async () => {
    for (const [n, id] of ["d", "b", "a", "c", "e"].entries())
      await store.approvals.create(approval(`approval-${id}`, { requested_at_ms: n < 1 ? 500 : n < 4 ? 1000 : 2000 }));
    const seen: string[][] = [];
    for (let after: string | null = null, pages = 0; pages < 4; pages++) {
      const page = await store.approvals.list({}, { after, limit: 2 });
      seen.push(page.approvals.map(({ id }) => id.slice(-1)));
      after = page.next;
      if (after === null) break;
    }
    expect(seen).toEqual([["e", "a"], ["b", "c"], ["d"]]);
    await expect(store.approvals.list({}, { after: "nonsense", limit: 2 })).rejects.toThrow("cursor");
  });

  it("lists those that are asked for", async () => {
    const due = { state: "due", by: null, at_ms: null, note: null } as const;
    await store.approvals.create(approval("approval-1", { state: "approved", task: "t-1" }));
    await store.approvals.create(approval("approval-2", { requested_by: "agent-2", review: due, break_glass: true }));
    const ids = async (filter: Parameters<typeof store.approvals.list>[0]) =>
      (await store.approvals.list(filter, { after: null, limit: 200 })).approvals.map(({ id }) => id);
    expect(await ids({})).toEqual(["approval-1", "approval-2"]);
    expect(await ids({ state: "approved" })).toEqual(["approval-1"]);
    expect(await ids({ requested_by: "agent-2" })).toEqual(["approval-2"]);
    expect(await ids({ task: "t-1" })).toEqual(["approval-1"]);
    expect(await ids({ review_due: true })).toEqual(["approval-2"]);
    expect(await ids({ review_due: false })).toEqual(["approval-1"]);
    expect(await ids({ state: "approved", requested_by: "agent-2" })).toEqual([]);
  });

  it("has a kill switch that nobody has touched, and then the one that was set last", async () => {
    expect(await store.killSwitch.read()).toEqual({ engaged: false, by: null, at_ms: null, reason: null });
    const engaged = { engaged: true, by: "ada", at_ms: 5, reason: "drill" };
    await store.killSwitch.set(engaged);
    expect(await store.killSwitch.read()).toEqual(engaged);
    await store.killSwitch.set({ ...engaged, engaged: false });
    expect((await store.killSwitch.read()).engaged).toBe(false);
  });

  // @requirement WFL-06
  it.runIf(kind.remembers)("shows the kill switch to every process, and after a restart", async () => {
    const engaged = { engaged: true, by: "ada", at_ms: 5, reason: "drill" };
    const other = await place.open("w2");
    try {
      await store.killSwitch.set(engaged);
      expect(await other.killSwitch.read()).toEqual(engaged);
    } finally {
      await other.close();
    }
    await store.approvals.create(approval("approval-1"));
    await store.close();
    store = await place.open("w3");
    expect(await store.killSwitch.read()).toEqual(engaged);
    expect(await store.approvals.find("approval-1")).toEqual(approval("approval-1"));
  });
});
