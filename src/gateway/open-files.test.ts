import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot, systemClock } from "../host/index.js";
import { type KeySet, privateJwks } from "../token/index.js";
import { openKeys, openPolicies, readTls } from "./open-files.js";
import { newKeys } from "./testdata/running-gateway.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const kids = ({ keys }: KeySet) => keys.map(({ kid }) => kid);
const write = (name: string, keys: KeySet) =>
  writeFile(join(folder, name), JSON.stringify(privateJwks(keys)), { mode: 0o600 });
const open = (keys: string, keysText: string | null = null) => openKeys({ keys, keysText }, folder, systemClock);
const without = (purpose: string): KeySet => {
  const { keys } = newKeys();
  return { keys: keys.filter((key) => key.purpose !== purpose) };
};

// @requirement EXE-17
describe("keys", () => {
  it("come from the file, whose path is relative to the configuration", async () => {
    const keys = newKeys();
    await write("keys.json", keys);
    const opened = await open("keys.json");
    if (!opened.ok) throw new Error(opened.error[0]?.message);
    expect(kids(opened.value.current())).toEqual(kids(keys));
  });

  it("come from the environment where it holds them, whatever the file says", async () => {
    await write("other.json", newKeys());
    const keys = newKeys();
    const opened = await open("other.json", JSON.stringify(privateJwks(keys)));
    if (!opened.ok) throw new Error(opened.error[0]?.message);
    expect(kids(opened.value.current())).toEqual(kids(keys));
    const bad = await open("other.json", "{}");
    expect(bad).toMatchObject({ ok: false, error: [{ place: { file: "LOCKKEEPER_KEYS_JSON" } }] });
  });

  it("are not invented: without a file, or without a key for one of the purposes, nothing starts", async () => {
    expect(await open("none.json")).toMatchObject({ ok: false, error: [{ code: "key/missing" }] });
    for (const purpose of ["capability", "bearer"]) {
      const opened = await open("keys.json", JSON.stringify(privateJwks(without(purpose))));
      expect(opened).toMatchObject({ ok: false, error: [{ message: expect.stringContaining(purpose) }] });
    }
    expect((await open("keys.json", JSON.stringify(privateJwks(without("checkpoint"))))).ok).toBe(true);
  });

  it("are taken again when asked, and stay as they are where the new ones cannot be used", async () => {
    const [first, second] = [newKeys(), newKeys()];
    await write("turning.json", first);
    const opened = await open("turning.json");
    if (!opened.ok) throw new Error(opened.error[0]?.message);
    await write("turning.json", second);
    expect(kids(opened.value.current())).toEqual(kids(first));
    expect(await opened.value.reload()).toEqual({ ok: true, value: null });
    expect(kids(opened.value.current())).toEqual(kids(second));
    await rm(join(folder, "turning.json"));
    expect(await opened.value.reload()).toMatchObject({ ok: false, error: [{ code: "key/missing" }] });
    expect(kids(opened.value.current())).toEqual(kids(second));
  });
});

describe("policies", () => {
  it("are the package's own unless a folder is named, and the same in a folder of the same", async () => {
    await cp(join(packageRoot(), "policies"), join(folder, "policies"), { recursive: true });
    const own = await openPolicies({ policies: null }, folder);
    const named = await openPolicies({ policies: "policies" }, folder);
    if (!own.ok || !named.ok) throw new Error("not opened");
    expect(named.value.current().sha256).toBe(own.value.current().sha256);
  }, 60_000);

  it("are taken again when asked, and stay in force where the new ones do not compile", async () => {
    const policies = join(folder, "edited");
    await cp(join(packageRoot(), "policies"), policies, { recursive: true });
    const opened = await openPolicies({ policies }, folder);
    if (!opened.ok) throw new Error("not opened");
    const { sha256 } = opened.value.current();
    const rules = join(policies, "main", "request.rego");
    await copyFile(rules, join(folder, "request.rego"));
    await writeFile(rules, `${await readFile(rules, "utf8")}\nhalf a rule {`);
    expect(await opened.value.reload()).toMatchObject({ ok: false });
    expect(opened.value.current().sha256).toBe(sha256);
    await writeFile(rules, `${await readFile(join(folder, "request.rego"), "utf8")}\nanother := 1\n`);
    expect(await opened.value.reload()).toEqual({ ok: true, value: null });
    expect(opened.value.current().sha256).not.toBe(sha256);
  }, 60_000);

  it("stop the start where there are none", async () => {
    await mkdir(join(folder, "empty"));
    expect((await openPolicies({ policies: "empty" }, folder)).ok).toBe(false);
  });
});

describe("TLS files", () => {
  const tls = (more: object = {}) => readTls({ tls: { cert: "cert.pem", key: "key.pem", ...more } }, folder);

  it("are read where TLS is asked for", async () => {
    expect(await readTls({ tls: null }, folder)).toEqual({ ok: true, value: null });
    await Promise.all(["cert", "key", "ca"].map((name) => writeFile(join(folder, `${name}.pem`), name)));
    const base = { cert: "cert", key: "key", minVersion: "TLSv1.3" };
    expect(await tls()).toEqual({ ok: true, value: base });
    expect(await tls({ min_version: "TLSv1.2", client_ca: "ca.pem" })).toEqual({
      ok: true,
      value: { ...base, minVersion: "TLSv1.2", ca: "ca", requestCert: true, rejectUnauthorized: true },
    });
  });

  it("stop the start where one is missing", async () => {
    const message = expect.stringContaining("TLS cannot be set up");
    expect(await tls({ client_ca: "none.pem" })).toMatchObject({ ok: false, error: [{ message }] });
  });
});
