import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { systemClock } from "../../host/index.js";
import { isJsonObject, type JsonObject, ok, type Problem, printable, type Result } from "../../model/index.js";
import {
  type KeySet,
  parseCompact,
  readJson,
  readKeyFile,
  refusalReasonOf,
  verifyBearer,
  verifyCapability,
  verifyTimes,
} from "../../token/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import type { ReadFlags } from "../token.js";

/** Shows what a token says. Its signature is neither checked nor shown. */
export async function inspect(token: string | undefined, flags: ReadFlags, terminal: Terminal): Promise<number> {
  for await (const line of tokens(token, flags.file)) {
    const jws = parseCompact(line.trim());
    if (!jws.ok) throw new CommandFailure([jws.error], 2);
    const payload = readJson(jws.value.payload) ?? null;
    const { header } = jws.value;
    if (terminal.json) terminal.out(JSON.stringify({ verified: false, header, payload }));
    else {
      terminal.note("NOT VERIFIED: anybody could have written this");
      terminal.out(printable(JSON.stringify({ header, payload }, null, 2)));
      for (const told of isJsonObject(payload) ? timesOf(payload) : []) terminal.out(told);
    }
    return 0;
  }
  throw new CommandFailure([{ code: "token/missing", message: "there is no token" }], 2);
}

function timesOf(payload: JsonObject): string[] {
  return ["iat", "nbf", "exp"].flatMap((name) => {
    const seconds = payload[name];
    const plausible = typeof seconds === "number" && seconds >= 0 && seconds <= 253_402_300_799;
    return plausible ? [`${name}  ${new Date(seconds * 1000).toISOString()}`] : [];
  });
}

/** Gives one verdict a line, in the order in which the tokens came. */
export async function verify(token: string | undefined, flags: ReadFlags, terminal: Terminal): Promise<number> {
  const keys = await readKeyFile(flags.keys);
  if (!keys.ok) throw new CommandFailure(keys.error);
  const judge = flags.as === "bearer" ? bearerVerdict : capabilityVerdict;
  const counts = { good: 0, refused: 0 };
  for await (const text of tokens(token, flags.file)) {
    const verdict = judge(keys.value, text.trim());
    counts[verdict.ok ? "good" : "refused"] += 1;
    tell(verdict, counts.good + counts.refused, terminal);
  }
  if (counts.good + counts.refused === 0) {
    throw new CommandFailure([{ code: "token/missing", message: "there is no token to verify" }]);
  }
  return counts.refused === 0 ? 0 : 2;
}

type Verdict = Result<Readonly<Record<string, unknown>>, Problem>;

/** Verified by its signature; its times by the clock, which of a capability the rules judge when it is used. */
function capabilityVerdict(keySet: KeySet, text: string): Verdict {
  let bound_to: string | null = null;
  const facts = verifyCapability(keySet, text, systemClock, (jkt) => {
    bound_to = jkt;
    return ok(undefined);
  });
  if (!facts.ok) return facts;
  const times = verifyTimes(facts.value, systemClock.nowMs());
  return times.ok ? ok({ ...facts.value, bound_to }) : times;
}

function bearerVerdict(keySet: KeySet, text: string): Verdict {
  const facts = verifyBearer(keySet, text, systemClock);
  if (!facts.ok) return facts;
  const { subject, ...others } = facts.value;
  return ok({ sub: subject.id, roles: subject.roles, ...others });
}

function tell(verdict: Verdict, line: number, terminal: Terminal): void {
  if (terminal.json) {
    const refusal = verdict.ok
      ? undefined
      : { reason: refusalReasonOf(verdict.error.code) ?? null, message: verdict.error.message };
    terminal.out(
      JSON.stringify(verdict.ok ? { line, ok: true, claims: verdict.value } : { line, ok: false, ...refusal }),
    );
  } else if (verdict.ok) {
    const { sub, exp_s, jti } = verdict.value;
    const until = new Date(Number(exp_s) * 1000).toISOString();
    terminal.out(`${terminal.paint("green", "good")}     ${printable(String(sub))}, until ${until}, ${jti}`);
  } else {
    const { code, message } = verdict.error;
    terminal.out(`${terminal.paint("red", "refused")}  ${refusalReasonOf(code) ?? code}: ${printable(message)}`);
  }
}

/** The token of the arguments, or one a line of a file or of standard input. */
async function* tokens(token: string | undefined, file: string | undefined): AsyncGenerator<string> {
  if (token !== undefined && file !== undefined) {
    throw new CommandFailure([{ code: "usage/flag", message: "give the token once, as an argument or by --file" }]);
  }
  if (token !== undefined) {
    yield token;
    return;
  }
  if (file === undefined) {
    yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
    return;
  }
  const opened = await open(file).catch((error: NodeJS.ErrnoException) => {
    const message = error.code === "ENOENT" ? "there is no such file" : `cannot be read: ${error.message}`;
    throw new CommandFailure([{ code: "usage/missing", message, place: { file } }]);
  });
  yield* opened.readLines();
}
