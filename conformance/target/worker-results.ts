import Type, { type Static } from "typebox";
import { err, isRecord, ok, type Problem, parserOf, type Result } from "../../src/index.js";
import type { TestResult } from "../evidence/index.js";
import type { CoveredFile } from "../results/index.js";
import { bypassesOf, countsOf, type TargetResult } from "./check.js";
import type { SecurityReview } from "./security-checklist.js";
import type { Exchange } from "./target.js";

const closed = { additionalProperties: false } as const;
const Said = Type.String({ minLength: 1, maxLength: 1000 });
const Count = Type.Integer({ minimum: 0 });

/** The worker-results form of the source, with the security review beside it. */
export const WorkerResults = Type.Object(
  {
    worker_id: Said,
    task: Said,
    status: Type.Enum(["pass", "fail"]),
    /** Files that cite a requirement of the gateway. */
    deliverables_created: Type.Array(Type.String({ maxLength: 1000 }), { minItems: 1 }),
    test_results: Type.Object(
      {
        unit_tests_pass: Type.Boolean(),
        coverage_percent: Type.Number({ minimum: 0, maximum: 100 }),
        manual_valid_token_test: Type.Boolean(),
        manual_expired_token_test: Type.Boolean(),
        manual_forged_token_test: Type.Boolean(),
        manual_replay_token_test: Type.Boolean(),
        audit_log_write: Type.Boolean(),
      },
      closed,
    ),
    evidence: Type.Object(
      {
        /** The source's name: the closing line of our own test runner's results. */
        pytest_output: Said,
        /** What the gateway recorded of one execution. */
        audit_log_sample: Type.Record(Type.String(), Type.Unknown()),
        /** The 95th percentile of what ran in this run. */
        gateway_response_time_ms: Type.Number({ minimum: 0 }),
      },
      closed,
    ),
    duration_minutes: Type.Number({ minimum: 0 }),
    timestamp: Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" }),
    human_operator: Said,
    ai_assistance: Said,
    /** Ours: attempts that were made and how many got through, and the seven items. */
    bypasses: Type.Object({ attempts: Count, bypasses: Count }, closed),
    security: Type.Object(
      {
        verdict: Type.Enum(["pass", "fail", "unsigned"]),
        checklist_sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
        signed_off: Type.Union([Type.Null(), Type.Object({ name: Said, date: Said }, closed)]),
        items: Type.Array(
          Type.Object(
            {
              id: Said,
              title: Said,
              status: Type.Enum(["yes", "no", "unknown"]),
              findings: Type.Array(Type.String({ maxLength: 20_000 })),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
  },
  { ...closed, $id: "lockkeeper/worker-results/v1" },
);
export type WorkerResults = Static<typeof WorkerResults>;

const parse = parserOf(WorkerResults);

/** What results are computed from. Nothing that is not here is made up. */
export type ResultsInput = {
  readonly workerId: string;
  readonly task: string;
  readonly results: readonly TargetResult[];
  readonly exchanges: readonly Exchange[];
  readonly tests: readonly TestResult[];
  readonly coverage: readonly CoveredFile[];
  readonly deliverables: readonly string[];
  readonly security: SecurityReview;
  readonly startedMs: number;
  readonly nowMs: number;
  readonly humanOperator: string;
  readonly aiAssistance: string;
};

/** A part that is computed, or why it cannot be. */
type Part<T> = Result<T, string>;

/**
 * Computes the results of a run.
 *
 * @returns on failure one `usage/missing` for each thing that is not there to compute from
 */
export function workerResults(input: ResultsInput): Result<WorkerResults, readonly Problem[]> {
  const parts = {
    valid: outcomeOf(input.results, isValidTest, "of a valid token"),
    expired: outcomeOf(input.results, isExpiredTest, "of an expired token"),
    forged: outcomeOf(input.results, isForgedTest, "of forged tokens"),
    replay: outcomeOf(input.results, isReplayTest, "of a token that was used"),
    audit: outcomeOf(input.results, isAuditTest, "of what is recorded"),
    unit: unitTests(input.tests),
    covered: coveredPercent(input.coverage),
    sample: auditSample(input.exchanges),
    response: responseTimeMs(input.exchanges),
    said: said(input.humanOperator, input.aiAssistance),
  };
  const missing = Object.values(parts).flatMap((part) => (part.ok ? [] : [part.error]));
  const { valid, expired, forged, replay, audit, unit, covered, sample, response } = parts;
  if (!valid.ok || !expired.ok || !forged.ok || !replay.ok || !audit.ok) return err(missing.map(problem));
  if (!unit.ok || !covered.ok || !sample.ok || !response.ok || missing.length > 0) return err(missing.map(problem));
  const form = {
    worker_id: input.workerId,
    task: input.task,
    status: statusOfRun(input, unit.value),
    deliverables_created: [...input.deliverables],
    test_results: {
      unit_tests_pass: unit.value,
      coverage_percent: covered.value,
      manual_valid_token_test: valid.value,
      manual_expired_token_test: expired.value,
      manual_forged_token_test: forged.value,
      manual_replay_token_test: replay.value,
      audit_log_write: audit.value,
    },
    evidence: {
      pytest_output: closingLine(input.tests),
      audit_log_sample: sample.value,
      gateway_response_time_ms: response.value,
    },
    duration_minutes: minutesBetween(input.startedMs, input.nowMs),
    timestamp: new Date(input.nowMs).toISOString(),
    human_operator: input.humanOperator,
    ai_assistance: input.aiAssistance,
    bypasses: bypassesOf(input.results),
    security: input.security,
  };
  const parsed = parse(form);
  return parsed.ok ? parsed : err(parsed.error.map(({ path, message }) => problem(`${path} ${message}`)));
}

const problem = (message: string): Problem => ({ code: "usage/missing", message });

/**
 * Passing needs all of it: no check failed, every unit test passed, and the security review passed.
 *
 * @requirement EXE-20, EXE-26
 */
export function statusOfRun(
  { results, security }: Pick<ResultsInput, "results" | "security">,
  unitTestsPass: boolean,
): WorkerResults["status"] {
  return countsOf(results).fail === 0 && unitTestsPass && security.verdict === "pass" ? "pass" : "fail";
}

type Asked = Pick<TargetResult, "check" | "verdict">;
const isValidTest = ({ check }: Asked) => check.id === "http-execute-valid";
const isExpiredTest = ({ check }: Asked) => check.id === "http-tokens-expired";
const isReplayTest = ({ check }: Asked) => check.id.startsWith("http-replay-");
const isAuditTest = ({ check }: Asked) => check.id === "http-execute-recorded";
const isForgedTest = ({ check }: Asked) => check.id.startsWith("http-tokens-") && check.requirements.includes("EXE-03");

/**
 * Whether all tests of a kind passed, of those that could be run; unknown where none could.
 *
 * @requirement EXE-20
 */
export function outcomeOf(results: readonly Asked[], isMeant: (result: Asked) => boolean, what: string): Part<boolean> {
  const ran = results.filter((one) => isMeant(one) && one.verdict.status !== "skip");
  if (ran.length === 0) return err(`no test ${what} could be run against this gateway`);
  return ok(ran.every(({ verdict }) => verdict.status === "pass"));
}

/** @requirement EXE-20 */
export function unitTests(tests: readonly Pick<TestResult, "status">[]): Part<boolean> {
  if (!tests.some(({ status }) => status !== "skip")) return err("the test results hold no test that ran");
  return ok(tests.every(({ status }) => status !== "fail"));
}

/**
 * The closing line of a test run, from its results.
 *
 * @requirement EXE-20
 */
export function closingLine(tests: readonly Pick<TestResult, "status">[]): string {
  const count = (wanted: TestResult["status"]) => tests.filter(({ status }) => status === wanted).length;
  return `Tests  ${count("fail")} failed | ${count("pass")} passed | ${count("skip")} skipped (${tests.length})`;
}

/**
 * The share of lines that ran, in percent, rounded down to a tenth: a bar is not met by rounding.
 *
 * @requirement EXE-20
 */
export function coveredPercent(coverage: readonly Pick<CoveredFile, "hits">[]): Part<number> {
  const hits = coverage.flatMap((file) => [...file.hits.values()]);
  if (hits.length === 0) return err("the coverage speaks of no line of the files asked for");
  return ok(Math.floor((1000 * hits.filter((count) => count > 0).length) / hits.length) / 10);
}

/**
 * What the gateway recorded of an execution that ran, as it was read in this run.
 *
 * @requirement EXE-20
 */
export function auditSample(exchanges: readonly Exchange[]): Part<Readonly<Record<string, unknown>>> {
  for (const { request, answer } of exchanges.toReversed()) {
    const isRecordOf = request.path.startsWith("/executions/") && answer.status === 200;
    if (isRecordOf && isRecord(answer.json) && isRecord(answer.json.end)) return ok(answer.json);
  }
  return err("no record of an execution could be read from this gateway");
}

/**
 * The 95th percentile of the time that executions took to be answered, in milliseconds to a tenth.
 *
 * @requirement EXE-20
 */
export function responseTimeMs(exchanges: readonly Exchange[]): Part<number> {
  const times = exchanges
    .filter(({ request, answer }) => request.path === "/gateway/execute" && answer.status === 200)
    .map(({ answer }) => answer.durationMs)
    .sort((a, b) => a - b);
  const time = times[Math.ceil(times.length * 0.95) - 1];
  return time === undefined
    ? err("nothing was executed, so that there is no response time")
    : ok(Math.round(time * 10) / 10);
}

/** @requirement EXE-20 */
export function minutesBetween(startedMs: number, nowMs: number): number {
  return Math.round((nowMs - startedMs) / 600) / 100;
}

/**
 * Two things nobody can compute: who ran it, and what helped them.
 *
 * @requirement EXE-20
 */
export function said(humanOperator: string, aiAssistance: string): Part<null> {
  const missing = [
    ...(humanOperator.trim() === "" ? ["the name of the human operator"] : []),
    ...(aiAssistance.trim() === "" ? ["what assistance an AI gave"] : []),
  ];
  return missing.length === 0 ? ok(null) : err(`${missing.join(" and ")} must be said`);
}
