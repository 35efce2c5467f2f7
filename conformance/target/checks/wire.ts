import { bodyOf, unusedGrant } from "../attempts.js";
import { bypassed, failed, passed, type TargetCheck, type TargetSuite, type Verdict } from "../check.js";
import { openRawSocket } from "../raw-socket.js";
import type { Granted, Target } from "../target.js";
import { watched } from "../witness.js";

/** A request's head and body as bytes on the wire. */
function wireOf({ endpoint }: Target, granted: Granted, length?: string) {
  const body = JSON.stringify(bodyOf(granted));
  const head = [
    "POST /gateway/execute HTTP/1.1",
    `Host: ${new URL(endpoint.url).host}`,
    "Content-Type: application/json",
    `X-Capability-Token: ${granted.token}`,
  ];
  const said = length ?? `Content-Length: ${Buffer.byteLength(body)}`;
  return { head, said, body };
}

/** Sends pieces, closes our half, and sees that nothing ran and that the gateway is still there. */
async function cutOff(target: Target, pieces: (granted: Granted) => readonly string[]): Promise<Verdict> {
  const granted = await unusedGrant(target);
  const { effects } = await watched(target.observers, async () => {
    using socket = await openRawSocket({ ...target.endpoint, timeoutMs: waitMs });
    for (const piece of pieces(granted)) await socket.write(piece).catch(() => undefined);
    socket.halfClose();
    await socket.rest();
    return [];
  });
  return effects > 0 ? bypassed("it ran") : answersStill(target);
}

/** How long an answer to a broken request is waited for; none need come. */
const waitMs = 2_000;

async function answersStill(target: Target): Promise<Verdict> {
  const answer = await target.execute({}, null);
  return answer.status >= 400 && answer.status < 500 ? passed : failed(`it no longer answers well: ${answer.status}`);
}

type Wire = ReturnType<typeof wireOf>;
const text = ({ head, said }: Wire) => `${[...head, said].join("\r\n")}\r\n\r\n`;

const cuts: readonly (readonly [string, string, (target: Target, granted: Granted) => readonly string[]])[] = [
  ["half-head", "a head that ends half-way", (target, granted) => [text(wireOf(target, granted)).slice(0, -20)]],
  [
    "half-body",
    "a body that ends half-way",
    (target, granted) => {
      const wire = wireOf(target, granted);
      return [text(wire), wire.body.slice(0, wire.body.length / 2)];
    },
  ],
  [
    "bytewise",
    "a body that comes byte by byte, and never whole",
    (target, granted) => {
      const wire = wireOf(target, granted);
      return [text(wire), ...wire.body.slice(0, -1)];
    },
  ],
  [
    "chunk",
    "chunks whose length is no number",
    (target, granted) => {
      const wire = wireOf(target, granted, "Transfer-Encoding: chunked");
      return [text(wire), `zz\r\n${wire.body}\r\n0\r\n\r\n`];
    },
  ],
  [
    "both-lengths",
    "a length and chunks at once",
    (target, granted) => {
      const wire = wireOf(target, granted);
      const both = { ...wire, said: `${wire.said}\r\nTransfer-Encoding: chunked` };
      return [text(both), `${wire.body.length.toString(16)}\r\n${wire.body}\r\n0\r\n\r\n`];
    },
  ],
  [
    "two-lengths",
    "two lengths that differ",
    (target, granted) => {
      const wire = wireOf(target, granted);
      return [text({ ...wire, said: `${wire.said}\r\nContent-Length: 2` }), wire.body];
    },
  ],
  [
    "negative",
    "a negative length",
    (target, granted) => {
      const wire = wireOf(target, granted, "Content-Length: -1");
      return [text(wire), wire.body];
    },
  ],
  ["binary", "bytes that are no HTTP", () => ["\0\u0001\u0002\r\n\r\n\r\n\u007f".repeat(50)]],
];

const cutChecks = cuts.map(
  ([id, title, pieces]): TargetCheck => ({
    id: `http-wire-${id}`,
    title: `runs nothing for ${title}`,
    requirements: ["EXE-18"],
    needs: [],
    run: (target) => cutOff(target, (granted) => pieces(target, granted)),
  }),
);

/** Requests that are begun and not ended. */
const slowClients = 32;

const slow: TargetCheck = {
  id: "http-wire-slow",
  title: `answers others while ${slowClients} requests are begun and not ended`,
  requirements: ["EXE-18"],
  twin: true,
  needs: [],
  run: async (target) => {
    using open = new DisposableStack();
    const wire = wireOf(target, await unusedGrant(target));
    for (let count = 0; count < slowClients; count++) {
      const socket = open.use(await openRawSocket(target.endpoint));
      await socket.write(`${text(wire)}${wire.body.slice(0, 3)}`);
    }
    const granted = await target.grant(target.config.commands.allowed.command);
    const answer = await target.execute(bodyOf(granted), granted.token);
    return answer.status === 200 ? passed : failed(`another request is refused: ${answer.status}`);
  },
};

/** What is wrong below the body. */
export const wireSuite: TargetSuite = { file: "conformance/target/checks/wire.ts", checks: [...cutChecks, slow] };
