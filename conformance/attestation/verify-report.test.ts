import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isRecord } from "../../src/index.js";
import { differencesBetween } from "./differences.js";
import { openEnvelope, parseEnvelope, signEnvelope } from "./dsse.js";
import { newKeyPair } from "./keys.js";
import { signReport } from "./sign-report.js";
import {
  type AttestedFacts,
  predicateTypes,
  statementPayloadType,
  testResultStatement,
  verificationStatement,
} from "./statements.js";
import { factsExample, reportWith } from "./testdata/facts-example.js";
import { verifyReport } from "./verify-report.js";

const pems = newKeyPair("ed25519");
const [privateKey, key] = [createPrivateKey(pems.privatePem), createPublicKey(pems.publicPem)];
const timeCreated = "2026-03-01T12:00:00.000Z";

function signed(facts = factsExample(), allowDirty = false): string {
  const text = signReport(facts, { key: privateKey, timeCreated, allowDirty });
  if (!text.ok) throw new Error(text.error.message);
  return text.value;
}

const verify = (text: string, facts = factsExample(), allowDirty = false) =>
  verifyReport(text, facts, { key, allowDirty });

/** Signs statements that nobody made: what a holder of the key could say. */
const lies = (...statements: object[]) =>
  statements
    .map((one) => JSON.stringify(signEnvelope(statementPayloadType, Buffer.from(JSON.stringify(one)), privateKey)))
    .join("\n");

const honest = [testResultStatement(factsExample()), verificationStatement(factsExample(), timeCreated)] as const;

/** @requirement HAR-11 */
describe("a signed report", () => {
  it("verifies where everything is as it was, whatever the order of its lines", () => {
    const text = signed();
    expect(verify(text)).toEqual({ ok: true, ignored: [], faults: [], differences: [], timeCreated });
    const reversed = text.trim().split("\n").toReversed().join("\n \n\n");
    expect(verify(reversed)).toEqual({ ok: true, ignored: [], faults: [], differences: [], timeCreated });
    expect(verify(lies(...honest)).ok).toBe(true);
  });

  it("is a bundle of two in-toto statements in DSSE envelopes", () => {
    const types = signed()
      .trim()
      .split("\n")
      .map((line) => {
        const envelope = parseEnvelope(JSON.parse(line));
        const body = envelope.ok ? openEnvelope(envelope.value, "application/vnd.in-toto+json", key) : envelope;
        const statement: unknown = body.ok ? JSON.parse(Buffer.from(body.value).toString()) : {};
        return isRecord(statement) ? [statement._type, statement.predicateType] : [];
      });
    expect(types).toEqual([
      ["https://in-toto.io/Statement/v1", "https://in-toto.io/attestation/test-result/v0.1"],
      ["https://in-toto.io/Statement/v1", "https://in-toto.io/attestation/svr/v0.1"],
    ]);
  });

  it.each<[string, Partial<AttestedFacts>, string]>([
    ["the commit", { commit: "f".repeat(40) }, "/subject/commit/digest/gitCommit"],
    ["the report", { reportSha256: "f".repeat(64) }, "/predicate/configuration/report.json/digest/sha256"],
    ["the specs", { specs: "f".repeat(64) }, "/predicate/configuration/specs/digest/sha256"],
    ["the cases", { corpus: "f".repeat(64) }, "/predicate/configuration/corpus/digest/sha256"],
    ["the waivers", { waivers: "f".repeat(64) }, "/predicate/configuration/waivers/digest/sha256"],
    ["the tree", { dirty: true }, "/predicate/configuration/worktree/content"],
    ["a version", { tools: { ...factsExample().tools, opa: "1.0.0" } }, "/predicate/configuration/tool opa/content"],
    ["a status", { report: reportWith("waived") }, "/predicate/passedTests/requirement EXE-15"],
    ["the verdict", { report: reportWith("pass", { verdict: "FAIL" }) }, "/predicate/result"],
    ["the seed", { report: reportWith("pass", { seed: 8 }) }, "/predicate/configuration/seed/content"],
  ])("names what differs once %s is another", (_, over, path) => {
    const verified = verify(signed(), factsExample(over));
    expect(verified.ok).toBe(false);
    expect(verified.differences.map((one) => one.path)).toContain(path);
  });

  it("names both sides where the bundle is another, and where there is none", () => {
    const bundle = { sha256: "f".repeat(64), wasm: "7".repeat(64), data: "8".repeat(64) };
    expect(verify(signed(), factsExample({ bundle })).differences).toEqual(
      Object.values(predicateTypes).map((predicateType) => ({
        predicateType,
        path: "/subject/policy bundle/digest/sha256",
        attested: JSON.stringify("6".repeat(64)),
        found: JSON.stringify("f".repeat(64)),
      })),
    );
    const { bundle: _, ...without } = factsExample();
    expect(verify(signed(without), without).ok).toBe(true);
    expect(verify(signed(without), factsExample()).ok).toBe(false);
  });

  it("is refused for each field that was changed before it was signed", () => {
    const leaves = honest.map((statement) => leavesOf(statement));
    expect(leaves.flat().length).toBeGreaterThan(40);
    for (const [index, paths] of leaves.entries()) {
      for (const path of paths) {
        const changed = honest.map((one, at) => (at === index ? changedAt(one, path) : one));
        expect({ path, ok: verify(lies(...changed)).ok }).toEqual({
          path,
          ok: path.join("/") === "predicate/timeCreated",
        });
      }
    }
    const [result, svr] = honest;
    expect(verify(lies({ ...result, more: true }, svr)).differences).toMatchObject([
      { path: "/more", attested: "true" },
    ]);
  });

  it("is refused where it does not say when it was made", () => {
    const [result, svr] = honest;
    const madeAt = (moment: unknown) =>
      verify(lies(result, { ...svr, predicate: { ...svr.predicate, timeCreated: moment } })).faults;
    for (const moment of ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.25Z"]) expect(madeAt(moment)).toEqual([]);
    const none = [
      "2026-13-01T00:00:00Z",
      "2026-03-01T12:00:00+01:00",
      "+002026-03-01T12:00:00Z",
      "2026-03-01T12:00:00Zx",
    ];
    for (const moment of ["yesterday", ...none, ["2026-03-01T12:00:00Z"], 1, undefined]) {
      expect(madeAt(moment)).toEqual(["the verification result does not say when it was made"]);
    }
  });

  it("is refused where a part is missing, is by another key, or was changed after it was signed", () => {
    const [first = "", second = ""] = signed().split("\n");
    expect(verify(first).faults).toEqual(["no verification result is signed by this key"]);
    expect(verify(second).faults).toEqual(["no test result is signed by this key"]);
    expect(verify("")).toMatchObject({ ok: false, ignored: [] });
    expect(verify("")).not.toHaveProperty("timeCreated");
    const stranger = createPublicKey(newKeyPair("p256").publicPem);
    expect(verifyReport(signed(), factsExample(), { key: stranger, allowDirty: false })).toMatchObject({
      ok: false,
      ignored: [{ line: 1 }, { line: 2, reason: "no signature of it is by this key" }],
    });
    const swapped = JSON.stringify({ ...JSON.parse(first), payload: JSON.parse(second).payload });
    expect(verify(`${swapped}\n${second}`).faults).toEqual(["no test result is signed by this key"]);
  });

  it("may stand among lines of others, and a second one by the same key must agree as well", () => {
    const foreign = lies({ ...honest[0], predicateType: "https://slsa.dev/provenance/v1" });
    const noise = `${foreign}\nno json\n{"payload": 1}\n${lies({ a: 1 })}\n${signed()}`;
    expect(verify(noise)).toMatchObject({
      ok: true,
      ignored: [
        { line: 1, reason: "it says something else" },
        { line: 2, reason: "no DSSE envelope" },
        { line: 3, reason: "no DSSE envelope" },
        { line: 4, reason: "the payload is no in-toto statement" },
      ],
    });
    const old = signed(factsExample({ commit: "e".repeat(40) }));
    expect(verify(`${signed()}${old}`).ok).toBe(false);
  });

  it("is UTF-8 without a byte order mark, as it was signed", () => {
    const ignored = (before: string, after: string) => {
      const text = JSON.stringify({ ...honest[0], more: "" }).slice(0, -2);
      const bytes = [Buffer.from(before, "latin1"), Buffer.from(text), Buffer.from(after, "latin1")];
      const envelope = signEnvelope(statementPayloadType, Buffer.concat(bytes), privateKey);
      return verify(JSON.stringify(envelope)).ignored;
    };
    expect(ignored("", '"}')).toEqual([]);
    expect(ignored("", '\xff"}')).toEqual([{ line: 1, reason: "the payload is no UTF-8" }]);
    expect(ignored("\xef\xbb\xbf", '"}')).toEqual([{ line: 1, reason: "the payload is no in-toto statement" }]);
  });

  it("is not made of changes that no commit holds, unless that is said, signed and accepted", () => {
    const dirty = factsExample({ dirty: true });
    expect(signReport(dirty, { key: privateKey, timeCreated, allowDirty: false })).toEqual({
      ok: false,
      error: {
        code: "attestation/invalid",
        message: "there are changes that no commit holds",
        hint: "commit first; or --allow-dirty, and the attestation says that it is not of the commit alone",
      },
    });
    const text = signed(dirty, true);
    expect(verify(text, dirty).faults).toEqual(["it was signed over changes that no commit holds"]);
    expect(verify(text).differences.map(({ path }) => path)).toEqual(["/predicate/configuration/worktree/content"]);
    expect(verify(text, dirty, true).ok).toBe(true);
    expect(verify(text, factsExample(), true).ok).toBe(true);
    expect(verify(signed(), dirty, true).ok).toBe(false);
  });

  it("says of its working tree alone whether it was the commit", () => {
    const named = factsExample({ tools: { ...factsExample().tools, node: "dirty" } });
    expect(verify(signed(named), named).faults).toEqual([]);
    const [result, svr] = honest;
    const hollow = { ...result, predicate: { ...result.predicate, configuration: [null] } };
    expect(verify(lies(hollow, svr))).toMatchObject({ ok: false, faults: [] });
  });
});

/** @requirement HAR-11 */
describe("what is said of a report", () => {
  it("is a test result with every requirement and check by how it came out, and nothing of what is planned", () => {
    expect(testResultStatement(factsExample()).predicate).toMatchObject({
      result: "PASSED",
      passedTests: ["requirement EXE-15", "requirement HAR-02", "case command-words-001"],
      warnedTests: [],
      failedTests: [],
    });
    const result = (report: AttestedFacts["report"]) => {
      const { result: word, warnedTests, failedTests } = testResultStatement(factsExample({ report })).predicate;
      return { word, warnedTests, failedTests };
    };
    const id = "requirement EXE-15";
    for (const status of ["waived", "skip", "xfail"] as const) {
      expect(result(reportWith(status))).toEqual({ word: "WARNED", warnedTests: [id], failedTests: [] });
    }
    for (const status of ["fail", "xpass", "unverified", "stale"] as const) {
      const report = reportWith(status, { verdict: "FAIL" });
      expect(result(report)).toEqual({ word: "FAILED", warnedTests: [], failedTests: [id] });
    }
  });

  it("is a verification result with what was met, which a run that failed does not pass for", () => {
    const properties = (report: AttestedFacts["report"]) =>
      verificationStatement(factsExample({ report }), timeCreated).predicate.properties;
    const met = ["LOCKKEEPER_MET_EXE-15", "LOCKKEEPER_MET_HAR-02"];
    expect(properties(factsExample().report)).toEqual(["LOCKKEEPER_CONFORMANCE_PASS", ...met]);
    expect(properties(reportWith("fail", { verdict: "FAIL" }))).toEqual(["LOCKKEEPER_MET_HAR-02"]);
    expect(properties(reportWith("waived"))).not.toContain("LOCKKEEPER_MET_EXE-15");
    const { predicate } = verificationStatement(factsExample(), timeCreated);
    expect(predicate).toMatchObject({
      verifier: {
        id: "pkg:npm/lockkeeper#conformance/v1",
        policies: [{ name: "specs", digest: { sha256: factsExample().specs } }],
      },
      timeCreated,
    });
  });
});

/** @requirement HAR-11 */
describe("differences", () => {
  it("are named place by place, with items under their names", () => {
    expect(
      differencesBetween({ a: [{ name: "x/y", v: 1 }], b: [1, 2] }, { a: [{ name: "x/y", v: 2 }], b: [1] }),
    ).toEqual([
      { path: "/a/x~1y/v", attested: "1", found: "2" },
      { path: "/b/1", attested: "2", found: undefined },
    ]);
    expect(differencesBetween({ a: 1 }, [1])).toEqual([{ path: "", attested: '{"a":1}', found: "[1]" }]);
    expect(differencesBetween(["a", "b"], ["b", "a"])).toEqual([]);
    expect(differencesBetween(["a", "a"], ["a"])).not.toEqual([]);
    expect(differencesBetween([], {})).not.toEqual([]);
    expect(differencesBetween([{ name: "a", v: 1 }, 1], [{ name: "a", v: 2 }, 1])).toEqual([
      { path: "/0/v", attested: "1", found: "2" },
    ]);
    expect(differencesBetween({ c: 1, "b~1": 1, a: 1 }, {}).map(({ path }) => path)).toEqual(["/a", "/b~01", "/c"]);
  });
});

type Path = readonly (string | number)[];

/** The ways to everything in a value that is neither a list nor an object. */
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  if (isRecord(value)) return Object.entries(value).flatMap(([name, item]) => leavesOf(item, [...path, name]));
  return [path];
}

/** A copy with another text at one place; a moment stays a moment. */
function changedAt(value: unknown, path: Path): object {
  const copy: unknown = structuredClone(value);
  let holder: unknown = copy;
  for (const step of path.slice(0, -1)) holder = Reflect.get(Object(holder), step);
  const last = path.at(-1) ?? "";
  const old = String(Reflect.get(Object(holder), last));
  Reflect.set(Object(holder), last, old === timeCreated ? old.replace("2026", "2027") : `${old}x`);
  return Object(copy);
}
