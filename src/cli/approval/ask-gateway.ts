import { readFile } from "node:fs/promises";
import { environment } from "../../host/index.js";
import { type ErrorCode, errorCodes, isRecord, type Problem, parseStrictJson } from "../../model/index.js";
import type { GatewayFlags } from "../approval.js";
import { CommandFailure, type Terminal } from "../terminal.js";

/** How long a gateway may take to answer, in milliseconds, and how much it may say, in bytes. */
const patienceMs = 30_000;
const mostBytes = 4 * 1024 * 1024;

/** Asks a gateway as whoever the token names. */
export type AskGateway = (
  method: "GET" | "POST",
  path: string,
  body?: object,
) => Promise<Readonly<Record<string, unknown>>>;

/**
 * Opens a way to a gateway.
 *
 * @returns asks, and gives the answer's body; a refusal ends the command with 2, anything else that fails with 1
 */
export async function openGateway(flags: GatewayFlags, terminal: Terminal): Promise<AskGateway> {
  const { gatewayUrl, gatewayToken } = environment();
  const base = baseOf(flags.url ?? gatewayUrl ?? "http://127.0.0.1:5001");
  const token = flags.tokenFile === undefined ? gatewayToken : await tokenIn(flags.tokenFile);
  if (token === undefined) {
    const hint =
      "set LOCKKEEPER_TOKEN, or name a file with --token-file; lockkeeper token mint --help says how to get one";
    throw new CommandFailure([{ code: "usage/missing", message: "no Bearer token to say who asks", hint }]);
  }
  if (!/^[A-Za-z0-9._~+/=-]+$/.test(token)) {
    throw new CommandFailure([{ code: "usage/flag", message: "that is no Bearer token: it holds other characters" }]);
  }
  if (base.protocol === "http:" && !isLoopback(base.hostname)) {
    terminal.note(`note: the token goes to ${base.host} unencrypted`);
  }
  return async (method, path, body) => {
    const response = await fetched(new URL(path, base), {
      method,
      // A gateway that sends us elsewhere would have us hand our token to whoever is there.
      redirect: "error",
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await answerOf(response, base.host);
    if (response.ok) return answer;
    throw new CommandFailure([refusalIn(answer, response.status)], response.status >= 500 ? 1 : 2);
  };
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fits = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (fits) return new URL(url.href.endsWith("/") ? url.href : `${url.href}/`);
  const hint = "such as https://gateway.example:5001";
  throw new CommandFailure([{ code: "usage/flag", message: "that is no address of a gateway", hint }]);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.[0-9]+){3}$/.test(host);
}

async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const message = error.code === "ENOENT" ? "there is no such file" : `cannot be read: ${error.message}`;
    throw new CommandFailure([{ code: "usage/missing", message, place: { file } }]);
  });
  return text.trim();
}

async function fetched(url: URL, init: RequestInit): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const message = `${url.host} does not answer: ${cause instanceof Error ? cause.message || cause.name : String(cause)}`;
    throw new CommandFailure([{ code: "internal/io", message, hint: "is the gateway running? lockkeeper serve" }]);
  });
}

async function answerOf(response: Response, host: string): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) break;
    chunks.push(chunk);
  }
  const parsed = bytes > mostBytes ? undefined : parseStrictJson(Buffer.concat(chunks).toString(), host);
  if (parsed?.ok === true && isRecord(parsed.value.value)) return parsed.value.value;
  const message = `what answers at ${host} is no gateway (HTTP ${response.status})`;
  throw new CommandFailure([{ code: "internal/io", message }]);
}

/** What a gateway says of a refusal, as a problem: its own words, and who could have done it. */
function refusalIn(answer: Readonly<Record<string, unknown>>, status: number): Problem {
  const message = typeof answer.error === "string" ? answer.error : `HTTP ${status}`;
  if (isCode(answer.code)) return { code: answer.code, message };
  return { code: "access/refused", message: typeof answer.code === "string" ? `${message} (${answer.code})` : message };
}

function isCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(errorCodes, value);
}
