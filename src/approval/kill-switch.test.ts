import { describe, expect, it } from "vitest";
import type { KillSwitchState } from "./approval.js";
import { createKillSwitch, isFresh, type KillSwitchParts } from "./kill-switch.js";
import { good, memoryAudit, memorySwitch, rules, someone } from "./testdata/world.js";

const ada = someone("ada", "ADMIN");

/** One process's switch over a store that others may share. */
function process(shared = memorySwitch(), over: Partial<KillSwitchParts> = {}) {
  const clock = { now: 5000, nowMs: () => clock.now };
  const ended: KillSwitchState[] = [];
  const failures: unknown[] = [];
  const audit = memoryAudit();
  const killSwitch = createKillSwitch({
    store: shared.store,
    decide: rules().decide,
    audit,
    clock,
    onEngaged: (state) => ended.push(state),
    redact: (text) => text.replaceAll("hunter2", "***"),
    onFailure: (error) => failures.push(error),
    ...over,
  });
  return { killSwitch, clock, ended, failures, audit, shared };
}

const engaged: KillSwitchState = { engaged: true, by: "ada", at_ms: 5000, reason: "drill" };

describe("the kill switch", () => {
  // @requirement WFL-06
  it("stops at once where it is engaged, ends what runs, and says who did it and why", async () => {
    const { killSwitch, ended, audit, shared } = process();
    expect(await killSwitch.engaged()).toBe(false);
    expect(good(await killSwitch.engage(ada, "drill"))).toEqual(engaged);
    expect(await killSwitch.engaged()).toBe(true);
    expect(await killSwitch.state()).toEqual(engaged);
    expect(shared.world.state).toEqual(engaged);
    expect(ended).toEqual([engaged]);
    expect(audit.events).toEqual([
      {
        kind: "event",
        name: "kill_switch/engaged",
        actor: "ada",
        roles: ["ADMIN"],
        object: null,
        detail: { reason: "drill" },
      },
    ]);
  });

  // @requirement WFL-06
  it("is known to every other process a quarter of a second later at most", async () => {
    const shared = memorySwitch();
    const [here, there] = [process(shared), process(shared)];
    expect(await there.killSwitch.engaged()).toBe(false);
    await here.killSwitch.engage(ada, "drill");
    there.clock.now += 249;
    expect(await there.killSwitch.engaged()).toBe(false);
    there.clock.now += 1;
    expect(await there.killSwitch.engaged()).toBe(true);
    expect(there.ended).toEqual([engaged]);
    there.clock.now += 1000;
    expect(await there.killSwitch.engaged()).toBe(true);
    expect(there.ended).toHaveLength(1);
  });

  // @requirement WFL-06
  it("counts a reading for 250 ms from when it was asked for, and none from the future", () => {
    expect([1000, 1249, 1250, 999].map((now) => isFresh(1000, now))).toEqual([true, true, false, false]);
  });

  // @requirement WFL-06
  it("is still engaged after a restart, and ends what runs there", async () => {
    const shared = memorySwitch();
    await process(shared).killSwitch.engage(ada, "drill");
    const { killSwitch, ended } = process(shared);
    expect(await killSwitch.engaged()).toBe(true);
    expect(ended).toEqual([engaged]);
  });

  it("gives no answer where the store is away, once the last one is too old", async () => {
    const { killSwitch, clock, shared } = process();
    expect(await killSwitch.engaged()).toBe(false);
    shared.world.away = true;
    expect(await killSwitch.engaged()).toBe(false);
    clock.now += 250;
    await expect(killSwitch.engaged()).rejects.toThrow("away");
    shared.world.away = false;
    expect(await killSwitch.engaged()).toBe(false);
  });

  it("asks the store once for all who ask at the same time", async () => {
    const { killSwitch, shared } = process();
    await Promise.all([killSwitch.engaged(), killSwitch.engaged(), killSwitch.state()]);
    expect(shared.world.reads).toBe(1);
  });

  it("is not undone by an answer that was on its way when it was engaged", async () => {
    const shared = memorySwitch();
    const gate = Promise.withResolvers<void>();
    let reads = 0;
    const slow = {
      ...shared.store,
      read: async () => {
        const state = shared.world.state;
        if (reads++ === 0) await gate.promise;
        return state;
      },
    };
    const { killSwitch } = process(shared, { store: slow });
    const asked = killSwitch.engaged();
    await killSwitch.engage(ada, "drill");
    gate.resolve();
    expect(await asked).toBe(true);
    expect(await killSwitch.engaged()).toBe(true);
  });

  it("is engaged though the audit cannot be written, and says so", async () => {
    const audit = { append: async () => Promise.reject(new Error("disk full")) };
    const { killSwitch, ended } = process(memorySwitch(), { audit });
    expect(await killSwitch.engage(ada, "drill")).toMatchObject({ error: { code: "audit/store" } });
    expect(await killSwitch.engaged()).toBe(true);
    expect(ended).toHaveLength(1);
    expect(await killSwitch.lift(ada, "over")).toMatchObject({ error: { code: "audit/store" } });
    expect(await killSwitch.engaged()).toBe(true);
  });

  it("is engaged though ending what runs fails", async () => {
    const onEngaged = () => {
      throw new Error("cannot end it");
    };
    const { killSwitch, failures } = process(memorySwitch(), { onEngaged });
    expect((await killSwitch.engage(ada, "drill")).ok).toBe(true);
    expect(failures).toHaveLength(1);
  });

  it("says that it could not be engaged where the store is away", async () => {
    const { killSwitch, shared } = process();
    shared.world.away = true;
    expect(await killSwitch.engage(ada, "drill")).toMatchObject({ error: { code: "store/away" } });
    expect(await killSwitch.lift(ada, "over")).toMatchObject({ error: { code: "store/away" } });
  });

  it("keeps secrets in its reason out of the audit", async () => {
    const { killSwitch, audit } = process();
    await killSwitch.engage(ada, "the word is hunter2");
    expect(audit.events[0]?.detail.reason).toBe("the word is ***");
  });
});

describe("lifting it", () => {
  // @requirement WFL-06
  it("asks for another permission than engaging it", async () => {
    const { decide, asked } = rules({ "pilot.lift_kill_switch": ["access/role_lacks_permission"] });
    const { killSwitch } = process(memorySwitch(), { decide });
    await killSwitch.engage(ada, "drill");
    expect(await killSwitch.lift(someone("bob", "OPERATOR"), "over")).toMatchObject({
      error: { code: "access/refused" },
    });
    expect(asked.map(({ permission }) => permission)).toEqual(["pilot.kill_switch", "pilot.lift_kill_switch"]);
    expect(await killSwitch.engaged()).toBe(true);
  });

  it("lets things start again, and is recorded before it takes effect", async () => {
    const shared = memorySwitch();
    const then: boolean[] = [];
    const audit = memoryAudit(() => then.push(shared.world.state.engaged));
    const { killSwitch } = process(shared, { audit });
    await killSwitch.engage(ada, "drill");
    const lifted = { engaged: false, by: "ada", at_ms: 5000, reason: "over" };
    expect(good(await killSwitch.lift(ada, "over"))).toEqual(lifted);
    expect(await killSwitch.engaged()).toBe(false);
    expect(audit.events.map(({ name }) => name)).toEqual(["kill_switch/engaged", "kill_switch/lifted"]);
    expect(then).toEqual([true, true]);
  });

  it("does nothing where it is not engaged, and is not recorded", async () => {
    const { killSwitch, audit } = process();
    expect(good(await killSwitch.lift(ada, "over"))).toMatchObject({ engaged: false, by: null });
    expect(audit.events).toEqual([]);
  });

  it("gives way to whoever engages it meanwhile", async () => {
    const shared = memorySwitch();
    const again = { engaged: true, by: "eve", at_ms: 5001, reason: "again" };
    const audit = memoryAudit((event) => {
      if (event.name === "kill_switch/lifted") shared.world.state = again;
    });
    const { killSwitch } = process(shared, { audit });
    await killSwitch.engage(ada, "drill");
    expect(await killSwitch.lift(ada, "over")).toMatchObject({ error: { code: "pilot/state" } });
    expect(shared.world.state).toEqual(again);
  });

  it("needs a reason, as engaging it does", async () => {
    const { killSwitch } = process();
    for (const move of [killSwitch.engage, killSwitch.lift]) {
      expect(await move(ada, "  ")).toMatchObject({ error: { code: "request/malformed" } });
    }
    expect(await killSwitch.engaged()).toBe(false);
  });

  it("is refused like engaging it where the rules refuse", async () => {
    const { decide } = rules({ "pilot.kill_switch": ["access/role_lacks_permission"] });
    const { killSwitch, shared } = process(memorySwitch(), { decide });
    expect(await killSwitch.engage(ada, "drill")).toMatchObject({ error: { code: "access/refused" } });
    expect(shared.world.state.engaged).toBe(false);
  });
});

describe("watching it", () => {
  // @requirement WFL-06
  it("ends what runs though nothing new asks to start", async () => {
    const shared = memorySwitch();
    const seen = Promise.withResolvers<KillSwitchState>();
    const { killSwitch } = process(shared, { onEngaged: seen.resolve });
    using _watching = killSwitch.watch(1);
    shared.world.state = engaged;
    expect(await seen.promise).toEqual(engaged);
  });

  it("goes on where the store is away, and tells the log", async () => {
    const shared = memorySwitch();
    shared.world.away = true;
    const told = Promise.withResolvers<unknown>();
    const { killSwitch } = process(shared, { onFailure: told.resolve });
    using _watching = killSwitch.watch(1);
    expect(await told.promise).toBeInstanceOf(Error);
  });
});
