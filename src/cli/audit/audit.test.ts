import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { packageRoot, systemClock } from "../../host/index.js";
import { openJsonlLog, openSqliteStore } from "../../store/index.js";
import { publicJwks, readKeyFile } from "../../token/index.js";
import { CommandFailure } from "../terminal.js";
import { checkpointLog } from "./checkpoint-log.js";
import { showExecution } from "./show-execution.js";
import { approved, end, intent, kept, newKeys, newLog } from "./testdata/small-log.js";
import { verifyLog } from "./verify-log.js";

const origin = "lockkeeper/audit";
const none: readonly string[] = [];

let home: string;
let keys: string;
let folder: string;
let file: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "lockkeeper-audit-cli-"));
  keys = await newKeys(home);
});
beforeEach(async () => {
  ({ folder, file } = await newLog(home));
});
afterAll(() => rm(home, { recursive: true }));

const flags = () => ({ file, keys, origin, witness: none });

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
    const twice = "say once where the log is";
    await expect(verifyLog({ ...flags(), sqlite: file }, kept())).rejects.toThrow(twice);
    await expect(verifyLog({ ...flags(), config: file }, kept())).rejects.toThrow(twice);
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
    await using log = await openJsonlLog(file, "w2", systemClock);
    await log.append(approved);
    const away = kept();
    expect(await checkpointLog({ ...flags(), witness: ["/dev/full"] }, away)).toBe(1);
    expect(away.lines[1]).toContain("untold  /dev/full");
  });

  it("ends with 2 on a log that is not what the last one says", async () => {
    await checkpointLog(flags(), kept());
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
    expect(run("verify").stderr).toContain("with one of --config, --file, --sqlite and --database-url");
  });
});
