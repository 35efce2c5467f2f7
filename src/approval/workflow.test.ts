import { describe, expect, it } from "vitest";
import { type Approval, approvalStates } from "./approval.js";
import { actOf, approval, cmdHash, good, rules, someone } from "./testdata/world.js";
import {
  type ApprovalAsk,
  claimsOf,
  decideApproval,
  expire,
  mint,
  minted,
  moved,
  requestApproval,
  review,
  revoke,
  saying,
  used,
} from "./workflow.js";

const ann = someone("ann", "requester");
const bob = someone("bob", "OPERATOR");

const yes = (by: string): Approval["decisions"][number] => ({
  by,
  roles: [],
  verdict: "approve",
  at_ms: 1,
  reason: "ok",
});

const asked: ApprovalAsk = {
  command: "echo test",
  action: approval().action,
  task: "task-1",
  reason: "to see it run",
  lifeMs: 5000,
  breakGlass: false,
  bundleSha256: null,
};

describe("asking for an approval", () => {
  // @requirement EXE-08
  it("makes a pending record of whoever asks, as their credential says", () => {
    const { decide, asked: questions } = rules();
    const { next, events } = good(requestApproval(asked, "approval-7", actOf(ann, decide)));
    expect(next).toEqual(
      approval({ id: "approval-7", task: "task-1", requested_at_ms: 2000, expires_ms: 7000, requested_by: "ann" }),
    );
    expect(questions).toEqual([{ now_ms: 2000, ...ann, permission: "approval.request", approval: null }]);
    expect(events).toEqual([
      {
        kind: "event",
        name: "approval/requested",
        actor: "ann",
        roles: ["requester"],
        object: "approval-7",
        detail: {
          reason: "to see it run",
          cmd_hash: cmdHash,
          profile: "readonly",
          task: "task-1",
          expires_ms: 7000,
          version: 1,
        },
      },
    ]);
  });

  it("is refused where the rules refuse", () => {
    const { decide } = rules({ "approval.request": ["access/role_lacks_permission"] });
    expect(requestApproval(asked, "approval-7", actOf(ann, decide))).toMatchObject({
      error: { code: "access/refused" },
    });
  });

  it.each([
    ["a blank reason", { reason: "  \n" }],
    ["no reason", { reason: "" }],
    ["a reason of a book's length", { reason: "x".repeat(2001) }],
    ["an empty argv", { action: { ...asked.action, argv: [] } }],
    ["a task without a name", { task: "" }],
  ])("is refused with %s", (_, change) => {
    const result = requestApproval({ ...asked, ...change }, "approval-7", actOf(ann, rules().decide));
    expect(result).toMatchObject({ ok: false, error: { code: "request/malformed" } });
  });

  it("counts as approved where the glass is broken, is told twice, and owes a review", () => {
    const { decide, asked: questions } = rules();
    const { next, events } = good(requestApproval({ ...asked, breakGlass: true }, "approval-7", actOf(ann, decide)));
    expect(next).toMatchObject({ state: "approved", break_glass: true, decisions: [] });
    expect(next.review).toEqual({ state: "due", by: null, at_ms: null, note: null });
    expect(questions.map(({ permission }) => permission)).toEqual(["approval.request", "approval.break_glass"]);
    expect(events.map(({ name, detail }) => [name, detail.reason])).toEqual([
      ["approval/requested", "to see it run"],
      ["approval/break_glass", "to see it run"],
    ]);
  });

  it("is refused to whoever may ask and may not break the glass", () => {
    const { decide } = rules({ "approval.break_glass": ["access/role_lacks_permission"] });
    const result = requestApproval({ ...asked, breakGlass: true }, "approval-7", actOf(ann, decide));
    expect(result).toMatchObject({ ok: false, error: { code: "access/refused" } });
  });
});

describe("deciding", () => {
  // @requirement EXE-08
  it("keeps who said yes, in which role, when and why, and approves once there are enough", () => {
    const { decide, asked: questions } = rules();
    const { next, events } = good(decideApproval(approval(), "approve", "looks right", actOf(bob, decide)));
    const decision = {
      by: "bob",
      roles: ["OPERATOR"],
      verdict: "approve" as const,
      at_ms: 2000,
      reason: "looks right",
    };
    expect(next).toEqual(approval({ version: 2, state: "approved", decisions: [decision] }));
    expect(questions.map(({ permission, approval: about }) => [permission, about?.approvers])).toEqual([
      ["approval.approve", []],
      ["approval.complete", ["bob"]],
    ]);
    expect(events).toEqual([
      {
        kind: "event",
        name: "approval/approved",
        actor: "bob",
        roles: ["OPERATOR"],
        object: "approval-1",
        detail: { reason: "looks right", complete: true, approvers: ["bob"], version: 2 },
      },
    ]);
  });

  // @requirement EXE-08
  it("keeps a yes and stays pending while there are too few", () => {
    const { decide } = rules({ "approval.complete": ["access/too_few_approvers"] });
    const { next, events } = good(decideApproval(approval(), "approve", "fine", actOf(bob, decide)));
    expect(next).toMatchObject({ state: "pending", version: 2, decisions: [{ by: "bob" }] });
    expect(events).toMatchObject([{ name: "approval/approved", detail: { complete: false, approvers: ["bob"] } }]);
  });

  it("is refused where the rules refuse the last question for another reason", () => {
    const { decide } = rules({ "approval.complete": ["access/role_lacks_permission"] });
    expect(decideApproval(approval(), "approve", "fine", actOf(bob, decide))).toMatchObject({
      error: { code: "access/refused" },
    });
  });

  it("rejects", () => {
    const { decide, asked: questions } = rules();
    const { next, events } = good(decideApproval(approval(), "reject", "no need", actOf(bob, decide)));
    expect(next).toMatchObject({ state: "rejected", version: 2, decisions: [{ by: "bob", verdict: "reject" }] });
    expect(questions.map(({ permission }) => permission)).toEqual(["approval.reject"]);
    expect(events).toMatchObject([{ name: "approval/rejected", actor: "bob", detail: { reason: "no need" } }]);
  });

  it.each(["approve", "reject"] as const)("does not %s where the rules refuse, or without a reason", (verdict) => {
    const { decide } = rules({ [`approval.${verdict}`]: ["access/own_request"] });
    expect(decideApproval(approval(), verdict, "fine", actOf(bob, decide))).toMatchObject({
      error: { code: "access/refused" },
    });
    expect(decideApproval(approval(), verdict, " ", actOf(bob, rules().decide))).toEqual({
      ok: false,
      error: { code: "request/malformed", message: "a reason of 1 to 2000 characters is needed" },
    });
  });

  // @requirement EXE-06
  it("says that it is too late where only the approval's state stands in the way", () => {
    const { decide } = rules({ "approval.approve": ["access/not_open", "access/expired"] });
    expect(decideApproval(approval(), "approve", "fine", actOf(bob, decide))).toMatchObject({
      error: { code: "approval/state" },
    });
  });
});

describe("what leads where", () => {
  // @requirement EXE-06
  it("is what the table says, whatever the rules allow", () => {
    const open = approvalStates.map((state) => [
      state,
      approvalStates.filter((next) => moved(approval({ state }), next).ok),
    ]);
    expect(Object.fromEntries(open)).toEqual({
      pending: ["approved", "rejected", "revoked", "expired"],
      approved: ["revoked", "expired", "used"],
      rejected: [],
      revoked: [],
      expired: [],
      used: [],
    });
    expect(moved(approval({ state: "used" }), "approved")).toEqual({
      ok: false,
      error: { code: "approval/state", message: "it is used, and cannot become approved" },
    });
    expect(good(moved(approval(), "revoked"))).toEqual(approval({ state: "revoked" }));
  });

  // @requirement EXE-06
  it("refuses every act on what has come to its end, though the rules may have been taken in", () => {
    for (const state of ["rejected", "revoked", "expired", "used"] as const) {
      const ended = approval({ state });
      const act = actOf(bob, rules().decide);
      const results = [decideApproval(ended, "approve", "x", act), decideApproval(ended, "reject", "x", act)];
      for (const result of [...results, revoke(ended, "x", act), used(ended, "execution-1")]) {
        expect(result).toMatchObject({ ok: false, error: { code: "approval/state" } });
      }
    }
  });
});

describe("taking back", () => {
  it("revokes what is pending and what is approved", () => {
    for (const state of ["pending", "approved"] as const) {
      const { next, events } = good(revoke(approval({ state }), "changed my mind", actOf(ann, rules().decide)));
      expect(next).toMatchObject({ state: "revoked", version: 2, decisions: [{ by: "ann", verdict: "revoke" }] });
      expect(events).toMatchObject([{ name: "approval/revoked", actor: "ann", object: "approval-1" }]);
    }
  });

  it("is refused where the rules refuse", () => {
    const { decide } = rules({ "approval.revoke": ["access/role_lacks_permission"] });
    expect(revoke(approval(), "x", actOf(ann, decide))).toMatchObject({ error: { code: "access/refused" } });
    expect(revoke(approval(), "", actOf(ann, rules().decide))).toMatchObject({ error: { code: "request/malformed" } });
  });
});

describe("minting", () => {
  const approved = approval({ state: "approved", decisions: [yes("bob")] });

  // @requirement EXE-05
  it("claims the approval, its command and its requester, and nothing beyond its expiry", () => {
    expect(claimsOf(approved)).toEqual({
      sub: "ann",
      approval_id: "approval-1",
      cmd_hash: cmdHash,
      binary_sha256: null,
      bundle_sha256: null,
      not_after_ms: 9000,
    });
    const bound = {
      ...approved,
      bundle_sha256: "b".repeat(64),
      action: { ...approved.action, binary_sha256: cmdHash },
    };
    expect(claimsOf(bound)).toMatchObject({ bundle_sha256: "b".repeat(64), binary_sha256: cmdHash });
  });

  it("gives the requester's claims to whoever the rules let have them", () => {
    const { decide, asked: questions } = rules();
    expect(good(mint(approved, actOf(bob, decide)))).toEqual(claimsOf(approved));
    expect(questions).toMatchObject([{ permission: "approval.mint", approval: { approvers: ["bob"] } }]);
  });

  it("is refused where the rules refuse, and after as many tokens as there is room for", () => {
    const { decide } = rules({ "approval.mint": ["access/too_few_approvers"] });
    expect(mint(approved, actOf(ann, decide))).toMatchObject({ error: { code: "approval/state" } });
    const tokens = Array.from({ length: 32 }, (_, index) => `t${index}`);
    expect(mint({ ...approved, tokens }, actOf(ann, rules().decide))).toMatchObject({
      error: { code: "approval/state" },
    });
    expect(mint({ ...approved, tokens: tokens.slice(1) }, actOf(ann, rules().decide)).ok).toBe(true);
  });

  it("is told by the token's id and never by the token", () => {
    const { next, events } = minted(approved, "jti-1", 4000, actOf(ann, rules().decide));
    expect(next).toEqual({ ...approved, version: 2, tokens: ["jti-1"] });
    expect(events).toMatchObject([
      { name: "approval/minted", actor: "ann", detail: { token_id: "jti-1", expires_ms: 4000, version: 2 } },
    ]);
  });

  it("marks what an execution took", () => {
    const { next, events } = good(used(approved, "execution-1"));
    expect(next).toEqual({ ...approved, version: 2, state: "used", execution_id: "execution-1" });
    expect(events).toMatchObject([{ name: "approval/used", actor: null, roles: [], object: "approval-1" }]);
    expect(used(approval(), "execution-1")).toMatchObject({ error: { code: "approval/state" } });
  });
});

describe("time", () => {
  // @requirement EXE-06
  it("ends what is open at its expiry and not a millisecond before", () => {
    for (const state of ["pending", "approved"] as const) {
      expect(expire(approval({ state }), 8999)).toBeNull();
      const step = expire(approval({ state }), 9000);
      expect(step?.next).toEqual(approval({ state: "expired", version: 2 }));
      expect(step?.events).toMatchObject([
        { name: "approval/expired", actor: null, detail: { state, expires_ms: 9000, version: 2 } },
      ]);
    }
    for (const state of ["rejected", "revoked", "expired", "used"] as const) {
      expect(expire(approval({ state }), 9001)).toBeNull();
    }
  });
});

describe("looking back", () => {
  const due = { state: "due", by: null, at_ms: null, note: null } as const;
  const broken = approval({ state: "used", break_glass: true, review: due });

  it("keeps who looked, when, and what they found", () => {
    const { next, events } = good(review(broken, "it was needed", actOf(bob, rules().decide)));
    const done = { state: "done", by: "bob", at_ms: 2000, note: "it was needed" } as const;
    expect(next).toEqual({ ...broken, version: 2, review: done });
    expect(events).toMatchObject([{ name: "approval/reviewed", actor: "bob", detail: { reason: "it was needed" } }]);
  });

  it("is done once, with a note, by whom the rules let, and where one is due", () => {
    const act = actOf(bob, rules().decide);
    const done = good(review(broken, "it was needed", act)).next;
    expect(review(done, "again", act)).toMatchObject({ error: { code: "approval/state" } });
    expect(review(approval(), "none is due", act)).toMatchObject({ error: { code: "approval/state" } });
    expect(review(broken, " ", act)).toMatchObject({ error: { code: "request/malformed" } });
    const { decide } = rules({ "approval.review": ["access/own_request"] });
    expect(review(broken, "mine", actOf(ann, decide))).toMatchObject({ error: { code: "access/refused" } });
  });
});

describe("what is said", () => {
  // @requirement EXE-08
  it("is kept under the speaker's own name, and only so much of it", () => {
    const said = saying(approval({ decisions: [yes("cid")] }), "approve", "fine", { actor: bob, nowMs: 5 });
    expect(good(said)).toEqual(
      approval({
        version: 2,
        decisions: [yes("cid"), { by: "bob", roles: ["OPERATOR"], verdict: "approve", at_ms: 5, reason: "fine" }],
      }),
    );
    const full = approval({ decisions: Array.from({ length: 64 }, (_, index) => yes(`p${index}`)) });
    const late = saying(full, "approve", "fine", { actor: bob, nowMs: 5 });
    expect(late).toEqual({ ok: false, error: { code: "approval/state", message: "too many have spoken already" } });
    const room = approval({ decisions: full.decisions.slice(1) });
    expect(good(saying(room, "approve", "fine", { actor: bob, nowMs: 5 })).decisions).toHaveLength(64);
    expect(saying(approval(), "approve", "", { actor: bob, nowMs: 5 })).toMatchObject({
      error: { code: "request/malformed", message: "a reason of 1 to 2000 characters is needed" },
    });
  });
});
