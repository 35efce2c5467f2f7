import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openEnvelope, parseEnvelope, preAuthenticationEncoding, signEnvelope } from "./dsse.js";
import { keyAlgorithms, keyIdOf, newKeyPair, readPrivateKey, readPublicKey } from "./keys.js";

const type = "http://example.com/HelloWorld";
const hello = Buffer.from("hello world");

/** A pair of keys, read back from PEM. */
function pair(algorithm: (typeof keyAlgorithms)[number]) {
  const pems = newKeyPair(algorithm);
  return { ...pems, privateKey: createPrivateKey(pems.privatePem), publicKey: createPublicKey(pems.publicPem) };
}

/** The example of the specification, whose public key is given as two numbers. */
const specified = {
  key: createPublicKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      x: "Z805D3eqNZywjCI19lInBJOp7YMrCrzAH3CVTAOQ0jg",
      y: "DHgr1U4mkSWkT0Qzr_FDLOlOErynOqZ6yAzqEmCN33Q",
    },
  }),
  envelope: {
    payload: "aGVsbG8gd29ybGQ=",
    payloadType: type,
    signatures: [{ sig: "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==" }],
  },
};

/** @requirement HAR-11 */
describe("the encoding that is signed", () => {
  it.each([
    [type, "hello world", "DSSEv1 29 http://example.com/HelloWorld 11 hello world"],
    ["", "", "DSSEv1 0  0 "],
    ["ü", "é\n", "DSSEv1 2 ü 3 é\n"],
    ["a 1", "b", "DSSEv1 3 a 1 1 b"],
  ])("counts bytes, not characters: %j, %j", (payloadType, body, encoded) => {
    expect(Buffer.from(preAuthenticationEncoding(payloadType, Buffer.from(body))).toString()).toBe(encoded);
  });
});

/** @requirement HAR-11 */
describe("an envelope", () => {
  it("opens as the specification's own example does", () => {
    const { envelope, key } = specified;
    expect(openEnvelope(envelope, type, key)).toEqual({ ok: true, value: hello });
    const [{ sig } = { sig: "" }] = envelope.signatures;
    const urlSafe = sig.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    expect(openEnvelope({ ...envelope, signatures: [{ sig: urlSafe }] }, type, key).ok).toBe(true);
    expect(openEnvelope({ ...envelope, payload: "aGVsbG8gd29ybGU=" }, type, key).ok).toBe(false);
    expect(openEnvelope(envelope, type, pair("p256").publicKey).ok).toBe(false);
  });

  it.each(keyAlgorithms)("that was signed with %s opens under its key, and under no other", (algorithm) => {
    const { privateKey, publicKey } = pair(algorithm);
    const envelope = signEnvelope(type, hello, privateKey);
    expect(envelope).toMatchObject({ payload: "aGVsbG8gd29ybGQ=", payloadType: type });
    expect(envelope.signatures).toMatchObject([{ keyid: keyIdOf(publicKey) }]);
    expect(openEnvelope(envelope, type, publicKey)).toEqual({ ok: true, value: hello });
    for (const other of keyAlgorithms) {
      expect(openEnvelope(envelope, type, pair(other).publicKey)).toMatchObject({ ok: false });
    }
  });

  it("is refused once its payload, its type or its signature is another, and says why", () => {
    const { privateKey, publicKey } = pair("ed25519");
    const envelope = signEnvelope(type, hello, privateKey);
    const [signature = { sig: "" }] = envelope.signatures;
    const why = (over: object, expected = type) => {
      const opened = openEnvelope({ ...envelope, ...over }, expected, publicKey);
      return opened.ok ? "good" : opened.error;
    };
    const another = "no signature of it is by this key";
    expect(why({})).toBe("good");
    expect(why({ payload: "aGVsbG8gd29ybGQh" })).toBe(another);
    expect(why({ payloadType: "x" })).toBe(`the payload is not ${type}`);
    expect(why({ payloadType: "x" }, "x")).toBe(another);
    expect(why({ signatures: [] })).toBe("it is not signed");
    for (const sig of ["", "*"]) expect(why({ signatures: [{ sig }] })).toBe(another);
    const forged = `${signature.sig.startsWith("A") ? "B" : "A"}${signature.sig.slice(1)}`;
    expect(why({ signatures: [{ sig: forged }] })).toBe(another);
    expect(why({ payload: "aGVsbG8gd29ybGQ=\n" })).toBe("the payload is not base64");
    expect(why({ payload: "aGVsbG8*" })).toBe("the payload is not base64");
    expect(why({ payload: "aGVsbG8gd29=ybGQ" })).toBe("the payload is not base64");
  });

  it("may be of either base64, with its padding or without", () => {
    const { privateKey, publicKey } = pair("ed25519");
    const body = Buffer.from([0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff, 0]);
    const envelope = signEnvelope(type, body, privateKey);
    expect(envelope.payload).toBe("++++////AA==");
    for (const payload of ["++++////AA==", "++++////AA", "----____AA==", "----____AA"]) {
      expect(openEnvelope({ ...envelope, payload }, type, publicKey)).toEqual({ ok: true, value: body });
    }
  });

  it("is good by any one of its signatures, whatever each says of its own key", () => {
    const { privateKey, publicKey } = pair("p256");
    const envelope = signEnvelope(type, hello, privateKey);
    const [mine = { sig: "" }] = envelope.signatures;
    const other = signEnvelope(type, hello, pair("ed25519").privateKey).signatures;
    const mislabelled = { ...mine, keyid: "another" };
    expect(openEnvelope({ ...envelope, signatures: [...other, mislabelled] }, type, publicKey).ok).toBe(true);
    const claimed = other.map((one) => ({ ...one, keyid: keyIdOf(publicKey) }));
    expect(openEnvelope({ ...envelope, signatures: claimed }, type, publicKey).ok).toBe(false);
  });

  it("may hold keys that nobody knows, and must hold those of the specification", () => {
    expect(parseEnvelope({ ...specified.envelope, more: 1 }).ok).toBe(true);
    for (const key of ["payload", "payloadType", "signatures"]) {
      expect(parseEnvelope({ ...specified.envelope, [key]: undefined }).ok).toBe(false);
    }
    expect(parseEnvelope({ ...specified.envelope, signatures: [{ keyid: "x" }] }).ok).toBe(false);
  });
});

/** @requirement HAR-11 */
describe("a key", () => {
  const why = (result: ReturnType<typeof readPublicKey>) => {
    expect(result.ok || result.error.code).toBe(result.ok || "attestation/key");
    return result.ok ? "good" : result.error.message;
  };

  it.each(keyAlgorithms)("of %s is read from what keygen makes", (algorithm) => {
    const { privatePem, publicPem } = newKeyPair(algorithm);
    expect(why(readPrivateKey(privatePem, "k"))).toBe("good");
    expect(why(readPublicKey(publicPem, "k"))).toBe("good");
  });

  it("of another kind, for another use, or of none is refused", () => {
    const { privatePem, publicPem } = newKeyPair("ed25519");
    expect(why(readPublicKey(privatePem, "k"))).toBe("this is a private key");
    expect(why(readPrivateKey(publicPem, "k"))).toBe("this is no private key in PEM");
    expect(why(readPublicKey("", "k"))).toBe("the key cannot be read");
    expect(why(readPublicKey("-----BEGIN CERTIFICATE-----", "k"))).toMatch(/^this is a certificate/);
    const curve = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    expect(why(readPublicKey(`${curve.publicKey.export({ type: "spki", format: "pem" })}`, "k"))).toBe(
      "a key of the kind ec secp384r1 is not used here",
    );
    const exchange = generateKeyPairSync("x25519");
    expect(why(readPrivateKey(`${exchange.privateKey.export({ type: "pkcs8", format: "pem" })}`, "k"))).toBe(
      "a key of the kind x25519 is not used here",
    );
    const locked = curve.privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
    expect(why(readPrivateKey(`${locked}`, "k"))).toMatch(/private key/);
  });
});
