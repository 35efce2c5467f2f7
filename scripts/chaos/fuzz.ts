import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Attempt, makeClient } from "./client.js";
import { factsOf } from "./log-check.js";
import type { Seeded } from "./random.js";
import type { Report } from "./report.js";
import { makeWorld, marking, residentBytes } from "./world.js";

/** So many senders at once. */
const senders = 64;
/** So many slow clients are kept waiting at once; the eldest is let go for each that comes. */
const slowClients = 100;
/** How much memory may grow after the first tenth, as a share, and besides. */
const growth = 1.25;
const spareBytes = 24_000_000;
/** How long a sender waits for an answer that need not come, in milliseconds. */
const answerMs = 500;

type Sent = { readonly attempt: boolean; readonly answered: boolean };
type Kind = (where: Where, random: Seeded) => Promise<Sent>;
type Where = { readonly port: number; readonly attempt: Attempt; readonly slow: Socket[] };

/**
 * Random bytes, mutated requests, slow clients and half-closed sockets. The gateway is up afterwards, its memory flat,
 * nothing has run, and every attempt to execute is in the log.
 */
export async function fuzz(
  requests: number,
  random: Seeded,
  program: string,
  progress: (text: string) => void,
): Promise<Report> {
  await using world = await makeWorld("sqlite", program);
  const client = await makeClient(world);
  // The first start compiles the rules, which takes memory of its own.
  await (await world.start()).stop();
  const gateway = await world.start({ LOCKKEEPER_LOG: "error" });
  const faults: string[] = [];
  const attempt = await client.capability(gateway.url, 1);
  if (attempt === undefined) throw new Error("no token could be had");
  // Good in every other way, so that what is sent gets as far as it can.
  const revoker = { authorization: `Bearer ${await world.bearer("ann", "OPERATOR")}` };
  const revoked = await client.ask(gateway.url, `/approvals/${attempt.approvalId}/revoke`, revoker, { reason: "fuzz" });
  if (revoked?.status !== 200) faults.push("the approval could not be revoked");
  const where: Where = { port: Number(new URL(gateway.url).port), attempt, slow: [] };
  const sent = { all: 0, attempts: 0, answered: 0 };
  const warm = Math.ceil(requests / 10);
  let before = 0;
  const send = async () => {
    while (sent.all < requests) {
      sent.all += 1;
      if (sent.all === warm) before = residentBytes(gateway.pid);
      if (sent.all % 1000 === 0) progress(`fuzz: ${sent.all} of ${requests}`);
      const one = await random.pick(kinds)(where, random);
      if (one.attempt) sent.attempts += 1;
      if (one.answered) sent.answered += 1;
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
  for (const socket of where.slow) socket.destroy();
  await sleep(2000);
  const after = residentBytes(gateway.pid);
  const alive = await fetch(`${gateway.url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );
  if (!alive) faults.push("the gateway is not ready any more");
  // The passing twin: what is good still runs.
  const good = await client.capability(gateway.url, 2);
  const ran = good === undefined ? undefined : await client.use(gateway.url, good);
  if (ran?.status !== 200) faults.push("a good request is refused");
  if ((await gateway.stop()) !== 0) faults.push("it did not end as it should");
  if (after > before * growth + spareBytes) faults.push(`memory grew from ${mb(before)} to ${mb(after)} MB`);
  const facts = factsOf(await world.entries());
  if (facts.ran.length !== 1 || world.marks().size !== 1) faults.push(`${facts.ran.length} ran, and one was good`);
  const logged = facts.intents.size - 1;
  if (logged < sent.attempts) faults.push(`${sent.attempts} attempts were answered, and ${logged} are in the log`);
  const fault = await world.fault();
  if (fault !== undefined) faults.push(fault);
  const figures = {
    sent: sent.all,
    answered: sent.answered,
    attempts_answered: sent.attempts,
    attempts_logged: logged,
    resident_before_mb: mb(before),
    resident_after_mb: mb(after),
  };
  return { name: "fuzz", figures, faults };
}

const mb = (bytes: number) => Math.round(bytes / 1e6);

/** A request as it should be. */
function requestText(
  body: Buffer | string,
  headers: Readonly<Record<string, string>>,
  path = "/gateway/execute",
): Buffer {
  const bytes = Buffer.from(body);
  const all = { host: "gateway", connection: "close", "content-length": String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n`), bytes]);
}

const goodBody = ({ attempt }: Where) =>
  JSON.stringify({ command: marking(attempt.n), approval_id: attempt.approvalId });
const goodHeaders = ({ attempt }: Where) => ({
  "content-type": "application/json",
  "x-capability-token": attempt.token,
});

/** Changes, drops, doubles and adds bytes at random places. */
function mutated(bytes: Buffer, random: Seeded): Buffer {
  let out = bytes;
  for (let n = 1 + random.below(4); n > 0; n -= 1) {
    const at = random.below(out.length + 1);
    const [head, tail] = [out.subarray(0, at), out.subarray(at)];
    const changes = [
      () => Buffer.concat([head, random.bytes(1), tail.subarray(1)]),
      () => Buffer.concat([head, tail.subarray(1 + random.below(8))]),
      () => Buffer.concat([head, random.bytes(1 + random.below(8)), tail]),
      () => Buffer.concat([head, tail.subarray(0, 16), tail]),
    ] as const;
    out = random.pick(changes)();
  }
  return out;
}

/** What JSON may hold where a text should be. */
const oddValues = [
  "null",
  "true",
  "-1e999",
  "[]",
  "{}",
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"__proto__"',
  `"${"a".repeat(9000)}"`,
  `${"[".repeat(60)}${"]".repeat(60)}`,
  '["echo","a\\u0000b"]',
  '"echo $(id)"',
  '"ls;id"',
] as const;
const members = [
  "command",
  "approval_id",
  "cwd",
  "env",
  "limits",
  "stdin_base64",
  "include",
  "__proto__",
  "x",
] as const;
const types = ["application/json", "text/plain", "application/xml", "application/json; charset=utf-16", ""] as const;

/** A whole request of which only the body, or a header's value, is odd: it is an attempt, and it is answered. */
const oddRequest: Kind = async (where, random) => {
  const body = random.pick([
    () => mutated(Buffer.from(goodBody(where)), random),
    () => Buffer.from(`{"command":"ls","approval_id":"a","${random.pick(members)}":${random.pick(oddValues)}}`),
    () => random.bytes(random.below(300)),
    () => Buffer.from(goodBody(where)),
  ] as const)();
  const { token } = where.attempt;
  const headers = random.pick([
    () => goodHeaders(where),
    () => ({ ...goodHeaders(where), "x-capability-token": mutatedToken(token, random) }),
    () => ({ ...goodHeaders(where), "content-type": random.pick(types) }),
    () => ({ "content-type": "application/json" }),
  ] as const)();
  const answered = await exchange(where, requestText(body, headers));
  return { attempt: answered, answered };
};

function mutatedToken(token: string, random: Seeded): string {
  const at = random.below(token.length);
  return random.pick([
    () => token.slice(0, at),
    () => `${token.slice(0, at)}${random.pick(["A", "_", ".", "="])}${token.slice(at + 1)}`,
    () => token.split(".").toReversed().join("."),
    () => `${token}${token}`,
  ] as const)();
}

/** A request that is broken anywhere, also where HTTP itself is. */
const brokenRequest: Kind = async (where, random) => {
  const bytes = mutated(requestText(goodBody(where), goodHeaders(where)), random);
  return { attempt: false, answered: await exchange(where, bytes) };
};

const randomBytes: Kind = async (where, random) => {
  return { attempt: false, answered: await exchange(where, random.bytes(1 + random.below(400))) };
};

/** Other routes, with other people's credentials, or none. */
const paths = [
  "/approvals",
  "/v1/data/main/request",
  "/v1/data/system",
  "/pilot/kill-switch",
  "/gateway/../x",
  "/%00",
] as const;
const otherRoute: Kind = async (where, random) => {
  const body = random.pick([() => random.bytes(random.below(100)), () => Buffer.from(goodBody(where))] as const)();
  const headers = {
    "content-type": "application/json",
    authorization: `Bearer ${mutatedToken(where.attempt.token, random)}`,
  };
  return { attempt: false, answered: await exchange(where, requestText(body, headers, random.pick(paths))) };
};

/** Sends a part, says that there is no more, and waits. */
const halfClosed: Kind = async (where, random) => {
  const bytes = requestText(goodBody(where), goodHeaders(where));
  const socket = opened(where);
  socket.end(bytes.subarray(0, random.below(bytes.length)));
  return { attempt: false, answered: await answeredBy(socket) };
};

/** Sends a part, and nothing more; it is left waiting. */
const slowClient: Kind = async (where, random) => {
  const bytes = requestText(goodBody(where), goodHeaders(where));
  const socket = opened(where);
  socket.write(bytes.subarray(0, random.below(bytes.length)));
  where.slow.push(socket);
  if (where.slow.length > slowClients) where.slow.shift()?.destroy();
  return { attempt: false, answered: false };
};

/** Goes away in the middle of it. */
const goneClient: Kind = async (where, random) => {
  const bytes = requestText(goodBody(where), goodHeaders(where));
  const socket = opened(where);
  socket.write(bytes.subarray(0, random.below(bytes.length)), () => socket.resetAndDestroy());
  await new Promise((resolve) => socket.once("close", resolve));
  return { attempt: false, answered: false };
};

const kinds = [
  oddRequest,
  oddRequest,
  oddRequest,
  brokenRequest,
  brokenRequest,
  randomBytes,
  otherRoute,
  halfClosed,
  slowClient,
  goneClient,
] as const;

function opened({ port }: Where): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  return socket;
}

function exchange(where: Where, bytes: Buffer): Promise<boolean> {
  const socket = opened(where);
  socket.write(bytes);
  return answeredBy(socket);
}

/** Whether something came back before the connection ended. */
function answeredBy(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let isAnswered = false;
    const late = setTimeout(() => socket.destroy(), answerMs);
    socket.on("data", (chunk: Buffer) => {
      isAnswered = chunk.subarray(0, 9).toString("latin1") === "HTTP/1.1 " || isAnswered;
      // A broken request may have lost its `connection: close`.
      if (isAnswered) socket.end();
    });
    socket.once("close", () => {
      clearTimeout(late);
      resolve(isAnswered);
    });
  });
}
