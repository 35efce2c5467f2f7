import type { FastifyReply } from "fastify";
import type { Stream } from "../gate/index.js";
import type { Answer } from "./answers.js";

/**
 * Server-sent events of one execution: `output` with `{stream, text}` or, where a chunk is not UTF-8, `{stream, base64}`, then one `end`
 * with the same body as the plain answer. Nothing is sent before the first output, so that a refusal is a plain answer.
 */
export function eventStream(reply: FastifyReply) {
  let started = false;
  const write = (event: string, data: unknown) => {
    if (!started) {
      started = true;
      reply.hijack();
      const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" };
      reply.raw.writeHead(200, { ...headers, "x-request-id": reply.request.id });
    }
    reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  return {
    output: (stream: Stream, chunk: Uint8Array) => write("output", { stream, ...payload(chunk) }),
    /** Ends the stream; false where nothing was sent, and the answer is to be a plain one. */
    end: ({ status, body }: Answer): boolean => {
      if (!started && status !== 200) return false;
      write("end", body);
      reply.raw.end();
      return true;
    },
  };
}

/** A chunk may end within a character: what is not UTF-8 by itself goes as it is. */
function payload(chunk: Uint8Array): { readonly text: string } | { readonly base64: string } {
  const bytes = Buffer.from(chunk);
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString("base64") };
}
