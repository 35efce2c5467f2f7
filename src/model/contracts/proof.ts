import Type, { type Static } from "typebox";
import { Count, closed, RequirementId, Sha256, Text } from "./scalars.js";

/** Most mutants that are listed of one place, survivors first; the counts hold all of them. */
export const maxListedMutants = 100;

/** One deliberate break of a cited line, and who noticed. */
export const ProvenMutant = Type.Object(
  {
    /** The row inside the place, from 1. */
    row: Count,
    mutator: Text(100),
    /** What stood there instead; empty where something was only taken away. */
    replacement: Text(200),
    /** A trial that noticed and cites the requirement: its index in `trials`. Absent where none did. */
    killed_by: Type.Optional(Count),
    /** Of a survivor: why it counts as one. */
    why: Type.Optional(Text(200)),
    /** Of a survivor: the rows as they are, after `-`, and as they were with the mutant, after `+`. */
    diff: Type.Optional(Text(2000)),
  },
  closed,
);
export type ProvenMutant = Static<typeof ProvenMutant>;

/** A cited place with what became of the mutants of its lines, for one requirement. */
export const ProvenPlace = Type.Object(
  {
    kind: Type.Enum(["rule", "code"]),
    name: Text(500),
    file: Text(1000),
    /** SHA-256 of the cited lines: line ends, trailing blanks and the common indentation do not count. */
    sha256: Sha256,
    /** Mutants that a trial noticed which cites the requirement. */
    killed: Count,
    survived: Count,
    /** Survivors whose lines a trial that cites the requirement ran. */
    covered: Count,
    equivalent: Count,
    /** Who noticed, and how many of the killed each is taken for: indices in `trials`. */
    killers: Type.Array(Type.Object({ trial: Count, mutants: Count }, closed)),
    mutants: Type.Array(ProvenMutant, { maxItems: maxListedMutants }),
  },
  closed,
);
export type ProvenPlace = Static<typeof ProvenPlace>;

/** A trial that noticed a mutant, with the hash of what it tries. */
export const ProvenTrial = Type.Object(
  {
    kind: Type.Enum(["test", "case"]),
    name: Text(500),
    file: Text(1000),
    sha256: Sha256,
  },
  closed,
);
export type ProvenTrial = Static<typeof ProvenTrial>;

/** A figure that a cited benchmark recorded. */
export const ProvenFigure = Type.Object(
  {
    name: Text(500),
    value: Type.Number(),
    unit: Text(60),
    /** What it must reach, in words. */
    bar: Type.Optional(Text(300)),
    met: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type ProvenFigure = Static<typeof ProvenFigure>;

/** A cited benchmark with what it measured. */
export const ProvenMeasurement = Type.Object(
  {
    name: Text(500),
    file: Text(1000),
    /** As in a proven place. */
    sha256: Sha256,
    figures: Type.Array(ProvenFigure, { maxItems: 200 }),
  },
  closed,
);
export type ProvenMeasurement = Static<typeof ProvenMeasurement>;

/** What is proven of one requirement. */
export const RequirementProof = Type.Object(
  {
    id: RequirementId,
    places: Type.Array(ProvenPlace),
    trials: Type.Array(ProvenTrial),
    measurements: Type.Array(ProvenMeasurement),
  },
  closed,
);
export type RequirementProof = Static<typeof RequirementProof>;

/**
 * The file `specs/proof.json`: proofs as `lockkeeper prove` recorded them, sorted. While the hashes match the
 * repository, they stand; nobody writes it by hand.
 */
export const ProofFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/proof/v1"),
    requirements: Type.Array(RequirementProof),
  },
  { ...closed, $id: "lockkeeper/proof/v1" },
);
export type ProofFile = Static<typeof ProofFile>;
