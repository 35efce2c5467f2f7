import { bodyOf } from "../attempts.js";
import { failed, passed, type TargetCheck, type TargetSuite, type Verdict } from "../check.js";
import type { Exchange, Target } from "../target.js";

/** A frame of a stack, as the common runtimes print it. */
const stackFrames = [
  /\bat (?:[\w.<>$ ]+ \()?(?:file:\/\/|node:|\/)[^\s)]+:\d+:\d+/,
  /Traceback \(most recent call last\)/,
  /^goroutine \d+ \[/m,
  /"stack"\s*:/,
];
/** A program's source by its path on the server. */
const serverPath = /(?<![\w.:/-])\/(?:[\w.@-]+\/)+[\w.@-]+\.(?:[cm]?[jt]s|py|go|rb|rs|java|php)\b/;

/** What shows in an answer that must not; undefined where nothing does. */
export function stackIn(text: string): string | undefined {
  const unescaped = text.replaceAll("\\n", "\n");
  return stackFrames.map((frame) => frame.exec(unescaped)?.[0]).find((found) => found !== undefined);
}

/** A path of the server's code in a text. */
export function serverPathIn(text: string): string | undefined {
  return serverPath.exec(text)?.[0];
}

/** The least of a token that would be a leak: its signature, or its payload. */
export function tokenIn(text: string, tokens: Iterable<string>): string | undefined {
  for (const token of tokens) {
    const parts = token
      .split(".")
      .slice(1)
      .filter((part) => part.length >= 32);
    if (parts.some((part) => text.includes(part))) return `${token.slice(0, 8)}…`;
  }
  return undefined;
}

/** Looks through every answer of the run that was a refusal, or not one that hands out a token. */
function sweep(exchanges: readonly Exchange[], look: (exchange: Exchange) => string | undefined): Verdict {
  for (const exchange of exchanges) {
    const found = look(exchange);
    const { request, answer } = exchange;
    if (found !== undefined) return failed(`${request.method} ${request.path}: ${answer.status} shows ${found}`);
  }
  return exchanges.length > 0 ? passed : failed("nothing was asked");
}

const isRefusal = ({ answer }: Exchange) => answer.status >= 400;
/** Approvals hand out tokens, and show the command that they are for to whoever is to approve it. */
const isApproval = ({ request, answer }: Exchange) => answer.status < 300 && request.path.startsWith("/approvals");
/** Headers show as well. */
const whole = ({ answer }: Exchange) => `${JSON.stringify(answer.headers)}\n${answer.text}`;

const sweeps: readonly TargetCheck[] = [
  {
    id: "http-leaks-token",
    title: "shows no token in any answer but those about its approval",
    requirements: ["EXE-16"],
    needs: [],
    run: async ({ exchanges, tokens }) =>
      sweep(
        exchanges.filter((one) => !isApproval(one)),
        (one) => (tokenIn(whole(one), tokens) === undefined ? undefined : "a token"),
      ),
  },
  {
    id: "http-leaks-stack",
    title: "shows no stack trace in any answer",
    requirements: ["EXE-16"],
    needs: [],
    run: async ({ exchanges }) =>
      sweep(exchanges.filter(isRefusal), (one) => (stackIn(whole(one)) === undefined ? undefined : "a stack trace")),
  },
  {
    id: "http-leaks-path",
    title: "shows no path of its own code in any refusal",
    requirements: ["EXE-16"],
    needs: [],
    run: async ({ exchanges }) => sweep(exchanges.filter(isRefusal), (one) => serverPathIn(whole(one))),
  },
  {
    id: "http-leaks-server-error",
    title: "answers nothing that was asked with a server error",
    requirements: ["EXE-18"],
    needs: [],
    run: async ({ exchanges }) =>
      sweep(exchanges, ({ answer }) => (answer.status >= 500 && answer.status !== 503 ? "a server error" : undefined)),
  },
];

async function echoed(target: Target): Promise<Verdict> {
  const secret = (await target.grant(target.config.commands.allowed.command)).token;
  const granted = await target.grant(["echo", secret]);
  const answer = await target.execute(bodyOf(granted), granted.token);
  return tokenIn(answer.text, [secret]) === undefined ? passed : failed("its output shows a token");
}

const output: TargetCheck = {
  id: "http-leaks-output",
  title: "shows no token in what a command gives back",
  requirements: ["EXE-16"],
  needs: ["arguments", "approvals", "person:requester", "person:approver"],
  run: echoed,
};

const metrics: TargetCheck = {
  id: "http-leaks-metrics",
  title: "says on its metrics page how much, and neither who nor what",
  requirements: ["EXE-16"],
  needs: ["metrics", "person:metrics"],
  run: async (target) => {
    const { config, tokens } = target;
    const path = config.metrics_url ?? "/metrics";
    const closed = await target.ask({ method: "GET", path });
    if (closed.status < 400) return failed("it is served to whoever asks");
    const headers = { authorization: `Bearer ${await target.bearer("metrics")}` };
    const { status, text } = await target.ask({ method: "GET", path, headers });
    if (status !== 200) return failed(`expected 200: ${status}`);
    if (tokenIn(text, tokens) !== undefined) return failed("it shows a token");
    const people = Object.values(config.people ?? {}).flatMap((one) => ("id" in one ? [one.id] : []));
    const told = people.find((name) => text.includes(name));
    return told === undefined ? passed : failed(`it names ${told}`);
  },
};

/** What must not show. It is run last, and looks through all answers. */
export const leakSuite: TargetSuite = {
  file: "conformance/target/checks/leaks.ts",
  checks: [output, metrics, ...sweeps],
};
