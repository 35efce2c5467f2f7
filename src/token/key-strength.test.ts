import { describe, expect, it } from "vitest";
import { weaknessOf } from "./key-strength.js";
import { randomOf } from "./testdata/token-world.js";

const short = "it is shorter than 256 bit";
const known = "it is a default or an example";
const plain = "it is not random";
const counting = Buffer.from(Array.from({ length: 32 }, (_, index) => index));

describe("a secret to sign with", () => {
  // @requirement EXE-17
  it.each([
    ["nothing", Buffer.alloc(0), short],
    ["31 random bytes", randomOf("a").bytes(31), short],
    ["a default of 31 bytes", Buffer.from("changeme-8f41c2e6b0a97d35e2c841"), short],
    ["a default of 34 bytes", Buffer.from("changeme-8f41c2e6b0a97d35e2c8417fa"), known],
    ["one byte again and again", Buffer.alloc(64, 7), plain],
    ["32 random bytes' first four again and again", Buffer.alloc(64, randomOf("a").bytes(4)), plain],
    ["bytes that count up: each another, and each step the same", counting, plain],
    ["digits whose steps say more than they do", Buffer.from("ba4d49a5433d23e11c40469fcc4d4b7e"), plain],
  ])("is too weak where it is %s", (_, secret, why) => {
    expect(weaknessOf(secret)).toBe(why);
  });

  // @requirement EXE-17
  it.each(["a", "b", "c", "d"])("of 32 random bytes is good (%s)", (seed) => {
    expect(weaknessOf(randomOf(seed).bytes(32))).toBeUndefined();
  });
});
