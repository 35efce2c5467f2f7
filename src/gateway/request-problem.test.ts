import type { FastifyError } from "fastify";
import { describe, expect, it } from "vitest";
import { BodyProblem } from "./json-body.js";
import { requestProblem } from "./request-problem.js";

/** An error as the server throws it. */
const thrown = (code: string, more: Partial<FastifyError> = {}): FastifyError =>
  Object.assign(new Error("what is wrong"), { code, name: "FastifyError", ...more });

// @requirement EXE-18
describe("a request that the server gave up on", () => {
  it.each([
    ["FST_ERR_CTP_BODY_TOO_LARGE", "request/too_large"],
    ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "request/media_type"],
    ["FST_ERR_CTP_EMPTY_JSON_BODY", "request/malformed"],
    ["FST_ERR_CTP_INVALID_CONTENT_LENGTH", "request/malformed"],
    ["ENOSPC", "internal/bug"],
  ])("for %s is %s", (code, problem) => {
    expect(requestProblem(thrown(code))).toEqual({ code: problem, message: "what is wrong" });
  });

  it("because its members are not as they must be is malformed, whatever else is said of it", () => {
    const validation = { validation: [] };
    expect(requestProblem(thrown("ENOSPC", validation))).toEqual({
      code: "request/malformed",
      message: "what is wrong",
    });
  });

  it("because of its body is what is wrong with the body", () => {
    const problem = { code: "request/too_large", message: "the body is deep" } as const;
    const error = Object.assign(new BodyProblem(problem), { code: "ENOSPC" });
    expect(requestProblem(error)).toBe(problem);
  });
});
