import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bundle } from "./bundle.js";
import { openPolicyHost } from "./policy-host.js";
import { bundleOf, good, smallPolicy } from "./testdata/fixture.js";
import { openToolchain, type Toolchain } from "./toolchain/index.js";

let toolchain: Toolchain;
let bundle: Bundle;
beforeAll(async () => {
  toolchain = openToolchain({ deadlineMs: 60_000 });
  bundle = await bundleOf(smallPolicy, toolchain);
}, 60_000);
afterAll(() => toolchain[Symbol.asyncDispose]());

/** The same module and rules with other data. */
function withData(data: unknown): Bundle {
  return { ...bundle, data: new TextEncoder().encode(JSON.stringify(data)) };
}

describe("reloading", () => {
  it("shows every request one bundle, whole, while fifty reloads go by", async () => {
    const bundles = ["one", "two"].map((mark) => {
      const names = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`n${n}`, { path: "/x".repeat(20) }]));
      return { ...withData({ main: { mark, names } }), sha256: mark };
    });
    const [first, second] = bundles;
    if (first === undefined || second === undefined) throw new Error("two bundles");
    const host = good(await openPolicyHost(first));
    let running = true;
    const seen = new Set<string>();
    let requests = 0;
    const reader = async () => {
      while (running) {
        const policy = host.current();
        for (let step = 0; step < 3; step += 1) {
          const refusal = policy.decide("request", { name: "rm" });
          expect(refusal.violations[0]?.detail.mark).toBe(policy.sha256);
          expect(policy.decide("request", { name: "n299" }).allow).toBe(true);
          await new Promise((resume) => setImmediate(resume));
        }
        seen.add(policy.sha256);
        requests += 1;
      }
    };
    const readers = Array.from({ length: 8 }, reader);
    for (let round = 0; round < 50; round += 1) {
      good(await host.reload(round % 2 === 0 ? second : first));
      for (const before = requests; requests < before + 8; ) await new Promise((resume) => setImmediate(resume));
    }
    running = false;
    await Promise.all(readers);
    expect([...seen].sort()).toEqual(["one", "two"]);
    expect(requests).toBeGreaterThan(50);
  }, 60_000);

  it("keeps the policy in force when the next one is no good, and takes the one after", async () => {
    const host = good(await openPolicyHost(bundle));
    expect((await host.reload({ ...bundle, wasm: new Uint8Array(8) })).ok).toBe(false);
    expect(host.current().decide("request", { name: "ls" }).allow).toBe(true);
    const next = { ...withData({ main: { mark: "next", names: {} } }), sha256: "next" };
    const both = await Promise.all([host.reload({ ...bundle, data: new Uint8Array() }), host.reload(next)]);
    expect(both.map((one) => one.ok)).toEqual([false, true]);
    expect(host.current().sha256).toBe("next");
  });

  it("has no host without a policy", async () => {
    expect((await openPolicyHost({ ...bundle, wasm: new Uint8Array(8) })).ok).toBe(false);
  });
});
