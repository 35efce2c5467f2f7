import { describe, expect, it } from "vitest";
import { err, ok } from "../model/index.js";
import type { Approval } from "./approval.js";
import { type ApprovalParts, createApprovals, type NewApproval } from "./approvals.js";
import type { ApprovedClaims } from "./ports.js";
import { approval, cmdHash, good, memoryAudit, memoryStore, rules, someone } from "./testdata/world.js";

const ann = someone("ann", "requester");
const bob = someone("bob", "OPERATOR");
const cid = someone("cid", "OPERATOR");
const { cmd_hash: _, ...action } = approval().action;
const asked: NewApproval = { command: "echo test", action, reason: "to see it run" };

/** Approvals over memory at 2 000, with what the test wants to be otherwise. */
function service(records: readonly Approval[] = [], over: Partial<ApprovalParts> = {}) {
  const { kept, world, store } = memoryStore(...records);
  const clock = { now: 2000, nowMs: () => clock.now };
  const broken: Approval[] = [];
  const failures: unknown[] = [];
  const claims: ApprovedClaims[] = [];
  /** What stood in the store when each event was written. */
  const seen: [string, string | undefined][] = [];
  const audit = memoryAudit((event) => seen.push([event.name, kept.get(event.object ?? "")?.state]));
  const approvals = createApprovals({
    store,
    audit,
    clock,
    decide: rules().decide,
    mintToken: async (claim) => {
      claims.push(claim);
      return ok({ token: `token-${claims.length}`, jti: `jti-${claims.length}`, expires_at_ms: 3000 });
    },
    commandHash: () => cmdHash,
    random: { bytes: (length) => new Uint8Array(length).fill(7) },
    onBreakGlass: (one) => broken.push(one),
    redact: (text) => text.replaceAll("hunter2", "***"),
    onFailure: (error) => failures.push(error),
    ...over,
  });
  return { approvals, kept, world, clock, audit, seen, broken, failures, claims };
}

const named = ({ events }: { readonly events: readonly { readonly name: string }[] }) => events.map(({ name }) => name);

describe("approvals", () => {
  it("go from a request over a yes and a token to their use", async () => {
    const { approvals, kept, audit, claims } = service();
    const requested = good(await approvals.request(ann, { ...asked, task: "task-1", ttlS: 60, bundleSha256: cmdHash }));
    const id = `approval-${"07".repeat(16)}`;
    expect(requested).toEqual(
      approval({ id, task: "task-1", requested_at_ms: 2000, expires_ms: 62_000, bundle_sha256: cmdHash }),
    );
    expect(good(await approvals.approve(bob, id, "looks right"))).toMatchObject({ state: "approved", version: 2 });
    expect(good(await approvals.mint(ann, id))).toEqual({ token: "token-1", jti: "jti-1", expires_at_ms: 3000 });
    expect(claims).toEqual([
      {
        sub: "ann",
        approval_id: id,
        cmd_hash: cmdHash,
        binary_sha256: null,
        bundle_sha256: cmdHash,
        not_after_ms: 62_000,
      },
    ]);
    expect(await approvals.facts(id)).toMatchObject({ state: "approved", approvers: ["bob"] });
    expect(good(await approvals.markUsed(id, "execution-1"))).toMatchObject({ state: "used", version: 4 });
    expect(kept.get(id)).toMatchObject({ state: "used", tokens: ["jti-1"], execution_id: "execution-1" });
    expect(named(audit)).toEqual(["approval/requested", "approval/approved", "approval/minted", "approval/used"]);
    expect(JSON.stringify(audit.events)).not.toContain("token-1");
  });

  it("are good for 15 minutes unless asked otherwise, and for a day at most", async () => {
    const { approvals } = service();
    expect(good(await approvals.request(ann, asked)).expires_ms).toBe(2000 + 15 * 60_000);
    expect(good(await approvals.request(ann, { ...asked, ttlS: 86_400 })).expires_ms).toBe(2000 + 86_400_000);
    for (const ttlS of [0, -1, 1.5, 86_401, Number.NaN]) {
      expect(await approvals.request(ann, { ...asked, ttlS })).toMatchObject({ error: { code: "request/malformed" } });
    }
  });

  it("are decided, taken back and looked back at by whom the rules let", async () => {
    const due = { state: "due", by: null, at_ms: null, note: null } as const;
    const { approvals, audit } = service([
      approval({ id: "a" }),
      approval({ id: "b" }),
      approval({ id: "c", state: "used", break_glass: true, review: due }),
    ]);
    expect(good(await approvals.reject(bob, "a", "no need")).state).toBe("rejected");
    expect(good(await approvals.revoke(ann, "b", "changed my mind")).state).toBe("revoked");
    expect(good(await approvals.review(bob, "c", "it was needed")).review).toMatchObject({ state: "done", by: "bob" });
    expect(named(audit)).toEqual(["approval/rejected", "approval/revoked", "approval/reviewed"]);
    expect(await approvals.approve(bob, "nowhere", "x")).toMatchObject({ error: { code: "approval/not_found" } });
    expect(await approvals.facts("nowhere")).toBeNull();
  });

  it("are told to somebody where the glass is broken, before anything can be run on them", async () => {
    const { approvals, broken, kept, audit } = service();
    const made = good(await approvals.request(ann, { ...asked, breakGlass: true }));
    expect(made).toMatchObject({ state: "approved", break_glass: true, review: { state: "due" } });
    expect(broken).toEqual([kept.get(made.id)]);
    expect(named(audit)).toEqual(["approval/requested", "approval/break_glass"]);
    await approvals.request(ann, asked);
    expect(broken).toHaveLength(1);
  });

  it("keep secrets in reasons out of the audit", async () => {
    const { approvals, audit } = service([approval()]);
    expect(good(await approvals.approve(bob, "approval-1", "the word is hunter2")).decisions[0]?.reason).toContain(
      "hunter2",
    );
    expect(audit.events[0]?.detail.reason).toBe("the word is ***");
  });

  it("are shown and listed to whoever may, as they are now", async () => {
    const { approvals, clock, audit } = service([approval({ id: "a" }), approval({ id: "b", requested_by: "eve" })]);
    expect(good(await approvals.find(bob, "a"))).toEqual(approval({ id: "a" }));
    const ids = async (filter: Parameters<typeof approvals.list>[1]) =>
      good(await approvals.list(bob, filter, { after: null, limit: 10 })).approvals.map(
        ({ id, state }) => `${id} ${state}`,
      );
    expect(await ids({})).toEqual(["a pending", "b pending"]);
    expect(await ids({ requested_by: "eve" })).toEqual(["b pending"]);
    clock.now = 9000;
    expect(good(await approvals.find(bob, "a"))).toEqual(approval({ id: "a", state: "expired" }));
    expect(await ids({})).toEqual(["a expired", "b expired"]);
    expect(await ids({ state: "pending" })).toEqual([]);
    expect(audit.events).toEqual([]);
  });

  it("of others are not listed to whoever may list only their own", async () => {
    const { decide } = rules({ "approval.list": ["access/role_lacks_permission"] });
    const { approvals } = service([approval({ id: "a" }), approval({ id: "b", requested_by: "eve" })], { decide });
    const page = { after: null, limit: 10 };
    expect(good(await approvals.list(ann, {}, page)).approvals.map(({ id }) => id)).toEqual(["a"]);
    expect(good(await approvals.list(ann, { requested_by: "ann" }, page)).approvals).toHaveLength(1);
    expect(await approvals.list(ann, { requested_by: "eve" }, page)).toMatchObject({
      error: { code: "access/refused" },
    });
    const none = rules({
      "approval.list": ["access/x"],
      "approval.list_own": ["access/x"],
      "approval.read": ["access/x"],
    });
    const closed = service([approval({ id: "a" })], { decide: none.decide }).approvals;
    expect(await closed.list(ann, {}, page)).toMatchObject({ error: { code: "access/refused" } });
    expect(await closed.find(ann, "a")).toMatchObject({ error: { code: "access/refused" } });
  });
});

describe("the order of things", () => {
  // @requirement EXE-08
  it("is the audit first, so that no yes is without its entry", async () => {
    const { approvals, seen } = service([approval()]);
    const made = good(await approvals.request(ann, asked));
    await approvals.approve(bob, "approval-1", "fine");
    await approvals.mint(ann, "approval-1");
    expect(seen).toEqual([
      ["approval/requested", undefined],
      ["approval/approved", "pending"],
      ["approval/minted", "approved"],
    ]);
    expect(made.state).toBe("pending");
  });

  it("leaves everything as it was where the audit cannot be written", async () => {
    const failing = { append: async () => Promise.reject(new Error("disk full")) };
    const { approvals, kept, failures } = service([approval(), approval({ id: "b", state: "approved" })], {
      audit: failing,
    });
    const results = [
      await approvals.request(ann, asked),
      await approvals.approve(bob, "approval-1", "fine"),
      await approvals.mint(ann, "b"),
      await approvals.expireOverdue(),
    ];
    for (const result of results.slice(0, 3)) {
      expect(result).toEqual({ ok: false, error: { code: "audit/store", message: "the audit could not be written" } });
    }
    expect(results[3]).toEqual({ ok: true, value: 0 });
    expect([...kept.values()]).toEqual([approval(), approval({ id: "b", state: "approved" })]);
    expect(failures).toHaveLength(3);
  });

  it("gives no answer where the store is away, and none to the gate", async () => {
    const { approvals, world, failures } = service([approval()]);
    world.away = true;
    const away = { ok: false, error: { code: "store/away", message: "the store does not answer" } };
    expect(await approvals.approve(bob, "approval-1", "fine")).toEqual(away);
    expect(await approvals.request(ann, asked)).toEqual(away);
    expect(await approvals.list(bob, {}, { after: null, limit: 1 })).toEqual(away);
    expect(await approvals.expireOverdue()).toEqual(away);
    await expect(approvals.facts("approval-1")).rejects.toThrow("away");
    expect(failures).toHaveLength(4);
  });

  it("gives no token where signing fails, and records none", async () => {
    const mintToken = async () => err({ code: "key/missing" as const, message: "no key" });
    const { approvals, audit, kept } = service([approval({ state: "approved" })], { mintToken });
    expect(await approvals.mint(ann, "approval-1")).toEqual({
      ok: false,
      error: { code: "key/missing", message: "no key" },
    });
    expect(audit.events).toEqual([]);
    expect(kept.get("approval-1")?.tokens).toEqual([]);
  });
});

describe("two at once", () => {
  // @requirement EXE-08
  it("cannot both win: who was slower decides over what the faster one left, and finds it decided", async () => {
    const { approvals, kept, world, audit } = service([approval()]);
    const rejected = approval({ version: 2, state: "rejected" });
    world.meanwhile = () => kept.set("approval-1", rejected);
    const late = await approvals.approve(bob, "approval-1", "fine");
    expect(late).toMatchObject({ ok: false, error: { code: "approval/state" } });
    expect(kept.get("approval-1")).toEqual(rejected);
    expect(audit.events.map(({ name, detail }) => [name, detail])).toEqual([
      ["approval/approved", { reason: "fine", complete: true, approvers: ["bob"], version: 2 }],
      ["approval/lost_race", { act: "approval/approved", version: 2 }],
    ]);
  });

  it("both count where each is one of several that are needed", async () => {
    const { decide } = rules({ "approval.complete": ["access/too_few_approvers"] });
    const { approvals, kept } = service([approval()], { decide });
    const both = await Promise.all([
      approvals.approve(bob, "approval-1", "fine"),
      approvals.approve(cid, "approval-1", "fine"),
    ]);
    expect(both.map((one) => one.ok)).toEqual([true, true]);
    expect(kept.get("approval-1")?.decisions.map(({ by }) => by)).toEqual(["bob", "cid"]);
  });

  it("give a token each where both ask, and the record knows both", async () => {
    const { approvals, kept } = service([approval({ state: "approved" })]);
    const tokens = await Promise.all([approvals.mint(ann, "approval-1"), approvals.mint(ann, "approval-1")]);
    const ids = tokens.map((token) => good(token).jti);
    expect(new Set(ids).size).toBe(2);
    expect(kept.get("approval-1")?.tokens).toEqual(ids);
  });

  it("are told so where others are always faster", async () => {
    const { store } = memoryStore(approval());
    const { approvals } = service([], { store: { ...store, update: async () => false } });
    expect(await approvals.approve(bob, "approval-1", "fine")).toEqual({
      ok: false,
      error: { code: "approval/state", message: "others change it too fast" },
    });
  });
});

describe("past its time", () => {
  // @requirement EXE-06
  it("an approval is ended by whoever touches it next", async () => {
    const { approvals, kept, clock, audit } = service([approval()]);
    clock.now = 9000;
    expect(await approvals.approve(bob, "approval-1", "fine")).toMatchObject({ error: { code: "approval/state" } });
    expect(kept.get("approval-1")).toEqual(approval({ state: "expired", version: 2 }));
    expect(named(audit)).toEqual(["approval/expired"]);
  });

  it("an approval that an execution took in time is still marked", async () => {
    const { approvals, clock } = service([approval({ state: "approved" })]);
    clock.now = 9001;
    expect(good(await approvals.markUsed("approval-1", "execution-1")).state).toBe("used");
  });

  it("all are ended that are open, page after page", async () => {
    const many = Array.from({ length: 450 }, (_, index) => approval({ id: `a-${1000 + index}` }));
    const { approvals, kept, clock, audit } = service([
      ...many,
      approval({ id: "b", state: "approved" }),
      approval({ id: "c", expires_ms: 9001 }),
      approval({ id: "d", state: "used" }),
    ]);
    expect(good(await approvals.expireOverdue())).toBe(0);
    clock.now = 9000;
    expect(good(await approvals.expireOverdue())).toBe(451);
    expect(audit.events).toHaveLength(451);
    expect(["b", "c", "d"].map((id) => kept.get(id)?.state)).toEqual(["expired", "pending", "used"]);
  });
});
