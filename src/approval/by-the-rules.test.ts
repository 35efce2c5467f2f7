import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandHash } from "../command/index.js";
import { packageRoot, systemRandom } from "../host/index.js";
import { isRecord, ok, type RequestInput } from "../model/index.js";
import { type Bundle, type Engine, openBundle, openEngine, openToolchain } from "../policy/index.js";
import type { Approval } from "./approval.js";
import { createApprovals, type NewApproval } from "./approvals.js";
import { createKillSwitch } from "./kill-switch.js";
import { approval, memoryAudit, memoryStore, memorySwitch, someone } from "./testdata/world.js";

// The whole room under the rules as they are shipped, and under stricter and laxer data.

const cache = join(packageRoot(), ".lockkeeper", "cache");
const toolchain = openToolchain({ workers: 1, deadlineMs: 120_000, cacheDir: cache });

async function engineOf(bundle: Bundle): Promise<Engine> {
  const engine = await openEngine(bundle);
  if (!engine.ok) throw new Error(JSON.stringify(engine.error));
  return engine.value;
}

/** The same rules over other data for approvals. */
function withApprovals(bundle: Bundle, approvals: object): Bundle {
  const data: unknown = JSON.parse(new TextDecoder().decode(bundle.data));
  if (!isRecord(data) || !isRecord(data.approval)) throw new Error("no data for approvals");
  const changed = { ...data, approval: { ...data.approval, ...approvals } };
  return { ...bundle, data: new TextEncoder().encode(JSON.stringify(changed)) };
}

let shipped: Engine;
let strict: Engine;
beforeAll(async () => {
  const policies = join(packageRoot(), "policies");
  const bundle = await openBundle({ policies, cache: join(cache, "bundles"), toolchain });
  if (!bundle.ok) throw new Error(JSON.stringify(bundle.error));
  shipped = await engineOf(bundle.value);
  strict = await engineOf(withApprovals(bundle.value, { min_approvers: 2, break_glass: { roles: ["ADMIN"] } }));
}, 120_000);
afterAll(() => toolchain[Symbol.asyncDispose]());

const ann = someone("ann", "requester");
const bob = someone("bob", "OPERATOR");
const cid = someone("cid", "OPERATOR");
const ada = someone("ada", "ADMIN");
const vic = someone("vic", "VIEWER");

const { cmd_hash: _, ...action } = approval().action;
const asked: NewApproval = { command: "echo test", action, reason: "to see it run" };

function service(engine: Engine, ...records: readonly Approval[]) {
  const { store, kept } = memoryStore(...records);
  const clock = { now: 1_700_000_000_000, nowMs: () => clock.now };
  const audit = memoryAudit();
  const broken: string[] = [];
  const approvals = createApprovals({
    store,
    audit,
    clock,
    decide: (input) => engine.decide("access", input),
    mintToken: async ({ sub, approval_id }) => ok({ token: `${sub}:${approval_id}`, jti: "jti-1", expires_at_ms: 1 }),
    commandHash,
    random: systemRandom,
    onBreakGlass: ({ id }) => broken.push(id),
    redact: (text) => text,
    onFailure: (error) => {
      throw error;
    },
  });
  /** Asks as Ann, and gives the id. */
  const request = async (over: Partial<NewApproval> = {}, actor = ann) => {
    const made = await approvals.request(actor, { ...asked, ...over });
    return made.ok ? made.value.id : JSON.stringify(made.error);
  };
  return { approvals, request, clock, audit, broken, kept };
}

const refused = { ok: false, error: { code: "access/refused" } };
const closed = { ok: false, error: { code: "approval/state" } };

/** What the gate's rules object to in an approval, by rule. */
async function objections(
  engine: Engine,
  approvals: ReturnType<typeof service>["approvals"],
  id: string,
  nowMs: number,
) {
  const facts = await approvals.facts(id);
  const input = {
    now_ms: nowMs,
    channel: "gateway",
    action: { ...action, cmd_hash: commandHash(action) },
    subject: { id: facts?.requested_by ?? "ann", roles: [] },
    task: null,
    approval_id: id,
    token: null,
    approval: facts,
    usage: {},
    kill_switch: { engaged: false },
    isolation: {
      user: true,
      mount: true,
      pid: true,
      net: true,
      ipc: true,
      seccomp: true,
      memory: true,
      pids: true,
      disk: true,
    },
    repository: { config_keys: [] },
    bundle_sha256: "b".repeat(64),
  } satisfies RequestInput;
  return engine
    .decide("request", input)
    .violations.map(({ rule }) => rule)
    .filter((rule) => rule.startsWith("approval/"));
}

describe("by the shipped rules", () => {
  // @requirement EXE-08
  it("somebody else says yes, and then the requester has a token", async () => {
    const { approvals, request, clock } = service(shipped);
    const id = await request();
    expect(await approvals.mint(ann, id)).toMatchObject(closed);
    expect(await approvals.approve(bob, id, "looks right")).toMatchObject({ ok: true, value: { state: "approved" } });
    expect(await approvals.mint(ann, id)).toMatchObject({ ok: true, value: { token: `ann:${id}` } });
    expect(await objections(shipped, approvals, id, clock.now)).toEqual([]);
  });

  // @requirement EXE-08
  it("nobody says yes to their own, whatever their role and however they spell their name", async () => {
    const { approvals, request, kept } = service(shipped);
    const id = await request({}, someone("bob", "OPERATOR"));
    for (const actor of [bob, someone("BOB", "ADMIN"), someone("bob", "ADMIN", "OPERATOR")]) {
      expect(await approvals.approve(actor, id, "looks right")).toMatchObject(refused);
    }
    expect(kept.get(id)?.decisions).toEqual([]);
    expect(await approvals.approve(cid, id, "looks right")).toMatchObject({ ok: true });
  });

  // @requirement WFL-02
  it("whose role lacks the permission is told which one, and which roles have it", async () => {
    const { approvals, request } = service(shipped);
    const id = await request();
    for (const actor of [vic, ann, someone("eve"), someone("m", "metrics")]) {
      const answer = await approvals.approve(actor, id, "looks right");
      expect(answer).toMatchObject(refused);
      expect(answer.ok ? "" : answer.error.message).toContain("approval.approve, it takes ADMIN or OPERATOR");
    }
    expect(await service(shipped).request({}, vic)).toContain("access/refused");
  });

  // @requirement EXE-06
  it("what is rejected, revoked, used or past its time gives no token and runs nothing", async () => {
    const { approvals, request, clock } = service(shipped);
    const [rejected, revoked, used, late] = [await request(), await request(), await request(), await request()];
    await approvals.reject(bob, rejected, "no need");
    for (const id of [revoked, used, late]) await approvals.approve(bob, id, "looks right");
    await approvals.revoke(ann, revoked, "changed my mind");
    await approvals.markUsed(used, "execution-1");
    expect(await objections(shipped, approvals, rejected, clock.now)).toEqual(["approval/not_approved"]);
    expect(await objections(shipped, approvals, revoked, clock.now)).toEqual(["approval/revoked"]);
    expect(await objections(shipped, approvals, used, clock.now)).toEqual(["approval/used"]);
    expect(await objections(shipped, approvals, late, clock.now)).toEqual([]);
    clock.now += 15 * 60_000;
    expect(await objections(shipped, approvals, late, clock.now)).toEqual(["approval/expired"]);
    for (const id of [rejected, revoked, used, late]) expect(await approvals.mint(ann, id)).toMatchObject(closed);
    expect(await objections(shipped, approvals, late, clock.now)).toEqual([
      "approval/expired",
      "approval/not_approved",
    ]);
    expect(await objections(shipped, approvals, "approval-of-nobody", clock.now)).toEqual(["approval/missing"]);
  });

  it("nobody has a token of another's approval, not even whoever approved it", async () => {
    const { approvals, request } = service(shipped);
    const id = await request();
    await approvals.approve(bob, id, "looks right");
    for (const actor of [bob, ada, someone("eve", "requester")]) {
      expect(await approvals.mint(actor, id)).toMatchObject(refused);
    }
  });

  it("a requester sees their own, a viewer sees all", async () => {
    const { approvals, request } = service(shipped);
    const [mine, other] = [await request(), await request({}, someone("eve", "requester"))];
    const page = { after: null, limit: 10 };
    const ids = async (actor: typeof ann) => {
      const listed = await approvals.list(actor, {}, page);
      return listed.ok ? listed.value.approvals.map(({ id }) => id).sort() : [];
    };
    expect(await ids(ann)).toEqual([mine]);
    expect(await ids(vic)).toEqual([mine, other].sort());
    expect(await approvals.find(ann, other)).toMatchObject(refused);
    expect(await approvals.find(vic, other)).toMatchObject({ ok: true });
  });

  it("nobody breaks the glass", async () => {
    for (const actor of [ada, bob, ann]) {
      const { request, broken, audit } = service(shipped);
      expect(await request({ breakGlass: true }, actor)).toContain("access/refused");
      expect([broken, audit.events]).toEqual([[], []]);
    }
  });

  // @requirement WFL-06
  it("an ADMIN alone engages and lifts the kill switch", async () => {
    const { store, world } = memorySwitch();
    const killSwitch = createKillSwitch({
      store,
      audit: memoryAudit(),
      clock: { nowMs: () => 1 },
      decide: (input) => shipped.decide("access", input),
      onEngaged: () => undefined,
      redact: (text) => text,
      onFailure: () => undefined,
    });
    for (const actor of [bob, vic, ann]) expect(await killSwitch.engage(actor, "drill")).toMatchObject(refused);
    expect(world.state.engaged).toBe(false);
    expect(await killSwitch.engage(ada, "drill")).toMatchObject({ ok: true });
    for (const actor of [bob, vic, ann]) expect(await killSwitch.lift(actor, "over")).toMatchObject(refused);
    expect(world.state.engaged).toBe(true);
    expect(await killSwitch.lift(ada, "over")).toMatchObject({ ok: true, value: { engaged: false } });
  });
});

describe("where two must agree, and an ADMIN may break the glass", () => {
  // @requirement EXE-08
  it("one person's yes, given twice, is one", async () => {
    const { approvals, request } = service(strict);
    const id = await request();
    expect(await approvals.approve(bob, id, "looks right")).toMatchObject({ ok: true, value: { state: "pending" } });
    expect(await approvals.approve(bob, id, "still right")).toMatchObject(closed);
    expect(await approvals.approve(someone("Bob", "ADMIN"), id, "still right")).toMatchObject(closed);
    expect(await approvals.mint(ann, id)).toMatchObject(closed);
    expect(await approvals.approve(cid, id, "I agree")).toMatchObject({ ok: true, value: { state: "approved" } });
    expect(await approvals.mint(ann, id)).toMatchObject({ ok: true });
  });

  it("two who say yes at the same moment are two", async () => {
    const { approvals, request, kept, clock } = service(strict);
    const id = await request();
    await Promise.all([approvals.approve(bob, id, "looks right"), approvals.approve(cid, id, "looks right")]);
    expect(kept.get(id)).toMatchObject({ state: "approved", version: 3 });
    expect(await objections(strict, approvals, id, clock.now)).toEqual([]);
  });

  // @requirement EXE-08
  it("a broken glass runs without a yes, is told, and is looked back at by somebody else", async () => {
    const { approvals, request, broken, audit, clock } = service(strict);
    const id = await request({ breakGlass: true }, ada);
    expect(broken).toEqual([id]);
    expect(audit.events.map(({ name }) => name)).toEqual(["approval/requested", "approval/break_glass"]);
    expect(await approvals.mint(ada, id)).toMatchObject({ ok: true });
    expect(await objections(strict, approvals, id, clock.now)).toEqual([]);
    expect(await objections(shipped, approvals, id, clock.now)).toEqual(["approval/no_approver"]);
    expect(await approvals.review(ada, id, "all fine")).toMatchObject(refused);
    expect(await approvals.review(bob, id, "it was needed")).toMatchObject({
      ok: true,
      value: { review: { by: "bob" } },
    });
    expect(await service(strict).request({ breakGlass: true }, bob)).toContain("access/refused");
  });
});
