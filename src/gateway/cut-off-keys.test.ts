import { afterAll, beforeAll, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { createLogger } from "./redacted-log.js";
import { startTestGateway, type TestGateway } from "./testdata/running-gateway.js";

let sandbox: Sandbox;
let world: TestGateway;
beforeAll(async () => {
  sandbox = await createSandbox();
  world = await startTestGateway({ executor: sandbox });
}, 60_000);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await sandbox?.[Symbol.asyncDispose]();
});

// A private key without its end is taken out to the end of the text that holds it: of that text, and of no other.
const begun = "see -----BEGIN PRIVATE KEY----- MC4CAQAw";

// @requirement EXE-16
it("shows the approval of a command that holds the beginning of a private key, and every other one", async () => {
  const other = await world.approved("echo other");
  const { approval_id, token } = await world.approved(["echo", begun]);
  const bearer = await world.bearer("vera", "VIEWER");
  const read = await world.ask("GET", `/approvals/${approval_id}`, { bearer });
  expect(read).toMatchObject({ status: 200, body: { id: approval_id, action: { argv: ["echo", "see [key]"] } } });
  const listed = await world.ask("GET", "/approvals", { bearer });
  expect(listed.body.approvals.map(({ id }: { id: string }) => id).sort()).toEqual(
    [approval_id, other.approval_id].sort(),
  );
  const ran = await world.execute({ command: ["echo", begun], approval_id }, token);
  expect(ran.body).toMatchObject({ success: true, output: "see [key]" });
});

// @requirement EXE-16
it("keeps a line of the log a line, and takes out a token that stands after a line's end", () => {
  const lines: string[] = [];
  const logger = createLogger("info", (line) => lines.push(line));
  logger.info({ reason: begun, next: "there" }, "a reason");
  logger.info({ reason: "see\neyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.c2ln" }, "a token");
  expect(lines.map((line) => line.at(-1))).toEqual(["\n", "\n"]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { reason: "see [key]", next: "there", msg: "a reason" },
    { reason: "see\n[token]", msg: "a token" },
  ]);
});
