import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findArtefact } from "./artefact.js";
import { openToolchain } from "./index.js";

/** Counts to three million by pairs: minutes in the interpreter. */
const endless = {
  path: "endless_test.rego",
  text: `package endless_test

test_endless if {
	count([1 | some a in numbers.range(1, 3000); some b in numbers.range(1, 3000); a == b * 7001]) == 0
}
`,
};
const simple = { path: "simple.rego", text: "package simple\n\nanswer := input.n + data.n\n" };
const folder = mkdtempSync(join(tmpdir(), "toolchain-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a deadline", () => {
  it("ends a policy that does not end, and the next call is answered", async () => {
    await using toolchain = openToolchain();
    const policy = await toolchain.load({ files: [simple], data: { n: 1 } });
    const late = await toolchain.test({ files: [endless] }, { deadlineMs: 300 });
    expect(late).toMatchObject({ ok: false, error: { code: "toolchain/deadline" } });
    // The worker that had loaded the policy is gone; a new one loads it again by itself.
    const answer = policy.ok ? await policy.value.evaluate({ path: "simple/answer", inputs: [{ n: 2 }] }) : policy;
    expect(answer).toMatchObject({ ok: true, value: [{ result: 3 }] });
  });

  it("does not stop other work, nor block this thread", async () => {
    await using toolchain = openToolchain({ workers: 2 });
    await toolchain.version();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const late = toolchain.test({ files: [endless] }, { deadlineMs: 2_000 });
    const prompt = await toolchain.format([simple]);
    expect(prompt).toMatchObject({ ok: true });
    expect(await late).toMatchObject({ ok: false, error: { code: "toolchain/deadline" } });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(40);
  });
});

describe("several workers", () => {
  it("share one policy and answer in order", async () => {
    await using toolchain = openToolchain({ workers: 2 });
    const policy = await toolchain.load({ files: [simple], data: { n: 100 } });
    if (!policy.ok) throw new Error(policy.error.message);
    const batches = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        policy.value.evaluate({ path: "simple/answer", inputs: [{ n: i }, { n: i }] }),
      ),
    );
    expect(batches.flatMap((batch) => (batch.ok ? batch.value.map((one) => one.result) : []))).toEqual(
      Array.from({ length: 8 }, (_, i) => [100 + i, 100 + i]).flat(),
    );
  });
});

describe("a broken policy or request", () => {
  it("is an error, and the client lives on", async () => {
    await using toolchain = openToolchain();
    const twice = await toolchain.check({ files: [simple, simple] });
    expect(twice).toMatchObject({ ok: false, error: { code: "toolchain/failed" } });
    expect(await toolchain.load({ files: [], data: [1] })).toMatchObject({ ok: false });
    expect(await toolchain.test({ files: [], run: "(" })).toMatchObject({ ok: false });
    expect(await toolchain.check({ files: [simple] })).toEqual({ ok: true, value: [] });
  });

  it("nested ten thousand deep ends as an error at worst", async () => {
    await using toolchain = openToolchain();
    const deep = { path: "deep.rego", text: `package deep\n\nx := ${"[".repeat(10_000)}${"]".repeat(10_000)}\n` };
    await toolchain.check({ files: [deep] });
    expect(await toolchain.check({ files: [simple] })).toEqual({ ok: true, value: [] });
  });

  it("is an error after the toolchain was closed", async () => {
    const toolchain = openToolchain();
    await toolchain[Symbol.asyncDispose]();
    expect(await toolchain.version()).toMatchObject({ ok: false, error: { code: "toolchain/failed" } });
  });
});

describe("the artefact", () => {
  it("is refused when a byte differs", async () => {
    const found = findArtefact();
    if (!found.ok || typeof found.value.br !== "string") throw new Error("no artefact");
    const br = readFileSync(found.value.br);
    br[1000] = (br[1000] ?? 0) ^ 1;
    await using toolchain = openToolchain({ artefact: { ...found.value, br } });
    expect(await toolchain.version()).toMatchObject({
      ok: false,
      error: { code: "toolchain/artefact", message: expect.stringContaining("was committed") },
    });
    expect(await toolchain.version()).toMatchObject({ ok: false, error: { code: "toolchain/artefact" } });
  });

  it("is kept decompressed in a cache folder, and replaced there when damaged", async () => {
    const start = async () => {
      await using toolchain = openToolchain({ cacheDir: folder });
      return await toolchain.version();
    };
    expect(await start()).toMatchObject({ ok: true, value: { opa: "1.22.0" } });
    const [name = ""] = readdirSync(folder);
    const kept = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), kept.subarray(0, 1000));
    expect(await start()).toMatchObject({ ok: true });
    expect(readFileSync(join(folder, name)).equals(kept)).toBe(true);
  });
});
