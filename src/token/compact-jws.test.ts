import { describe, expect, it } from "vitest";
import { maxTokenBytes, parseCompact } from "./compact-jws.js";
import { refused } from "./refusal.js";
import { encoded } from "./testdata/token-world.js";

const header = { alg: "HS256", kid: "a", typ: "t" };
const noParts = refused("malformed", "the token is not three parts of base64url");

/** Three parts, as long as they shall be. */
function ofLength(length: number): string {
  const start = `${encoded(header)}.`;
  const payload = "A".repeat((length - start.length - ".AAAA".length) & ~3);
  return `${start}${payload}.${"A".repeat(length - start.length - payload.length - 1)}`;
}

describe("a compact JWS", () => {
  // @requirement EXE-03
  it("is taken apart into header, payload and signature, and what was signed", () => {
    expect(parseCompact(`${encoded(header)}.${encoded("claims")}.${encoded("sig")}`)).toEqual({
      ok: true,
      value: {
        header,
        signed: `${encoded(header)}.${encoded("claims")}`,
        payload: Buffer.from("claims"),
        signature: Buffer.from("sig"),
      },
    });
  });

  // @requirement EXE-03
  it.each([undefined, null, ""])("is missing where there is %j", (text) => {
    expect(parseCompact(text)).toEqual(refused("missing", "there is no token"));
  });

  // @requirement EXE-03
  it.each([[0], [1], [true], [{}], [["a.b.c"]], [Buffer.from("a.b.c")]])("is text, and not %j", (text) => {
    expect(parseCompact(text)).toEqual(refused("malformed", "the token is not text"));
  });

  // @requirement EXE-03
  it("is at most 4 KB long", () => {
    expect([ofLength(maxTokenBytes).length, parseCompact(ofLength(maxTokenBytes))]).toMatchObject([4096, { ok: true }]);
    const long = refused("malformed", "the token is longer than 4096 bytes");
    expect(parseCompact(`${ofLength(maxTokenBytes)}A`)).toEqual(long);
  });

  const [head, body, sig] = [encoded(header), encoded("claims"), encoded("sig")];
  // @requirement EXE-03
  it.each([
    ["one part", head],
    ["two parts", `${head}.${body}`],
    ["four parts", `${head}.${body}.${sig}.${sig}`],
    ["four parts, the last empty", `${head}.${body}.${sig}.`],
    ["a header that is not base64url", `${head}=.${body}.${sig}`],
    ["a payload that is not base64url", `${head}.${body}=.${sig}`],
    ["a signature that is not base64url", `${head}.${body}.${sig}=`],
    ["a signature with loose bits at the end", `${head}.${body}.AB`],
    ["base64 of the other alphabet", `${head}.${body}.+/+/`],
    ["white space", `${head}.${body}.${sig}\n`],
  ])("is not %s", (_, text) => {
    expect(parseCompact(text)).toEqual(noParts);
  });

  // @requirement EXE-03
  it.each(["[]", '"a"', "{", '{"alg":"a","alg":"b"}', ""])("has one JSON object for a header, and not %j", (text) => {
    expect(parseCompact(`${encoded(text)}.${body}.${sig}`)).toEqual(
      refused("malformed", "the token's header is not one JSON object"),
    );
  });
});
