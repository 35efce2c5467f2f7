import { describe, expect, it } from "vitest";
import { systemRandom } from "../../host/index.js";
import { fullIsolation, noIsolation } from "../../model/index.js";
import { newKey } from "../../token/index.js";
import {
  clockFinding,
  exitCodeOf,
  isolationFindings,
  keyFindings,
  libraryFindings,
  runtimeFinding,
  storeFindings,
} from "./findings.js";

// @requirement EXE-27
describe("what doctor looks at", () => {
  it("is Node, which must be new enough", () => {
    expect(runtimeFinding("24.0.0")).toEqual({ check: "node", state: "ok", detail: "24.0.0" });
    expect(runtimeFinding("101.2.3")).toMatchObject({ state: "ok" });
    expect(runtimeFinding("23.11.1")).toEqual({
      check: "node",
      state: "missing",
      detail: "23.11.1",
      hint: "install Node 24 or newer",
    });
  });

  it("are libraries, each there in the version that was tested", () => {
    const jose = { name: "jose", wanted: "6.2.17", found: "6.2.17" };
    const pg = { name: "pg", wanted: "8.23.1", found: "8.23.1" };
    const there = { check: "libraries", state: "ok", detail: "2 there" };
    expect(libraryFindings([jose, pg])).toEqual([there]);
    const others = [
      { ...jose, found: "7.0.0" },
      { ...pg, found: "9.0.0" },
    ];
    const detail = "jose 7.0.0 (tested with 6.2.17), pg 9.0.0 (tested with 8.23.1)";
    expect(libraryFindings(others)).toEqual([there, { check: "libraries", state: "note", detail }]);
    expect(libraryFindings([jose, { ...pg, found: "9.0.0" }])[1]?.detail).toBe("pg 9.0.0 (tested with 8.23.1)");
    const none = [
      { ...jose, found: undefined },
      { ...pg, found: undefined },
      { ...jose, name: "ajv" },
    ];
    expect(libraryFindings(none)).toEqual([
      { check: "libraries", state: "missing", detail: "not there: jose, pg", hint: "npm ci" },
    ]);
  });

  it("is the clock, which cannot be a day before what it runs was made", () => {
    const built = Date.UTC(2026, 0, 2);
    const day = 86_400_000;
    expect(clockFinding(built, built)).toEqual({ check: "clock", state: "ok", detail: "2026-01-02T00:00:00.000Z" });
    expect(clockFinding(built - day, built)).toMatchObject({ state: "ok" });
    expect(clockFinding(built - day - 1, built)).toEqual({
      check: "clock",
      state: "missing",
      detail: "2025-12-31T23:59:59.999Z",
      hint: "the clock is behind this program's own files: set it, and keep it by NTP",
    });
  });

  it("are keys: one in use for each purpose, or what is wrong with them", () => {
    const capability = newKey("EdDSA", "capability", 0, systemRandom);
    const bearer = newKey("HS256", "bearer", 0, systemRandom);
    const old = { ...bearer, replaced_ms: 5 };
    expect(keyFindings({ ok: true, value: { keys: [capability, old, bearer] } })).toEqual([
      { check: "keys", state: "ok", detail: "capability (EdDSA), bearer (HS256)" },
    ]);
    const problem = { code: "key/missing", message: "there is no key file" } as const;
    expect(keyFindings({ ok: false, error: [{ ...problem, hint: "make one" }, problem] })).toEqual([
      { check: "keys", state: "missing", detail: "there is no key file", hint: "make one" },
      { check: "keys", state: "missing", detail: "there is no key file" },
    ]);
  });

  it("are databases, each as it says of itself", () => {
    const kept = { store: "sqlite", audit: "jsonl" };
    const checks = [
      { name: "ledger", ok: true, detail: "writes" },
      { name: "audit", ok: false, detail: "away" },
    ];
    expect(storeFindings(checks, kept)).toEqual([
      { check: "ledger", state: "ok", detail: "writes (sqlite, audit in jsonl)" },
      { check: "audit", state: "missing", detail: "away (sqlite, audit in jsonl)" },
    ]);
  });

  it("is the isolation in force; with none at all nothing runs", () => {
    const all = "user, mount, pid, net, ipc, seccomp, memory, pids, disk";
    expect(isolationFindings(fullIsolation)).toEqual([{ check: "isolation", state: "ok", detail: all }]);
    expect(isolationFindings(noIsolation)).toEqual([
      { check: "isolation", state: "missing", detail: "none", hint: "apt-get install bubblewrap" },
    ]);
    expect(isolationFindings({ ...fullIsolation, memory: false, disk: false })).toEqual([
      { check: "isolation", state: "ok", detail: "user, mount, pid, net, ipc, seccomp, pids" },
      { check: "isolation", state: "note", detail: "not in force: memory, disk" },
    ]);
  });

  it("comes to a failure where something is missing, not where something is only to be known", () => {
    const ok = { check: "a", state: "ok", detail: "" } as const;
    const note = { check: "b", state: "note", detail: "" } as const;
    expect(exitCodeOf([ok, note])).toBe(0);
    expect(exitCodeOf([ok, { ...note, state: "missing" }, note])).toBe(2);
  });
});
