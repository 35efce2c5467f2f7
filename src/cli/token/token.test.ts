import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../host/index.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "lockkeeper-token-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs the command line from source in a folder of its own. */
async function lockkeeper(args: readonly string[], input = "") {
  const root = packageRoot();
  const words = ["--import", join(root, "node_modules/tsx/dist/loader.mjs"), join(root, "src/cli/dev.ts"), ...args];
  const child = spawn(process.execPath, words, { cwd: dir, stdio: "pipe" });
  child.stdin.end(input);
  const code = new Promise((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, err, code: await code };
}

const json = (out: string) => Object(JSON.parse(out));
const lines = (out: string) => out.trim().split("\n").map(json);

const approval = {
  id: "approval-1",
  state: "approved",
  cmd_hash: "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f",
  requested_by: "ann",
  approvers: ["bob"],
  expires_ms: 8_640_000_000_000_000,
  reason: "what else is told of it is passed over",
};

// Each run is a process of its own, which takes its time where the machine is busy; each builds on those before it.
describe("keys and tokens at the command line", { timeout: 120_000 }, () => {
  it("has no key to begin with, and says how to make one", async () => {
    const { out, err, code } = await lockkeeper(["keys", "list"]);
    expect([out, code]).toEqual(["", 1]);
    expect(err).toMatch(/^\.lockkeeper\/keys\.json: there is no key file \[key\/missing\]\n.*lockkeeper keys generate/);
  });

  it("generates a key for each purpose once, in a file of ours alone, and lists all but their private halves", async () => {
    const made = await lockkeeper(["keys", "generate", "--json"]);
    expect(json(made.out).keys).toMatchObject([
      { alg: "EdDSA", purpose: "capability", state: "current", retire_at: null },
      { alg: "EdDSA", purpose: "bearer", state: "current", retire_at: null },
      { alg: "EdDSA", purpose: "checkpoint", state: "current", retire_at: null },
    ]);
    expect((await stat(join(dir, ".lockkeeper/keys.json"))).mode & 0o777).toBe(0o600);
    const again = await lockkeeper(["keys", "generate"]);
    expect(again).toMatchObject({ out: "", code: 1, err: expect.stringContaining("there is a key for the purpose") });
    const secrets = json(await readFile(join(dir, ".lockkeeper/keys.json"), "utf8")).keys;
    const { out } = await lockkeeper(["keys", "list"]);
    for (const { kid, d } of secrets) {
      expect(out).toContain(kid);
      expect(out + made.out).not.toContain(d);
    }
  });

  // @requirement WFL-07
  it("mints a bearer token for a role, verifies it, and looks into it without verifying", async () => {
    const minted = await lockkeeper(["token", "mint", "--role", "ADMIN", "--pilot", "ann", "--expires-minutes", "5"]);
    expect(minted).toMatchObject({ code: 0, err: expect.stringMatching(/^good until /) });
    const verified = await lockkeeper(["token", "verify", "--as", "bearer", "--json"], minted.out);
    expect(verified.code).toBe(0);
    expect(json(verified.out)).toMatchObject({ line: 1, ok: true, claims: { sub: "ann", roles: ["ADMIN"] } });
    const seen = await lockkeeper(["token", "inspect"], minted.out);
    expect(seen).toMatchObject({ code: 0, err: "NOT VERIFIED: anybody could have written this\n" });
    expect(seen.out).toContain('"typ": "lockkeeper-access+jwt"');
    expect(seen.out).not.toContain(minted.out.trim().split(".")[2]);
    const wrong = await lockkeeper(["token", "mint", "--role", "ROOT", "--pilot", "ann"]);
    expect(wrong).toMatchObject({ code: 1, out: "", err: expect.stringContaining("role is none of ADMIN") });
  });

  // @requirement EXE-23
  it("mints the token of an approval that stands, of no other, and judges many, one verdict a line", async () => {
    const words = ["token", "mint", "approval-1", "--approval", "-"];
    const minted = await lockkeeper(words, JSON.stringify(approval));
    expect(minted.code).toBe(0);
    const token = minted.out.trim();
    const pending = await lockkeeper(words, JSON.stringify({ ...approval, state: "pending" }));
    expect(pending).toMatchObject({ code: 2, out: "", err: "the approval is pending [approval/state]\n" });
    const changed = `${token.slice(0, -3)}AAA`;
    await writeFile(join(dir, "tokens.txt"), [token, changed, "x", "", "a.b.c"].join("\n"));
    const { out, code } = await lockkeeper(["token", "verify", "--json", "--file", "tokens.txt"]);
    expect(code).toBe(2);
    expect(lines(out)).toMatchObject([
      {
        line: 1,
        ok: true,
        claims: { sub: "ann", approval_id: "approval-1", cmd_hash: approval.cmd_hash, bound_to: null },
      },
      { line: 2, ok: false, reason: "forged" },
      { line: 3, ok: false, reason: "malformed" },
      { line: 4, ok: false, reason: "missing" },
      { line: 5, ok: false, reason: "malformed" },
    ]);
    expect(out).not.toContain(token);
  });

  it("goes on verifying after a rotation, and no longer when the key was stolen", async () => {
    const minted = await lockkeeper(["token", "mint", "--role", "VIEWER", "--pilot", "bob", "--out", "bob.token"]);
    expect(minted).toMatchObject({ code: 0, out: "bob.token\n" });
    expect((await stat(join(dir, "bob.token"))).mode & 0o777).toBe(0o600);
    const judge = () => lockkeeper(["token", "verify", "--as", "bearer", "--file", "bob.token"]);
    expect(json((await lockkeeper(["keys", "rotate", "--json"])).out).keys).toHaveLength(6);
    expect((await judge()).out).toMatch(/^good {5}bob, until /);
    expect((await lockkeeper(["keys", "rotate", "--stolen", "--purpose", "bearer", "--algorithm", "HS256"])).code).toBe(
      0,
    );
    expect(await judge()).toMatchObject({ code: 2, out: "refused  forged: the header names no key of ours\n" });
  });

  it("refuses keys that others may open, and flags that do not fit together", async () => {
    await chmod(join(dir, ".lockkeeper/keys.json"), 0o640);
    expect(await lockkeeper(["token", "verify", "a.b.c"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("others may open it [key/invalid]"),
    });
    await chmod(join(dir, ".lockkeeper/keys.json"), 0o600);
    for (const words of [
      [],
      ["approval-1"],
      ["--role", "ADMIN"],
      ["approval-1", "--role", "ADMIN", "--pilot", "ann"],
    ]) {
      expect(await lockkeeper(["token", "mint", ...words])).toMatchObject({ code: 1, out: "" });
    }
    expect(await lockkeeper(["token", "verify", "--file", "nowhere"])).toMatchObject({
      code: 1,
      err: "nowhere: there is no such file [usage/missing]\n",
    });
    expect(await lockkeeper(["token", "verify"])).toMatchObject({ code: 1, err: expect.stringContaining("no token") });
    expect(await lockkeeper(["token", "inspect"], "nothing")).toMatchObject({ code: 2, out: "" });
  });
});
