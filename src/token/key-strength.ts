import { hash } from "node:crypto";

/** Fewest bytes of a secret. */
export const leastSecretBytes = 32;

/** What defaults and examples are made of, and what a random secret holds by accident less than once in a million times. */
const telltales =
  /secret|change.?(?:me|this|it)|passw(?:or[dt]|d)|default|example|placeholder|insecure|replace|lockkeeper|letmein|qwerty|0123456|abcdefg|deadbeef|your.?key/i;

/** Bits of surprise that a secret must hold by its own bytes: 32 random ones hold 135 and more, a word four times 90. */
const leastBits = 120;

/**
 * SHA-256 of secrets, and of public halves (their `x`), that stand in standards, so that everybody has them: HS256 of
 * RFC 7515 A.1, Ed25519 of RFC 8037 A.1, P-256 of RFC 7515 A.3 and of RFC 7517 A.2. Then the points of order 8 of
 * Ed25519: under such a public half anybody can sign anything.
 */
const published: ReadonlySet<string> = new Set([
  "c8ecc9361a05e285f04c26f9572131a6deab07e9e2b865053c6f75a4d8bd2b32",
  "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9",
  "c4a8d76ecf5f712a6f98052d967a155f92e22a4151e176700b2d8077987967ab",
  "fa0823c601e01670320f579ad4c5c453d77b6ca8d7bb6f2640abb11223a33580",
  "1381231a2021f331f1b9b69d2f5ff04a2cc77582d08b909ffc0ace9530351722",
  "ea4d97c02b411d7bc6e52582295463fe73127094421423255452b673644001cb",
  "0d34fd0d99957c53e4dc954ddaae5934077f594e73c3fda29f2fff1b232d549a",
  "5204010488ca3338ed6c56bb34a9e26cbc3602857b8d5ec720144dc8fa2b95ca",
]);

/**
 * Why a secret is too weak to sign with, or undefined where nothing speaks against it. What is checked is what can be:
 * nobody can tell by looking that a secret is random.
 *
 * @requirement EXE-17
 */
export function weaknessOf(secret: Uint8Array): string | undefined {
  if (secret.length < leastSecretBytes) return "it is shorter than 256 bit";
  if (isDefault(secret)) return "it is a default or an example";
  const once = withoutRepeats(secret);
  return surprises(once) && surprises(stepsOf(once)) ? undefined : "it is not random";
}

/** Whether these bytes, or the key with this public half, are known to everybody. */
export function isDefault(bytes: Uint8Array): boolean {
  return telltales.test(Buffer.from(bytes).toString("latin1")) || published.has(hash("sha256", bytes, "hex"));
}

/** Shannon's measure over the bytes, times their number, against what is asked. */
function surprises(bytes: Uint8Array): boolean {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  const bits = [...counts.values()].reduce((sum, count) => sum + count * Math.log2(bytes.length / count), 0);
  return bits >= leastBits;
}

/** What is repeated to the end, once: `abcabcab` holds no more than `abc`. */
function withoutRepeats(bytes: Uint8Array): Uint8Array {
  for (let period = 1; period < bytes.length; period += 1) {
    if (bytes.every((byte, index) => index < period || byte === bytes[index - period]))
      return bytes.subarray(0, period);
  }
  return bytes;
}

/** The difference of each byte to the one before, so that counting up is seen. */
function stepsOf(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => byte - (bytes.at(index - 1) ?? 0));
}
