import { describe, expect, it } from "vitest";
import { readSettings } from "./settings.js";

const file = (gateway: string) => `schema: lockkeeper/config/v1\ngateway:\n${gateway}`;
const settingsOf = (text: string, environment = {}) => {
  const read = readSettings(text, "lockkeeper.yaml", environment);
  return read.ok ? read.value : read.error.map(({ message }) => message);
};

describe("settings", () => {
  it("have a default for everything", () => {
    expect(settingsOf("")).toMatchObject({
      policies: null,
      listen: { host: "127.0.0.1", port: 5001 },
      metrics: { host: "127.0.0.1", port: 9464 },
      store: "sqlite",
      audit: { storage: "sqlite", liveDays: 30, archiveDays: 90 },
      tls: null,
      databaseUrl: null,
    });
  });

  it("come from the file, and from the environment over it", () => {
    const text = file("  listen: {port: 7000}\n  metrics: false\n  audit: {storage: jsonl}\n");
    expect(settingsOf(text)).toMatchObject({ listen: { port: 7000 }, metrics: null, audit: { storage: "jsonl" } });
    const environment = { LOCKKEEPER_PORT: "7001", AUDIT_STORAGE: "sqlite", LOCKKEEPER_KEYS: "/run/keys.json" };
    expect(settingsOf(text, environment)).toMatchObject({
      listen: { port: 7001 },
      audit: { storage: "sqlite" },
      keys: "/run/keys.json",
    });
  });

  // @requirement EXE-24
  it("listen on this machine alone, at port 5001, unless the file or the environment says otherwise", () => {
    const listenOf = (text: string, environment = {}) => {
      const read = readSettings(text, "lockkeeper.yaml", environment);
      return read.ok ? read.value.listen : read.error;
    };
    expect(listenOf("")).toEqual({ host: "127.0.0.1", port: 5001 });
    const told = file("  listen: {host: 10.0.0.1, port: 7000}\n");
    expect(listenOf(told)).toEqual({ host: "10.0.0.1", port: 7000 });
    const environment = { LOCKKEEPER_HOST: "::1", LOCKKEEPER_PORT: "0" };
    expect(listenOf(told, environment)).toEqual({ host: "::1", port: 0 });
  });

  it("say what clients call the gateway, without a slash at its end", () => {
    expect(settingsOf("")).toMatchObject({ publicUrl: null });
    expect(settingsOf(file("  public_url: https://gate.example/lock/\n"))).toMatchObject({
      publicUrl: "https://gate.example/lock",
    });
    for (const wrong of ["gate.example", "ftp://gate.example", "https://gate.example/?a", "https://gate.example#a"]) {
      expect(readSettings(file(`  public_url: "${wrong}"\n`), "lockkeeper.yaml", {}).ok).toBe(false);
    }
  });

  // @requirement WFL-01
  it("name no pilot for the older header unless told, and then each with a role", () => {
    expect(settingsOf("")).toMatchObject({ legacyPilots: null });
    const text = file("  legacy_pilot_ids: {alice: OPERATOR}\n");
    expect(settingsOf(text)).toMatchObject({ legacyPilots: new Map([["alice", "OPERATOR"]]) });
    for (const wrong of ["true", "[alice]", "{alice: true}", '{alice: ""}', "{a b: OPERATOR}"]) {
      expect(readSettings(file(`  legacy_pilot_ids: ${wrong}\n`), "lockkeeper.yaml", {}).ok).toBe(false);
    }
  });

  it("leave the conformance's members of the file alone", () => {
    expect(settingsOf("schema: lockkeeper/config/v1\nspecs: specs\n")).toMatchObject({ store: "sqlite" });
  });

  it("keep the audit where the rest is kept, unless told", () => {
    const environment = { LOCKKEEPER_STORE: "postgres", DATABASE_URL: "postgres://u@h/d" };
    expect(settingsOf("", environment)).toMatchObject({ store: "postgres", audit: { storage: "postgres" } });
  });
});

describe("settings that cannot be meant", () => {
  it("are refused with their place", () => {
    const read = readSettings(file("  listen: {prot: 1}\n"), "lockkeeper.yaml", {});
    expect(read).toMatchObject({ ok: false, error: [{ code: "config/invalid", place: { row: 3 } }] });
  });

  it.each([
    [{ AUDIT_STORAGE: "postgress" }, "AUDIT_STORAGE must be one of sqlite, postgres, jsonl"],
    [{ LOCKKEEPER_STORE: "jsonl" }, "LOCKKEEPER_STORE must be one of sqlite, postgres"],
    [{ LOCKKEEPER_PORT: "65536" }, "LOCKKEEPER_PORT must be a number from 0 to 65535"],
    [{ LOCKKEEPER_PORT: "-1" }, "LOCKKEEPER_PORT must be a number from 0 to 65535"],
    [{ AUDIT_STORAGE: "postgres" }, "PostgreSQL is asked for and DATABASE_URL is not set"],
  ])("are refused from the environment too: %o", (environment, message) => {
    expect(settingsOf("", environment)).toEqual([message]);
  });

  it("are refused where the YAML is none", () => {
    expect(readSettings("a: [", "lockkeeper.yaml", {}).ok).toBe(false);
  });
});
