import { type IncomingHttpHeaders, request as plain } from "node:http";
import { request as secured } from "node:https";

/** A request as it goes out: bytes as they are, so that what no client library would send can be sent. */
export type HttpRequest = {
  readonly method: string;
  /** From the gateway's root, or a whole URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
};

/** What came back. Redirects are not followed. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
  readonly durationMs: number;
};

/** Where a gateway is, and whose certificate it may show. */
export type Endpoint = { readonly url: string; readonly ca?: string; readonly timeoutMs: number };

/** The most that is read of an answer, in bytes. */
const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * Sends one request on a connection of its own.
 *
 * @throws Error where nothing answers within the time, or what answers is no HTTP
 */
export function send(endpoint: Endpoint, { method, path, headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
  const url = new URL(path, endpoint.url);
  const ask = url.protocol === "https:" ? secured : plain;
  const sent = typeof body === "string" ? Buffer.from(body) : body;
  const length = sent === undefined ? {} : { "content-length": String(sent.byteLength) };
  const options = {
    method,
    agent: false,
    headers: { connection: "close", ...length, ...plainHeaders(headers) },
    ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
  };
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = ask(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) incoming.destroy(new Error("the answer is too large"));
        chunks.push(chunk);
      });
      incoming.on("error", reject);
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const status = incoming.statusCode ?? 0;
        const durationMs = performance.now() - startedMs;
        resolve({ status, headers: incoming.headers, text, json: jsonOf(text), durationMs });
      });
    });
    outgoing.setTimeout(endpoint.timeoutMs, () => outgoing.destroy(new Error(`no answer in ${endpoint.timeoutMs} ms`)));
    outgoing.on("error", reject);
    outgoing.end(sent);
  });
}

/** node:http takes lists that may be changed. */
function plainHeaders(headers: NonNullable<HttpRequest["headers"]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
