import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway } from "../../gateway/testdata/running-gateway.js";
import { packageRoot } from "../../host/index.js";
import { createSandbox, type Sandbox } from "../../sandbox/index.js";
import { diffPolicy } from "./diff-policy.js";
import { recordingTerminal } from "./testdata/fixture.js";

const shipped = join(packageRoot(), "policies");

/** What a running gateway decided: the line of each decision in its log, by the command that it was about. */
let folder: string;
let log: string;
let rows: Readonly<Record<string, number>>;
let lines: number;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-decided-"));
  await mkdir(join(folder, "gateway"));
  log = join(folder, "gateway", "decisions.jsonl");
  const yaml = "schema: lockkeeper/config/v1\ngateway:\n  decision_log: decisions.jsonl\n";
  const world = await startTestGateway({ executor: sandbox, yaml, folder: join(folder, "gateway") });
  for (const command of ["echo kept", "date", "rm marker", ["echo", "eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.c2ln"]]) {
    const { approval_id, token } = await world.approved(command);
    await world.execute({ command, approval_id }, token);
  }
  await world.gateway[Symbol.asyncDispose]();
  await chmod(folder, 0o700);
  const events = (await readFile(log, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  lines = events.length;
  rows = Object.fromEntries(
    events.flatMap(({ path, input }, at) => (path === "main/request" ? [[input.action.argv.join(" "), at + 1]] : [])),
  );
}, 60_000);
afterAll(async () => {
  await sandbox?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function compared(change: (policies: string) => Promise<void>) {
  const policies = await mkdtemp(join(folder, "policies-"));
  await cp(shipped, policies, { recursive: true });
  await change(policies);
  const terminal = recordingTerminal(true);
  // A search of one input finds nothing: whatever is shown was recorded.
  const flags = { policies, against: shipped, decisions: [log], evaluations: 1, seconds: 600, seed: 1 };
  const code = await diffPolicy(flags, terminal);
  return { code, document: JSON.parse(terminal.text()) };
}

describe("policy diff over what a running gateway decided", { timeout: 120_000 }, () => {
  it("replays every decision but the one that a token was taken out of", async () => {
    const { code, document } = await compared(async () => undefined);
    expect(code).toBe(0);
    expect(document).toMatchObject({ ok: true, differences: [], replayed: lines - 1, skipped: 1 });
    // Each command was asked for, approved, minted and executed.
    expect(lines).toBeGreaterThanOrEqual(16);
    expect(Object.keys(rows).sort()).toEqual(["date", "echo [token]", "echo kept", "rm marker"]);
    expect((await stat(log)).mode & 0o777).toBe(0o600);
  });

  it("shows what would no longer run, and the line that says that it did", async () => {
    const { code, document } = await compared((policies) =>
      replaced(join(policies, "command", "programs", "system.yaml"), "\ndate:", "\nno-date:"),
    );
    expect(code).toBe(0);
    const [first] = document.differences;
    expect(first).toMatchObject({ kind: "tightened", recorded: [{ file: log, row: rows.date }] });
    expect(first.input.action.argv).toEqual(["date"]);
  });

  it("shows who approved, and would not be let any more", async () => {
    const { document } = await compared((policies) =>
      replaced(join(policies, "access", "roles.yaml"), "approve: {roles: [OPERATOR]}", "approve: {roles: [ADMIN]}"),
    );
    const [first] = document.differences;
    expect(first).toMatchObject({ kind: "tightened", entrypoint: "access", recorded: [{ file: log }, {}, {}, {}] });
    expect(first.input).toMatchObject({ subject: { roles: ["OPERATOR"] }, permission: "approval.approve" });
  });
});

async function replaced(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, "utf8");
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await writeFile(file, text.replace(from, to));
}
