import type { FastifyError } from "fastify";
import type { ErrorCode, Problem } from "../model/index.js";
import { BodyProblem } from "./json-body.js";

/** Fastify's codes for what is wrong with a request. */
const codes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "request/too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "request/media_type",
  FST_ERR_CTP_EMPTY_JSON_BODY: "request/malformed",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "request/malformed",
  FST_ERR_VALIDATION: "request/malformed",
};

/**
 * What is wrong with a request that the server gave up on; where that is not known, it is our mistake.
 *
 * @requirement EXE-18
 */
export function requestProblem(error: FastifyError): Problem {
  if (error instanceof BodyProblem) return error.problem;
  const code = error.validation === undefined ? (codes[error.code] ?? "internal/bug") : "request/malformed";
  return { code, message: error.message };
}
