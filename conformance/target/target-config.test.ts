import { generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandHash } from "../../src/index.js";
import { serverPathIn, stackIn, tokenIn } from "./checks/leaks.js";
import { partsOf, signKeyOf } from "./compact-token.js";
import { commandHashOf, pairIn } from "./grants.js";
import { openTarget, parseTargetConfig, readTargetConfig } from "./index.js";
import { flawedConfig } from "./testdata/flawed-world.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a target config", () => {
  it("as it is shipped for an example is read", () => {
    const names = readdirSync("specs/targets");
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect(parseTargetConfig(readFileSync(join("specs/targets", name), "utf8"), name)).toMatchObject({ ok: true });
    }
  });

  it("that is not there, misspelt or of another shape is one clear problem", async () => {
    expect(await readTargetConfig(join(folder, "none.yaml"))).toMatchObject({
      ok: false,
      error: [{ code: "usage/missing" }],
    });
    for (const wrong of ["schema: lockkeeper/target/v1\n", JSON.stringify({ ...flawedConfig, keyz: "x" }), "- a\n"]) {
      expect(parseTargetConfig(wrong, "t.yaml")).toMatchObject({ ok: false });
    }
  });

  it("names files that have to be there and be what they should", () => {
    writeFileSync(join(folder, "empty.json"), '{"keys": []}');
    const open = (more: object, url = "http://127.0.0.1:1") =>
      openTarget({ url, root: folder, config: { ...flawedConfig, ...more } });
    expect(open({})).toMatchObject({ ok: true });
    expect(open({}, "ftp://127.0.0.1")).toMatchObject({ ok: false, error: [{ code: "usage/flag" }] });
    expect(open({}, "not an address")).toMatchObject({ ok: false });
    expect(open({ keys: "none.json" })).toMatchObject({ ok: false, error: [{ code: "usage/missing" }] });
    expect(open({ keys: "empty.json" })).toMatchObject({ ok: false, error: [{ code: "key/invalid" }] });
    expect(open({ ca: "none.pem" })).toMatchObject({ ok: false, error: [{ code: "usage/missing" }] });
  });
});

describe("tokens for what is configured", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = signKeyOf({ ...privateKey.export({ format: "jwk" }), kid: "one" });
  const grantsBy = (approvals: object, more: object = {}) => {
    const config = { ...flawedConfig, ...more, approvals } as const;
    const parsed = parseTargetConfig(JSON.stringify(config), "t.yaml");
    if (!parsed.ok || key === undefined) throw new Error("no config");
    const opened = openTarget({ url: "http://127.0.0.1:1", root: folder, config: parsed.value, keys: [key] });
    if (!opened.ok) throw new Error("not opened");
    return opened.value;
  };

  it("are minted by key, with the claims, the life and the hash that it says", async () => {
    const form = { typ: "JWT", claims: { iss: "us" }, life_s: 30, command_hash: { claim: "cmd", cwd: "/" } };
    const target = grantsBy({ by: "key", approval_id: "always" }, { token: form });
    const { approval_id, token } = await target.grant("echo test");
    const parts = partsOf(token);
    expect(approval_id).toBe("always");
    expect(parts?.header).toEqual({ alg: "EdDSA", kid: "one", typ: "JWT" });
    expect(parts?.claims).toMatchObject({ iss: "us", approval_id: "always", cmd: commandHashOf("echo test", "/") });
    expect(Number(parts?.claims.exp) - Number(parts?.claims.iat)).toBe(30);
    const [signed, signature] = [token.slice(0, token.lastIndexOf(".")), token.split(".")[2] ?? ""];
    expect(verify(null, Buffer.from(signed), publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });

  it("are hashed as the design's test vector says", () => {
    const vector = "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f";
    expect(commandHashOf("echo test", "/")).toBe(vector);
    expect(commandHash({ argv: ["echo", "test"], cwd: "/", env: {}, stdin_sha256: null })).toBe(vector);
  });

  it("are asked of a program, which is told the command and prints both", async () => {
    const script =
      'process.stdin.on("data", (text) => console.log(JSON.stringify({approval_id: "p", token: JSON.parse(text).command})))';
    const target = grantsBy({ by: "program", argv: [process.execPath, "-e", script] });
    expect(await target.grant("echo test")).toEqual({ command: "echo test", approval_id: "p", token: "echo test" });
    await expect(grantsBy({ by: "program", argv: [process.execPath, "-e", "1"] }).grant()).rejects.toThrow("gave no");
    expect(pairIn('{"approval_id": 1, "token": "t"}')).toBeUndefined();
  });

  it("are taken from a list, each once", async () => {
    const target = grantsBy({ by: "list", grants: [{ approval_id: "a", token: "t" }] });
    expect(await target.grant("echo test")).toMatchObject({ approval_id: "a", token: "t" });
    await expect(target.grant("echo test")).rejects.toThrow("no more tokens");
  });
});

it("leaks are known by their look, and what looks like them is none", () => {
  expect(stackIn("Error: x\\n    at run (/srv/app/run.js:1:2)")).toBeDefined();
  expect(stackIn("    at file:///srv/app.js:10:3")).toBeDefined();
  expect(stackIn("Traceback (most recent call last)")).toBeDefined();
  expect(stackIn("the body is no JSON at row 1, column 2:3")).toBeUndefined();
  expect(serverPathIn('"/srv/gateway/dist/server.js"')).toBe("/srv/gateway/dist/server.js");
  expect(serverPathIn("policies/main/request.rego and https://a.example/x/y.js")).toBeUndefined();
  const part = "A".repeat(40);
  expect(tokenIn(`x ${part} y`, [`head.${part}.sig`])).toBeDefined();
  expect(tokenIn("x y", [`head.${part}.sig`])).toBeUndefined();
});
