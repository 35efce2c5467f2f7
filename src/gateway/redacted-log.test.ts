import { describe, expect, it } from "vitest";
import { createLogger } from "./redacted-log.js";

const token = "eyJhIjoxfQ.eyJhIjoxfQ.c2ln";

/** What a logger writes at a level. */
function logged(level: string) {
  const lines: string[] = [];
  return { logger: createLogger(level, (line) => lines.push(line)), lines };
}

// @requirement EXE-16
describe("the log", () => {
  it("is a line of JSON each, with its time, without tokens and keys wherever they stood", () => {
    const { logger, lines } = logged("info");
    logger.info({ text: `got ${token}`, [token]: { jwk: { d: "A".repeat(43) } } }, `Bearer ${token}`);
    const [line = "", ...others] = lines;
    expect(others).toEqual([]);
    expect(line).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(line)).toEqual({
      level: 30,
      time: expect.stringMatching(/^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:.]{12}Z$/),
      text: "got [token]",
      "[token]": { jwk: { d: "[key]" } },
      msg: "Bearer [token]",
    });
  });

  it("has no header that holds a credential, whatever stands in it", () => {
    const { logger, lines } = logged("info");
    const credentials = { authorization: "Basic a", cookie: "b", "x-capability-token": "c", dpop: "d" };
    logger.warn({ headers: { ...credentials, host: "here" }, req: { headers: credentials } }, "seen");
    const hidden = {
      authorization: "[redacted]",
      cookie: "[redacted]",
      "x-capability-token": "[redacted]",
      dpop: "[redacted]",
    };
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: 40,
        time: expect.any(String),
        headers: { ...hidden, host: "here" },
        req: { headers: hidden },
        msg: "seen",
      },
    ]);
  });

  it("has what is at its level or above, and nothing below", () => {
    const { logger, lines } = logged("warn");
    logger.info("too low");
    logger.warn("high enough");
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["high enough"]);
  });
});
