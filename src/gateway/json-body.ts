import type { FastifyInstance } from "fastify";
import { err, ok, type Problem, parseStrictJson, type Result } from "../model/index.js";

/** Bounds of a request's body: larger, deeper or fuller ones are refused before anything looks inside. */
export const bodyBounds = { bytes: 1024 * 1024, depth: 50, nodes: 100_000 } as const;

/**
 * Reads a body: UTF-8, one JSON text without a key twice, within bounds.
 *
 * @returns on failure `request/malformed` with what is wrong and where, never a piece of the body
 * @requirement EXE-18
 */
export function parseBody(bytes: Uint8Array): Result<unknown, Problem> {
  const text = utf8(bytes);
  if (text === undefined) return err({ code: "request/malformed", message: "the body is not UTF-8" });
  const parsed = parseStrictJson(text, "body", bodyBounds);
  if (parsed.ok) return ok(parsed.value.value);
  return err({ code: "request/malformed", message: parsed.error.map(asSentence).join() });
}

function asSentence({ message, place }: Problem): string {
  const { file = "body", row = 1, col = 1 } = place ?? {};
  return `the ${file} is no JSON that can be used, at row ${row}, column ${col}: ${message}`;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A body that cannot be used: thrown to the server's one error handler, which answers and records it. */
export class BodyProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Has every body read by `parseBody`, and no other kind of body read at all. */
export function readJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => {
    const parsed = parseBody(typeof body === "string" ? Buffer.from(body) : body);
    if (parsed.ok) done(null, parsed.value);
    else done(new BodyProblem(parsed.error));
  });
}
