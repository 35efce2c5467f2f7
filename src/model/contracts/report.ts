import Type, { type Static } from "typebox";
import { maxListedMutants } from "./proof.js";
import { methods } from "./requirement.js";
import { Count, closed, RequirementId, Sha256, Text } from "./scalars.js";

/** What became of a requirement, a case or a check. `xpass`, `fail`, `unverified` and `stale` fail the run. */
export const statuses = ["pass", "fail", "xfail", "xpass", "skip", "waived", "unverified", "stale", "planned"] as const;
export const Status = Type.Enum([...statuses]);
export type Status = (typeof statuses)[number];

/** One place that speaks for a requirement: a rule, code, a test, a case or an attack. */
export const Evidence = Type.Object(
  {
    kind: Type.Enum(["rule", "code", "test", "case", "attack", "measurement", "artifact", "inspection"]),
    /** The rule's, case's or test's own name. */
    name: Text(500),
    file: Text(1000),
    row: Count,
    end_row: Count,
    status: Status,
    /** The lines of this place that ran under a cited test, first and last; absent where nobody looked. */
    executed: Type.Optional(Type.Array(Type.Object({ from: Count, to: Count }, closed))),
    detail: Type.Optional(Text(4000)),
  },
  closed,
);
export type Evidence = Static<typeof Evidence>;

/** One deliberate break of a cited line; rows count in the file. */
const MutantResult = Type.Object(
  {
    row: Count,
    mutator: Text(100),
    replacement: Text(200),
    /** The trial that noticed. */
    killed_by: Type.Optional(Text(500)),
    /** Of a survivor: why it counts as one, and the rows without and with it. */
    why: Type.Optional(Text(200)),
    diff: Type.Optional(Text(2000)),
  },
  closed,
);

/** What recorded proofs say of a place: every mutant was noticed, one was not, other lines are recorded, or none. */
export const ProofState = Type.Enum(["killed", "survived", "stale", "missing"]);
export type ProofState = Static<typeof ProofState>;

/** What breaking the cited lines of a requirement showed. */
export const ProofResult = Type.Object(
  {
    /** The worst of its places. */
    state: ProofState,
    killed: Count,
    survived: Count,
    equivalent: Count,
    places: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(["rule", "code"]),
          name: Text(500),
          file: Text(1000),
          row: Count,
          end_row: Count,
          state: ProofState,
          killed: Count,
          survived: Count,
          /** Survivors whose lines a trial that cites the requirement ran. */
          covered: Count,
          equivalent: Count,
          killers: Type.Array(Type.Object({ trial: Text(500), mutants: Count }, closed)),
          mutants: Type.Array(MutantResult, { maxItems: maxListedMutants }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ProofResult = Static<typeof ProofResult>;

/** A requirement with what was found for it. */
export const RequirementResult = Type.Object(
  {
    id: RequirementId,
    rev: Count,
    level: Type.Enum(["MUST", "SHOULD"]),
    method: Type.Enum([...methods]),
    text: Text(2000),
    source: Text(300),
    since: Text(20),
    status: Status,
    /** Rungs reached, lowest first. */
    reached: Type.Array(Text(20)),
    /** The rung this version demands of it; null while planned. */
    demanded: Type.Union([Text(20), Type.Null()]),
    gaps: Type.Array(Text(1000)),
    evidence: Type.Array(Evidence),
    /** Where its method is mutation and something is cited. */
    proof: Type.Optional(ProofResult),
  },
  closed,
);
export type RequirementResult = Static<typeof RequirementResult>;

/** A case, a property attack, a differential or a planted fault. */
export const CheckResult = Type.Object(
  {
    id: Text(200),
    kind: Type.Enum(["case", "attack", "differential", "fault", "test"]),
    title: Text(500),
    requirements: Type.Array(RequirementId),
    status: Status,
    file: Text(1000),
    row: Count,
    /** Inputs tried, 1 for a case. */
    inputs: Count,
    /** What was expected and what came, when it failed; the shrunk input, seed and path of a property. */
    detail: Type.Optional(Text(20_000)),
  },
  closed,
);
export type CheckResult = Static<typeof CheckResult>;

/** The canonical report: sorted, byte-identical for the same inputs. Times and machines are in the run facts. */
export const Report = Type.Object(
  {
    schema: Type.Literal("lockkeeper/report/v1"),
    product: Type.Object({ name: Text(100), version: Text(60) }, closed),
    verdict: Type.Enum(["PASS", "FAIL"]),
    exit_code: Count,
    /** Every exit code that holds, with its reasons, in order of precedence. */
    reasons: Type.Array(Type.Object({ exit_code: Count, text: Text(1000) }, closed)),
    profile: Text(40),
    seed: Count,
    only: Type.Array(RequirementId),
    /** SHA-256 of what went in: specs, policies, toolchain. */
    inputs: Type.Record(Type.String(), Sha256),
    totals: Type.Object(
      {
        requirements: Type.Record(Type.String(), Count),
        checks: Type.Record(Type.String(), Count),
        property_inputs: Count,
        interpreter_inputs: Count,
        disagreements: Count,
        bypasses: Count,
        /** Mutants of the cited lines of requirements in force, each counted for every requirement it is cited for. */
        mutants: Type.Optional(Type.Object({ killed: Count, survived: Count, equivalent: Count }, closed)),
      },
      closed,
    ),
    requirements: Type.Array(RequirementResult),
    checks: Type.Array(CheckResult),
  },
  { ...closed, $id: "lockkeeper/report/v1" },
);
export type Report = Static<typeof Report>;

/** What differs from run to run: kept in a file of its own. */
export const RunFacts = Type.Object(
  {
    schema: Type.Literal("lockkeeper/run/v1"),
    report_sha256: Sha256,
    started_at: Text(40),
    duration_ms: Count,
    node: Text(40),
    platform: Text(40),
    phases: Type.Array(Type.Object({ name: Text(100), duration_ms: Count }, closed)),
  },
  { ...closed, $id: "lockkeeper/run/v1" },
);
export type RunFacts = Static<typeof RunFacts>;
