import Type, { type Static } from "typebox";
import { parserOf, type Report, type Status } from "../../src/index.js";

/** The type of a DSSE payload that is an in-toto statement. */
export const statementPayloadType = "application/vnd.in-toto+json";

/** The two things that are said of a report. */
export const predicateTypes = {
  testResult: "https://in-toto.io/attestation/test-result/v0.1",
  svr: "https://in-toto.io/attestation/svr/v0.1",
} as const;

const Digest = Type.Record(Type.String(), Type.String({ maxLength: 200 }));

/** A thing by name, with its digest, or with its content (base64) where that is short. */
const ResourceDescriptor = Type.Object({
  name: Type.Optional(Type.String()),
  digest: Type.Optional(Digest),
  content: Type.Optional(Type.String()),
});
type ResourceDescriptor = Static<typeof ResourceDescriptor>;

/** An in-toto Statement v1, the predicate yet unread. */
const InTotoStatement = Type.Object(
  {
    _type: Type.Literal("https://in-toto.io/Statement/v1"),
    subject: Type.Array(ResourceDescriptor),
    predicateType: Type.String(),
    predicate: Type.Record(Type.String(), Type.Unknown()),
  },
  { $id: "lockkeeper/in-toto-statement/v1" },
);
export type InTotoStatement = Static<typeof InTotoStatement>;

/** Checks that a value is a statement; what a statement holds beyond it is let be. */
export const parseStatement = parserOf(InTotoStatement);

/** Everything that is said of a report, as found in the repository. Digests are SHA-256. */
export type AttestedFacts = {
  readonly report: Report;
  readonly reportSha256: string;
  readonly commit: string;
  /** Whether anything differed from the commit. */
  readonly dirty: boolean;
  readonly specs: string;
  /** Of the named cases alone. */
  readonly corpus: string;
  readonly waivers: string;
  /** Absent where there are no policies. */
  readonly bundle?: { readonly sha256: string; readonly wasm: string; readonly data: string };
  /** Versions by name, such as `node` and `lockkeeper`. */
  readonly tools: Readonly<Record<string, string>>;
};

/**
 * What is said as a test result: what was tested, with what, and how each requirement and check came out.
 *
 * @see https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
 * @requirement HAR-11
 */
export function testResultStatement(facts: AttestedFacts): InTotoStatement {
  const { report } = facts;
  const named = [
    ...report.requirements.map(({ id, status }) => ({ name: `requirement ${id}`, status })),
    ...report.checks.map(({ kind, id, status }) => ({ name: `${kind} ${id}`, status })),
  ];
  const list = (group: Group) => [...new Set(named.filter((one) => groups[one.status] === group).map((n) => n.name))];
  const [passedTests, warnedTests, failedTests] = [list("passed"), list("warned"), list("failed")];
  const passed = warnedTests.length === 0 ? "PASSED" : "WARNED";
  return statementOf(facts, predicateTypes.testResult, {
    result: report.verdict === "FAIL" ? "FAILED" : passed,
    configuration: configurationOf(facts),
    passedTests,
    warnedTests,
    failedTests,
  });
}

/**
 * What is said as a verification result: which requirements were met. Only what passed is in it.
 *
 * @param timeCreated - RFC 3339 in UTC
 * @see https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md (version 0.1, with 0.2's `policies`)
 * @requirement HAR-11
 */
export function verificationStatement(facts: AttestedFacts, timeCreated: string): InTotoStatement {
  const { report } = facts;
  const met = report.requirements.filter(({ status }) => status === "pass").map(({ id }) => `LOCKKEEPER_MET_${id}`);
  const properties = report.verdict === "PASS" ? ["LOCKKEEPER_CONFORMANCE_PASS", ...met] : met;
  return statementOf(facts, predicateTypes.svr, {
    verifier: {
      id: "pkg:npm/lockkeeper#conformance/v1",
      policies: [{ name: "specs", digest: { sha256: facts.specs } }],
    },
    timeCreated,
    properties,
  });
}

/**
 * What both statements are about: the commit, and the bundle where there is one.
 *
 * @requirement HAR-11
 */
function statementOf(
  facts: AttestedFacts,
  predicateType: string,
  predicate: InTotoStatement["predicate"],
): InTotoStatement {
  const subject: ResourceDescriptor[] = [{ name: "commit", digest: { gitCommit: facts.commit } }];
  if (facts.bundle !== undefined) subject.push({ name: "policy bundle", digest: { sha256: facts.bundle.sha256 } });
  return { _type: "https://in-toto.io/Statement/v1", subject, predicateType, predicate };
}

/**
 * Everything that the run depended on: digests of what it read, and its values as base64.
 *
 * @requirement HAR-11
 */
function configurationOf(facts: AttestedFacts): readonly ResourceDescriptor[] {
  const { report, bundle } = facts;
  const digests = {
    "report.json": facts.reportSha256,
    specs: facts.specs,
    corpus: facts.corpus,
    waivers: facts.waivers,
    ...(bundle === undefined ? {} : { "policy.wasm": bundle.wasm, "data.json": bundle.data }),
  };
  const values = {
    product: `${report.product.name} ${report.product.version}`,
    profile: report.profile,
    seed: `${report.seed}`,
    worktree: facts.dirty ? "dirty" : "clean",
    ...Object.fromEntries(Object.entries(facts.tools).map(([name, version]) => [`tool ${name}`, version])),
  };
  return [
    ...Object.entries(digests).map(([name, sha256]) => ({ name, digest: { sha256 } })),
    ...Object.entries(values).map(([name, value]) => ({ name, content: Buffer.from(value).toString("base64") })),
  ];
}

type Group = "passed" | "warned" | "failed" | "none";

/** What is planned was not tested, and stands in no list. */
const groups = {
  pass: "passed",
  xfail: "warned",
  skip: "warned",
  waived: "warned",
  fail: "failed",
  xpass: "failed",
  unverified: "failed",
  stale: "failed",
  planned: "none",
} as const satisfies Record<Status, Group>;
