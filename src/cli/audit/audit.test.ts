import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { packageRoot, systemClock, systemRandom } from "../../host/index.js";
import type { Entry } from "../../model/index.js";
import { openJsonlLog, openSqliteStore } from "../../store/index.js";
import { addKey, changeKeyFile, publicJwks, readKeyFile } from "../../token/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { archiveOld, verifyArchive } from "./archive-log.js";
import { checkpointLog } from "./checkpoint-log.js";
import { exportLog } from "./export-log.js";
import { momentOf } from "./moments.js";
import { proveExecution, verifyProofFile } from "./prove-execution.js";
import { retainLog } from "./retain-log.js";
import { showExecution } from "./show-execution.js";
import { tailLog } from "./tail-log.js";
import { verifyLog } from "./verify-log.js";

const origin = "lockkeeper/audit";
const none: readonly string[] = [];
const startMs = Date.UTC(2026, 0, 5);

function intent(id: string, over: object = {}): Entry {
  return {
    kind: "intent",
    execution_id: id,
    channel: "gateway",
    subject: "alice",
    approval_id: "approval-1",
    approvers: ["bob"],
    token_id: null,
    action: null,
    command: "echo test",
    bundle_sha256: "cd".repeat(32),
    isolation: null,
    decision: "allow",
    violations: [],
    obligations: { run: null, isolation: { profile: null, requires: [] }, limits: null, consume: [], filter: null },
    ...over,
  };
}
const end = (id: string): Entry => ({
  kind: "end",
  execution_id: id,
  outcome: "exited",
  reason: null,
  exit_code: 0,
  signal: null,
  duration_ms: 7,
  stdout_sha256: null,
  stderr_sha256: null,
  output_bytes: 0,
  cpu_ms: null,
  memory_peak_bytes: null,
});
const approved: Entry = {
  kind: "event",
  name: "approval/approved",
  actor: "bob",
  roles: [],
  object: "approval-1",
  detail: {},
};

/** A terminal that keeps what it is given. */
function kept(json = false): Terminal & { readonly lines: string[]; readonly notes: string[] } {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    json,
    colour: false,
    out: (line) => lines.push(line),
    note: (line) => notes.push(line),
    progress: () => undefined,
    paint: (_, text) => text,
  };
}

let home: string;
let keys: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "lockkeeper-audit-cli-"));
  keys = join(home, "keys.json");
  const made = await changeKeyFile(keys, (set) =>
    addKey(set, { purpose: "checkpoint", alg: "EdDSA" }, systemClock, systemRandom),
  );
  if (!made.ok) throw new Error("no keys");
});
afterAll(() => rm(home, { recursive: true }));

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(home, "log-"));
  file = join(folder, "log.jsonl");
  let atMs = startMs;
  const clock = {
    nowMs: () => {
      atMs += 1000;
      return atMs;
    },
  };
  await using log = await openJsonlLog(file, "w1", clock);
  await log.append(approved);
  for (const id of ["execution-1", "execution-2"]) {
    await log.append(intent(id));
    await log.append(end(id));
  }
});

const flags = () => ({ file, keys, origin, witness: none });
const checkpoint = () => checkpointLog(flags(), kept());

describe("verify", () => {
  // @requirement SBX-50
  it("says good with 0, and where it was changed with 2", async () => {
    const good = kept();
    expect(await verifyLog(flags(), good)).toBe(0);
    expect(good.lines).toEqual([
      "note  there is no checkpoint: a log that was cut off at its end or written anew looks good",
      "good  5 entries by 1 writers, 0 checkpoints",
    ]);
    await writeFile(file, (await readFile(file, "utf8")).replace('"subject":"alice"', '"subject":"mallory"'));
    const bad = kept();
    expect(await verifyLog(flags(), bad)).toBe(2);
    expect(bad.lines).toEqual([
      "bad   changed, writer w1, entry 2, line 2: entry 3 was chained to something else than what is here now",
      "note  there is no checkpoint: a log that was cut off at its end or written anew looks good",
      "CHANGED  5 entries by 1 writers, 0 checkpoints",
    ]);
    const json = kept(true);
    expect(await verifyLog(flags(), json)).toBe(2);
    expect(JSON.parse(json.lines[0] ?? "")).toMatchObject({
      ok: false,
      findings: [{ code: "changed", seq: 2, row: 2 }],
    });
  });

  it("holds checkpoints and witnesses against it, with any form of the key", async () => {
    const witness = join(folder, "witness");
    expect(await checkpointLog({ ...flags(), witness: [witness] }, kept())).toBe(0);
    const set = await readKeyFile(keys);
    if (!set.ok) throw new Error("no keys");
    const jwks = join(folder, "public.jwks");
    await writeFile(jwks, JSON.stringify(publicJwks(set.value, 0)));
    const pem = join(folder, "public.pem");
    await writeFile(pem, set.value.keys[0]?.verifyKey.export({ type: "spki", format: "pem" }) ?? "");
    for (const key of [keys, jwks, pem]) {
      const terminal = kept();
      expect(await verifyLog({ ...flags(), keys: key, witness: [witness] }, terminal)).toBe(0);
      expect(terminal.lines).toEqual([
        "good  5 entries by 1 writers, 1 checkpoints, 0 entries after the last checkpoint",
      ]);
    }
    const other = join(folder, "other.pem");
    await writeFile(other, generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }));
    expect(await verifyLog({ ...flags(), keys: other }, kept())).toBe(2);
    await writeFile(`${file}.checkpoints`, "garbage\n");
    expect(await verifyLog({ ...flags(), witness: [witness] }, kept())).toBe(2);
    await rm(`${file}.checkpoints`);
    const older = kept();
    expect(await verifyLog({ ...flags(), witness: [witness] }, older)).toBe(2);
    expect(older.lines[0]).toContain("rolled_back");
  });

  it("refuses a key of another kind, a log that is not there, and two logs", async () => {
    const ec = join(folder, "ec.pem");
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await writeFile(ec, publicKey.export({ type: "spki", format: "pem" }));
    await expect(verifyLog({ ...flags(), keys: ec }, kept())).rejects.toThrow("an Ed25519 key is expected");
    await expect(verifyLog({ ...flags(), file: join(folder, "none") }, kept())).rejects.toThrow(
      "there is no such file",
    );
    await expect(verifyLog({ origin, keys, witness: none }, kept())).rejects.toThrow("say where the log is");
    await expect(verifyLog({ ...flags(), sqlite: file }, kept())).rejects.toThrow("say where the log is");
    await expect(verifyLog({ ...flags(), witness: ["http://"] }, kept())).rejects.toThrow("this is no address");
    expect(await readdir(folder)).toEqual(["ec.pem", "log.jsonl"]);
  });

  it("reads a SQLite file, too", async () => {
    const sqlite = join(folder, "store.db");
    const store = openSqliteStore(sqlite, { writer: "w1", clock: systemClock });
    await store.audit.append(intent("execution-1"));
    await store.audit.append(end("execution-1"));
    await store.close();
    const where = { sqlite, keys, origin, witness: none };
    expect(await checkpointLog(where, kept())).toBe(0);
    const terminal = kept();
    expect(await verifyLog(where, terminal)).toBe(0);
    expect(terminal.lines.at(-1)).toBe(
      "good  2 entries by 1 writers, 1 checkpoints, 0 entries after the last checkpoint",
    );
    expect(await showExecution("execution-1", where, kept())).toBe(0);
  });
});

describe("checkpoint", () => {
  it("says what it made, that nothing is new, and who could not be told", async () => {
    const terminal = kept();
    expect(await checkpointLog(flags(), terminal)).toBe(0);
    expect(await checkpointLog(flags(), terminal)).toBe(0);
    expect(terminal.lines).toEqual(["checkpoint over 1 writers' chains", "nothing is new since the last checkpoint"]);
    await appendFile(file, "");
    await using log = await openJsonlLog(file, "w2", systemClock);
    await log.append(approved);
    const away = kept();
    expect(await checkpointLog({ ...flags(), witness: ["/dev/full"] }, away)).toBe(1);
    expect(away.lines[1]).toContain("untold  /dev/full");
  });

  it("ends with 2 on a log that is not what the last one says", async () => {
    await checkpoint();
    await writeFile(file, (await readFile(file, "utf8")).split("\n").slice(0, 3).join("\n").concat("\n"));
    const failure = await checkpointLog(flags(), kept()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailure);
    expect(failure).toMatchObject({ exitCode: 2, problems: [{ code: "audit/invalid" }] });
  });
});

// @requirement MEX-05
describe("show", () => {
  it("retraces an execution with its approval, or all executions of an approval", async () => {
    const terminal = kept();
    expect(await showExecution("execution-1", { file }, terminal)).toBe(0);
    expect(terminal.lines.slice(0, 5)).toEqual([
      "execution  execution-1",
      "asked      by alice over gateway at 2026-01-05T00:00:02.000Z, without a token",
      "command    echo test",
      "approved   by bob, as approval approval-1",
      "           approval/approved by bob at 2026-01-05T00:00:01.000Z",
    ]);
    const all = kept(true);
    expect(await showExecution("approval-1", { file }, all)).toBe(0);
    const { executions } = JSON.parse(all.lines[0] ?? "");
    expect(executions).toMatchObject([{ execution_id: "execution-1" }, { execution_id: "execution-2" }]);
    await expect(showExecution("execution-9", { file }, kept())).rejects.toThrow("nothing is recorded");
  });

  it("names the lines of rules of the bundle that decided, and says where it is another", {
    timeout: 120_000,
  }, async () => {
    const violation = { rule: "command/not_allowed", message: "no", requirements: [], detail: {} };
    await using log = await openJsonlLog(file, "w2", systemClock);
    await log.append(intent("execution-8", { decision: "deny", approval_id: null, violations: [violation] }));
    const terminal = kept();
    expect(await showExecution("execution-8", { file }, terminal)).toBe(0);
    expect(terminal.notes).toEqual([
      "note: the policies here are not the bundle that decided; lines of its rules are not told",
    ]);
    expect(terminal.lines).toContain("           command/not_allowed: no");
  });

  it("ends with 2 where an entry cannot be read", async () => {
    await writeFile(file, (await readFile(file, "utf8")).replace('"subject":"alice"', '"subject":5'));
    await expect(showExecution("execution-1", { file }, kept())).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe("tail and export", () => {
  it("prints the newest entries, for people or as they are stored", async () => {
    const terminal = kept();
    expect(await tailLog({ file, lines: 2 }, terminal)).toBe(0);
    expect(terminal.lines).toEqual([
      "2026-01-05T00:00:04.000Z  intent  allow  execution-2  alice  echo test",
      "2026-01-05T00:00:05.000Z  end            execution-2  exited  exit code 0  7 ms",
    ]);
    const json = kept(true);
    await tailLog({ file, lines: 5 }, json);
    expect(`${json.lines.join("\n")}\n`).toBe(await readFile(file, "utf8"));
  });

  it("follows what comes, of every writer", async () => {
    const terminal = kept();
    const stop = new AbortController();
    const followed = tailLog({ file, lines: 1, follow: true }, terminal, stop.signal);
    const printed = async (count: number) => {
      while (terminal.lines.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    await printed(1);
    await using log = await openJsonlLog(file, "w2", systemClock);
    await log.append(approved);
    await printed(2);
    stop.abort();
    expect(await followed).toBe(0);
    expect(terminal.lines.slice(1)).toEqual([expect.stringContaining("approval/approved  bob")]);
  });

  it("exports what is of a time", async () => {
    const out = join(folder, "out.jsonl");
    const terminal = kept();
    const range = { from: "2026-01-05T00:00:02Z", to: "2026-01-05T00:00:04Z" };
    expect(await exportLog({ file, out, ...range }, terminal)).toBe(0);
    const all = (await readFile(file, "utf8")).split("\n");
    expect(await readFile(out, "utf8")).toBe(`${all[1]}\n${all[2]}\n`);
    expect(terminal.notes).toEqual(["2 entries"]);
    await expect(exportLog({ file, out }, kept())).rejects.toThrow("there is a file already");
    await appendFile(file, "garbage\n");
    expect(await exportLog({ file, out: join(folder, "more.jsonl") }, terminal)).toBe(2);
  });

  it("takes dates and moments, and nothing else", () => {
    expect(momentOf("2026-01-05")).toBe(startMs);
    expect(momentOf("2026-01-05T01:00:00+01:00")).toBe(startMs);
    for (const text of ["", "yesterday", "2026-13-01", "5", "2026-01-05T01:00:00"]) {
      expect(() => momentOf(text)).toThrow("this is no date");
    }
  });
});

// @requirement MEX-04
describe("prove", () => {
  it("writes a proof that verifies without the log, and no other", async () => {
    const out = join(folder, "proof.json");
    await expect(proveExecution("execution-1", { ...flags(), out }, kept())).rejects.toMatchObject({ exitCode: 2 });
    await checkpoint();
    expect(await proveExecution("execution-1", { ...flags(), out }, kept())).toBe(0);
    const proof = join(home, "elsewhere.json");
    await copyFile(out, proof);
    const terminal = kept();
    expect(await verifyProofFile(proof, { keys, origin }, terminal)).toBe(0);
    expect(terminal.lines).toEqual([
      "proven  2026-01-05T00:00:02.000Z  intent  allow  execution-1  alice  echo test",
      "proven  2026-01-05T00:00:03.000Z  end            execution-1  exited  exit code 0  7 ms",
    ]);
    await writeFile(proof, (await readFile(proof, "utf8")).replace("alice", "mallory"));
    const bad = kept(true);
    expect(await verifyProofFile(proof, { keys, origin }, bad)).toBe(2);
    expect(JSON.parse(bad.lines[0] ?? "")).toEqual({
      ok: false,
      reason: "entry 1 of the proof: it does not lead to the record",
    });
    await writeFile(proof, "{}");
    expect(await verifyProofFile(proof, { keys, origin }, kept())).toBe(2);
    await writeFile(proof, "{");
    await expect(verifyProofFile(proof, { keys, origin }, kept())).rejects.toThrow();
  });
});

// @requirement SBX-53
describe("archive and retain", () => {
  it("archives, removes, and verifies both", async () => {
    const to = join(folder, "old.jsonl.gz");
    const terminal = kept();
    const archive = { ...flags(), before: "2026-01-05T00:00:04Z", to, remove: true as const };
    expect(await archiveOld(archive, terminal)).toBe(0);
    expect(terminal.lines).toEqual([`3 entries of 1 writers in ${to}, removed from the log`]);
    expect(await verifyArchive(to, { keys, origin }, kept())).toBe(0);
    const live = kept();
    expect(await verifyLog(flags(), live)).toBe(0);
    expect(live.lines.at(-1)).toBe("good  3 entries by 2 writers, 2 checkpoints, 1 entries after the last checkpoint");
    await writeFile(to, "garbage");
    await expect(verifyArchive(to, { keys, origin }, kept())).rejects.toThrow();
  });

  it("says what retention asks for, and does it only where told to", async () => {
    const archives = join(folder, "archives");
    await mkdir(archives);
    const asked = { ...flags(), archives, liveDays: 30, archiveDays: 90, hold: none, remove: true as const };
    const plan = kept();
    expect(await retainLog(asked, plan)).toBe(0);
    expect(plan.lines).toEqual([expect.stringMatching(/^archive {2}what is before 20/)]);
    expect(await readdir(archives)).toEqual([]);
    expect(await retainLog({ ...asked, apply: true }, kept())).toBe(0);
    const [name = ""] = await readdir(archives);
    expect(name).toMatch(/^audit-\d{8}T\d{6}Z\.jsonl\.gz$/);
    const gone = { ...asked, liveDays: 0, archiveDays: 0, apply: true as const };
    const held = kept();
    expect(await retainLog({ ...gone, liveDays: 10_000, hold: ["2026-01-01..2026-02-01=incident 7"] }, held)).toBe(0);
    const due = kept();
    const hold = ["2026-01-01..=incident 7"];
    expect(await retainLog({ ...asked, liveDays: 1, archiveDays: 1, hold }, due)).toBe(0);
    expect(due.lines).toContain(`held     ${join(archives, name)}: incident 7`);
    expect(await retainLog({ ...asked, liveDays: 1, archiveDays: 1, apply: true }, kept())).toBe(0);
    expect((await readdir(archives)).filter((one) => one.startsWith(name))).toEqual([]);
    expect(await readFile(file, "utf8")).toContain('"name":"audit/archive_removed"');
    expect(await verifyLog(flags(), kept())).toBe(0);
  });

  it("removes no archive that nobody can vouch for", async () => {
    const archives = join(folder, "archives");
    await mkdir(archives);
    await writeFile(join(archives, "a.gz.note"), "garbage");
    const terminal = kept();
    const asked = { ...flags(), archives, liveDays: 1, archiveDays: 1, hold: none };
    expect(await retainLog(asked, terminal)).toBe(1);
    expect(terminal.lines.at(-1)).toBe(`unread   ${join(archives, "a.gz")}: it is no signed note`);
    await expect(retainLog({ ...asked, hold: ["soon"] }, kept())).rejects.toThrow("this is no date");
    await expect(retainLog({ ...asked, archives: join(folder, "no") }, kept())).rejects.toThrow("cannot be read");
  });
});

describe("the program", { timeout: 120_000 }, () => {
  const run = (...args: readonly string[]) => {
    const root = packageRoot();
    const words = ["--import", join(root, "node_modules/tsx/dist/loader.mjs"), join(root, "src/cli/dev.ts"), "audit"];
    return spawnSync(process.execPath, [...words, ...args], { cwd: folder, encoding: "utf8" });
  };

  it("knows its commands and flags", async () => {
    expect(run("checkpoint", "--file", "log.jsonl", "--keys", keys, "--witness", "w")).toMatchObject({
      status: 0,
      stderr: "",
    });
    const verified = run("verify", "--file", "log.jsonl", "--keys", keys, "--witness", "w", "--json");
    expect([verified.status, JSON.parse(verified.stdout).ok]).toEqual([0, true]);
    const proof = run("prove", "execution-1", "--file", "log.jsonl", "--keys", keys);
    await writeFile(join(folder, "proof.json"), proof.stdout);
    expect(run("verify", "--proof", "proof.json", "--keys", keys)).toMatchObject({ status: 0, stderr: "" });
    expect(run("export", "--file", "log.jsonl").stdout).toBe(await readFile(file, "utf8"));
    expect(run("tail", "--file", "log.jsonl", "-n", "x").status).toBe(1);
    expect(run("verify").stderr).toContain("with one of --file and --sqlite");
  });
});
