import { describe, expect, it } from "vitest";
import { parseBody } from "./json-body.js";

const parsed = (text: string | Uint8Array) => parseBody(Buffer.from(text));
const messageOf = (text: string | Uint8Array) => {
  const result = parsed(text);
  return result.ok ? null : `${result.error.code} ${result.error.message}`;
};

// @requirement EXE-18
describe("a body", () => {
  it("is read as the JSON it is", () => {
    expect(parsed('{"command": "echo größe", "approval_id": "a"}')).toEqual({
      ok: true,
      value: { command: "echo größe", approval_id: "a" },
    });
  });

  it.each([
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), "the body is not UTF-8"],
    ["a byte order mark", Buffer.from('\ufeff{"a":1}'), "the body is no JSON"],
    ["nothing", "", "the body is no JSON that can be used, at row 1, column 1: "],
    ["half an object", '{"a":', "the body is no JSON"],
    ["a key twice", '{"a":1,"a":2}', "at row 1, column 8"],
    ["__proto__", '{"__proto__":{}}', "the body is no JSON"],
    ["NUL", '"a\u0000b"', "control character"],
    ["depth", "[".repeat(51) + "]".repeat(51), "the body is no JSON"],
    ["a number that nobody holds exactly", "1e400", "the body is no JSON"],
    ["half a surrogate pair", '"\\ud800"', "the body is no JSON"],
  ])("is refused for %s, without being quoted", (_, text, says) => {
    const message = messageOf(text);
    expect(message).toMatch(/^request\/malformed /);
    expect(message).toContain(says);
  });
});
