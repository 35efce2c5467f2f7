import { describe, expect, it } from "vitest";
import { newKey } from "./new-key.js";
import { signatureHolds } from "./signature.js";
import { algorithms } from "./signing-key.js";
import { nowMs, randomOf, signedText } from "./testdata/token-world.js";

describe.each(algorithms)("a signature by %s", (alg) => {
  const key = newKey(alg, "capability", nowMs, randomOf(alg));
  const signature = Buffer.from(signedText("a text", key).split(".")[1] ?? "", "base64url");

  // @requirement EXE-03
  it("holds for the text that was signed, by the key that signed it", () => {
    expect(signatureHolds(key, "a text", signature)).toBe(true);
    expect(signatureHolds(key, "a texT", signature)).toBe(false);
    expect(signatureHolds(key, "", signature)).toBe(false);
    expect(signatureHolds(newKey(alg, "capability", nowMs, randomOf("b")), "a text", signature)).toBe(false);
  });

  // @requirement EXE-03
  it("does not hold when a bit of it is changed", () => {
    for (let at = 0; at < signature.length; at += 1) {
      const changed = Buffer.from(signature);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect([at, signatureHolds(key, "a text", changed)]).toEqual([at, false]);
    }
  });

  // @requirement EXE-03
  it("has the length that it must have, and nothing else is looked at", () => {
    const longer = Buffer.concat([signature, Buffer.alloc(1)]);
    for (const other of [Buffer.alloc(0), signature.subarray(0, -1), longer, signature.subarray(0, 31)]) {
      expect(signatureHolds(key, "a text", other)).toBe(false);
    }
  });
});
