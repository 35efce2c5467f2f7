import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../gateway/testdata/running-gateway.js";
import { plainExecutor } from "../../host/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { approvalLines, approvalRow } from "./approval-lines.js";
import * as work from "./ask-for-approvals.js";

let world: TestGateway;
let here: string;
/** The flags of somebody, with their token in a file. */
const flags: Record<string, { url: string; tokenFile: string }> = {};

beforeAll(async () => {
  here = await mkdtemp(join(tmpdir(), "lockkeeper-approval-"));
  world = await startTestGateway({ executor: { ...plainExecutor, stop: () => false } });
  for (const [id, role] of [
    ["agent", "requester"],
    ["other", "requester"],
    ["ann", "OPERATOR"],
    ["vic", "VIEWER"],
  ] as const) {
    const tokenFile = join(here, id);
    await writeFile(tokenFile, `${await world.bearer(id, role)}\n`);
    flags[id] = { url: world.gateway.url, tokenFile };
  }
}, 60_000);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(here, { recursive: true });
});

const as = (id: string) => flags[id] ?? { url: "", tokenFile: "" };

function screen(json = false) {
  const lines: string[] = [];
  const notes: string[] = [];
  const terminal: Terminal = {
    json,
    colour: false,
    out: (line) => lines.push(line),
    note: (line) => notes.push(line),
    progress: () => undefined,
    paint: (_, text) => text,
  };
  return { lines, notes, terminal };
}

/** What a command printed as JSON. */
async function printed(run: (terminal: Terminal) => Promise<number>) {
  const { lines, terminal } = screen(true);
  expect(await run(terminal)).toBe(0);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "");
}

const ask = async (command = "echo test") => {
  const { approval } = await printed((terminal) =>
    work.request([command], { ...as("agent"), reason: "a test" }, terminal),
  );
  return approval.id;
};

async function failureOf(run: Promise<unknown>): Promise<{ exit: number; code?: string; message?: string }> {
  const error: unknown = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CommandFailure)) throw new Error(`no failure: ${String(error)}`);
  const [problem] = error.problems;
  return { exit: error.exitCode, ...(problem === undefined ? {} : { code: problem.code, message: problem.message }) };
}

describe("lockkeeper approval", () => {
  it("takes a request to its token, through somebody else's yes", async () => {
    const id = await ask();
    const { lines, terminal } = screen();
    expect(await work.say("approve", id, "read it", as("ann"), terminal)).toBe(0);
    expect(lines.filter((line) => /^(state|words|approve|approvers|asked by) /.test(line))).toEqual([
      "state        approved",
      "words        echo test",
      expect.stringMatching(/^asked by {5}agent, .*: a test$/),
      expect.stringMatching(/^approve {6}ann \(OPERATOR\), .*: read it$/),
      "approvers    ann",
    ]);
    const minted = screen();
    expect(await work.token(id, as("agent"), minted.terminal)).toBe(0);
    const [token = ""] = minted.lines;
    expect(minted.lines).toHaveLength(1);
    expect(minted.notes).toEqual([expect.stringMatching(/^good until /)]);
    expect(token.split(".")).toHaveLength(3);
  });

  it("writes a token into a file that only its owner reads, and over none", async () => {
    const id = await ask();
    await work.say("approve", id, "read it", as("ann"), screen().terminal);
    const out = join(here, "run.token");
    const { lines, terminal } = screen(true);
    expect(await work.token(id, { ...as("agent"), out }, terminal)).toBe(0);
    expect(JSON.parse(lines[0] ?? "")).toEqual({ ok: true, expires_at: expect.any(String), file: out });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect((await readFile(out, "utf8")).trim().split(".")).toHaveLength(3);
    expect(await failureOf(work.token(id, { ...as("agent"), out }, terminal))).toMatchObject({
      exit: 1,
      code: "usage/flag",
    });
  });

  it("ends with 2 and the gateway's words where it refuses", async () => {
    const id = await ask();
    const said = (verb: "approve" | "review", who: string) =>
      failureOf(work.say(verb, id, "x", as(who), screen().terminal));
    expect(await said("approve", "vic")).toMatchObject({ exit: 2, code: "access/refused" });
    expect((await said("approve", "agent")).message).toContain("approval.approve, it takes ADMIN or OPERATOR");
    expect(await said("review", "ann")).toMatchObject({ exit: 2, code: "approval/state" });
    expect(await failureOf(work.token(id, as("agent"), screen().terminal))).toMatchObject({ exit: 2 });
    expect(await failureOf(work.show("approval-none", as("vic"), screen().terminal))).toMatchObject({
      exit: 2,
      code: "approval/not_found",
    });
    const bad = work.request(["echo $(id)"], { ...as("agent"), reason: "a test" }, screen().terminal);
    expect(await failureOf(bad)).toMatchObject({ exit: 2, code: "command/syntax" });
  });

  it("rejects, revokes, and lists what is asked for", async () => {
    const [rejected, revoked, pending] = [await ask("echo a"), await ask("echo b"), await ask("echo c")];
    await work.say("reject", rejected, "no need", as("ann"), screen().terminal);
    await work.say("revoke", revoked, "changed my mind", as("agent"), screen().terminal);
    const ids = async (who: string, more: object = {}) => {
      const { approvals } = await printed((terminal) => work.list({ ...as(who), limit: 50, ...more }, terminal));
      return approvals.map(({ id }: { id: string }) => id);
    };
    expect(await ids("vic", { state: "rejected" })).toEqual([rejected]);
    expect(await ids("vic", { state: "revoked", requestedBy: "agent" })).toEqual([revoked]);
    expect(await ids("agent", { state: "pending" })).toContain(pending);
    expect(await ids("other")).toEqual([]);
    expect(await ids("vic", { reviewDue: true })).toEqual([]);
    const { lines, notes, terminal } = screen();
    await work.list({ ...as("vic"), limit: 1, state: "pending" }, terminal);
    expect(lines).toHaveLength(1);
    expect(notes).toEqual([expect.stringMatching(/^there are more: --after /)]);
    const none = screen();
    await work.list({ ...as("other"), limit: 1 }, none.terminal);
    expect(none.lines).toEqual(["none"]);
  });

  it("asks for words as they are, with everything that goes with them", async () => {
    const more = {
      reason: "a test",
      argv: true as const,
      task: "task-1",
      ttlS: 60,
      cwd: world.folder,
      profile: "readonly",
    };
    const { approval } = await printed((terminal) =>
      work.request(["echo", "a b", "$(id)"], { ...as("agent"), ...more }, terminal),
    );
    expect(approval).toMatchObject({
      command: null,
      task: "task-1",
      action: { argv: ["echo", "a b", "$(id)"], cwd: world.folder, profile: "readonly" },
      approvers: [],
    });
    expect(approval.cmd_hash).toBe(approval.action.cmd_hash);
    expect(approval.expires_ms - approval.requested_at_ms).toBe(60_000);
    const two = work.request(["echo", "test"], { ...as("agent"), reason: "a test" }, screen().terminal);
    expect(await failureOf(two)).toMatchObject({ exit: 1, code: "usage/flag", message: "a command is one text" });
    const glass = work.request(["echo a"], { ...as("agent"), reason: "now", breakGlass: true }, screen().terminal);
    expect(await failureOf(glass)).toMatchObject({ exit: 2, code: "access/refused" });
  });
});

describe("whom it asks", () => {
  let elsewhere: Server;
  let url: string;
  /** What the stranger answers, and what it was told. */
  const stranger = { status: 200, headers: {} as Record<string, string>, body: "{}", told: [] as string[] };
  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      stranger.told.push(`${request.method} ${request.url}`);
      response.writeHead(stranger.status, stranger.headers).end(stranger.body);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const address = elsewhere.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  });
  afterAll(() => new Promise((resolve) => elsewhere.close(resolve)));

  const shown = (more: object = {}) =>
    failureOf(work.show("a/../b", { ...as("vic"), url, ...more }, screen().terminal));

  it.each([
    ["an object that is no approval", 200, "{}", "schema/invalid"],
    ["a list", 200, "[]", "internal/io"],
    ["a page", 200, "<html></html>", "internal/io"],
    ["two answers in one", 200, '{"id": 1, "id": 2}', "internal/io"],
    ["more than anybody wants to read", 200, `{"id": "${"x".repeat(5_000_000)}"}`, "internal/io"],
    ["a broken inside", 500, '{"error": "Something went wrong inside", "code": "internal/bug"}', "internal/bug"],
  ])("is told with 1 where %s answers", async (_, status, body, code) => {
    Object.assign(stranger, { status, body, headers: {} });
    expect(await shown()).toMatchObject({ exit: 1, code });
  });

  it("is told with 2 and any code where it refuses in a word of its own", async () => {
    Object.assign(stranger, { status: 403, body: '{"error": "No", "code": "area/rule"}', headers: {} });
    expect(await shown()).toEqual({ exit: 2, code: "access/refused", message: "No (area/rule)" });
    Object.assign(stranger, { status: 404, body: "{}" });
    expect(await shown()).toEqual({ exit: 2, code: "access/refused", message: "HTTP 404" });
  });

  it("gets no token where a gateway sends us on, and an id never leaves its place in the path", async () => {
    Object.assign(stranger, { status: 307, body: "{}", headers: { location: `${url}/stolen` }, told: [] });
    expect(await shown()).toMatchObject({ exit: 1, code: "internal/io" });
    expect(stranger.told).toEqual(["GET /approvals/a%2F..%2Fb"]);
  });

  it.each(["ftp://127.0.0.1", "not an address", "http://ann@127.0.0.1"])("has to have an address: %s", async (bad) => {
    expect(await shown({ url: bad })).toMatchObject({ exit: 1, code: "usage/flag" });
  });

  it("is asked by somebody: a file that is not there, or holds no token, is none", async () => {
    expect(await shown({ tokenFile: join(here, "nobody") })).toMatchObject({ exit: 1, code: "usage/missing" });
    const file = join(here, "two-lines");
    await writeFile(file, "a\r\nHost: b");
    expect(await shown({ tokenFile: file })).toMatchObject({ exit: 1, code: "usage/flag" });
  });

  it("is told of where nobody listens", async () => {
    const { message, ...rest } = await shown({ url: "http://127.0.0.1:1" });
    expect(rest).toEqual({ exit: 1, code: "internal/io" });
    expect(message).toContain("127.0.0.1:1 does not answer");
  });

  it("is warned of where the token goes over the network in the clear", async () => {
    const { notes, terminal } = screen();
    const url = "http://0.0.0.0:1";
    await failureOf(work.show("a", { ...as("vic"), url }, terminal));
    expect(notes).toEqual(["note: the token goes to 0.0.0.0:1 unencrypted"]);
  });
});

describe("what somebody who decides sees", () => {
  it("is each word as it will run, on one line, with nothing that could drive a terminal", async () => {
    const { approval } = await printed((terminal) =>
      work.request(
        ["grep", "-n", "a b", "", "\u001b[2Jx\n\u202etxt.sh", "…"],
        { ...as("agent"), reason: "two\nlines\u0007", argv: true },
        terminal,
      ),
    );
    const lines = approvalLines(approval);
    const words = String.raw`grep -n "a b" "" "\u001b[2Jx\n\u{202e}txt.sh" "…"`;
    expect(lines).toContain(`words        ${words}`);
    expect(lines.join("")).toContain(String.raw`two\nlines\u{7}`);
    expect(approvalRow(approval)).toBe(`${approval.id}  pending   agent  ${words}`);
    expect(lines.every((line) => /^[^\p{C}]*$/u.test(line))).toBe(true);
    expect(lines).toContain("approvers    nobody yet");
  });

  it("is also what stands beside the words, and what came of it", async () => {
    const { approval } = await printed((terminal) => work.show(awaited, as("vic"), terminal));
    const lines = approvalLines({
      ...approval,
      break_glass: true,
      action: { ...approval.action, env: { LANG: "C C" }, limits: { wall_ms: 5 }, stdin_sha256: "a".repeat(64) },
      review: { state: "due", by: null, at_ms: null, note: null },
      execution_id: "execution-1",
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        "state        pending, by broken glass",
        'environment  LANG="C C"',
        'limits       {"wall_ms":5}',
        `input        ${"a".repeat(64)}`,
        "review       due",
        "execution    execution-1",
      ]),
    );
    const done = { state: "done" as const, by: "ann", at_ms: 0, note: "it was needed" };
    expect(approvalLines({ ...approval, review: done })).toContain(
      "review       ann, 1970-01-01T00:00:00.000Z: it was needed",
    );
  });
  let awaited: string;
  beforeAll(async () => {
    awaited = await ask("echo seen");
  });
});
