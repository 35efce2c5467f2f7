import Type, { type Static } from "typebox";
import { parserOf } from "../../model/index.js";

/** What the toolchain answers. It is our own program, yet its answers are checked like everything that comes in. */

const closed = { additionalProperties: false } as const;
const Row = Type.Integer({ minimum: 0 });
/** Rows from and to, both included. */
const Range = Type.Unsafe<[number, number]>(Type.Array(Row, { minItems: 2, maxItems: 2 }));
const RangesByFile = Type.Record(Type.String(), Type.Array(Range));

const RawDiagnostic = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    file: Type.String(),
    row: Row,
    col: Row,
    end_col: Type.Optional(Row),
    hint: Type.Optional(Type.String()),
  },
  closed,
);
export type RawDiagnostic = Static<typeof RawDiagnostic>;

const Header = Type.Object(
  {
    ok: Type.Boolean(),
    result: Type.Optional(Type.Unknown()),
    error: Type.Optional(
      Type.Object(
        { code: Type.String(), message: Type.String(), diagnostics: Type.Optional(Type.Array(RawDiagnostic)) },
        closed,
      ),
    ),
  },
  closed,
);
export type Header = Static<typeof Header>;

const Check = Type.Object({ diagnostics: Type.Array(RawDiagnostic) }, closed);

/** A rule that METADATA gives an id, with the lines that state it. A rule of several bodies has several entries. */
const RuleEntry = Type.Object(
  {
    id: Type.String(),
    requirements: Type.Optional(Type.Array(Type.String())),
    severity: Type.Optional(Type.String()),
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    package: Type.String(),
    rule: Type.String(),
    file: Type.String(),
    row: Row,
    end_row: Row,
  },
  closed,
);
export type RuleEntry = Static<typeof RuleEntry>;

const Compile = Type.Object({ entrypoints: Type.Array(Type.String()), rules: Type.Array(RuleEntry) }, closed);

const FormattedFile = Type.Object({ path: Type.String(), text: Type.String(), changed: Type.Boolean() }, closed);
export type FormattedFile = Static<typeof FormattedFile>;

const Format = Type.Object({ files: Type.Array(FormattedFile) }, closed);

/** One test: where it is, how it went, and the lines it reached. `fail` is where its body stopped being true. */
const TestResult = Type.Object(
  {
    package: Type.String(),
    name: Type.String(),
    file: Type.String(),
    row: Row,
    end_row: Row,
    status: Type.Enum(["pass", "fail", "error", "skip"]),
    duration_ns: Type.Number(),
    fail: Type.Union([Type.Object({ file: Type.String(), row: Row, expr: Type.String() }, closed), Type.Null()]),
    error: Type.Optional(Type.String()),
    /** What `print` said. */
    output: Type.Optional(Type.String()),
    /** The named cases of a test that has several. */
    cases: Type.Optional(
      Type.Array(Type.Object({ name: Type.Array(Type.String()), status: Type.Enum(["pass", "fail"]) }, closed)),
    ),
    covered: RangesByFile,
  },
  closed,
);
export type TestResult = Static<typeof TestResult>;

/** Line coverage of everything but tests, by OPA's own measure. */
const Coverage = Type.Object(
  {
    files: Type.Record(
      Type.String(),
      Type.Object({ covered: Type.Array(Range), not_covered: Type.Array(Range) }, closed),
    ),
    percent: Type.Number(),
  },
  closed,
);
export type Coverage = Static<typeof Coverage>;

const TestRun = Type.Object({ tests: Type.Array(TestResult), coverage: Type.Optional(Coverage) }, closed);
export type TestRun = Static<typeof TestRun>;

const Load = Type.Object({ handle: Type.Integer(), files: Type.Array(Type.String()) }, closed);

/** A rule that an evaluation made true. */
const FiredRule = Type.Object(
  {
    id: Type.Optional(Type.String()),
    package: Type.String(),
    rule: Type.String(),
    file: Type.String(),
    row: Row,
    end_row: Row,
  },
  closed,
);
export type FiredRule = Static<typeof FiredRule>;

/** One step of an evaluation: `enter`, `eval`, `fail`, `exit`, `index` or `note`. `locals` are given where it fails. */
const TraceEvent = Type.Object(
  {
    op: Type.String(),
    query: Type.Integer(),
    parent: Type.Integer(),
    file: Type.Optional(Type.String()),
    row: Type.Optional(Row),
    text: Type.Optional(Type.String()),
    rule: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    locals: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  closed,
);
export type TraceEvent = Static<typeof TraceEvent>;

const EvaluationError = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    file: Type.Optional(Type.String()),
    row: Type.Optional(Row),
    col: Type.Optional(Row),
  },
  closed,
);

/** The answer to one input. Not `defined` and no `error` means that the document is undefined. */
const Evaluation = Type.Object(
  {
    result: Type.Unknown(),
    defined: Type.Boolean(),
    error: Type.Optional(EvaluationError),
    output: Type.Optional(Type.String()),
    covered: Type.Optional(RangesByFile),
    fired: Type.Optional(Type.Array(FiredRule)),
    trace: Type.Optional(Type.Array(TraceEvent)),
    trace_truncated: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type Evaluation = Static<typeof Evaluation>;

const Eval = Type.Object({ evaluations: Type.Array(Evaluation) }, closed);

/** One METADATA block, its own rows, and those of what it speaks of. */
const Annotation = Type.Object(
  {
    scope: Type.Enum(["rule", "document", "package", "subpackages"]),
    package: Type.String(),
    rule: Type.Optional(Type.String()),
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    entrypoint: Type.Optional(Type.Boolean()),
    custom: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** The whole block as OPA writes it. */
    document: Type.Record(Type.String(), Type.Unknown()),
    file: Type.String(),
    row: Row,
    end_row: Row,
    targets: Type.Array(Type.Object({ row: Row, end_row: Row }, closed)),
  },
  closed,
);
export type Annotation = Static<typeof Annotation>;

const Annotations = Type.Object({ annotations: Type.Array(Annotation) }, closed);

const Ast = Type.Object({ module: Type.Record(Type.String(), Type.Unknown()) }, closed);

/** What packages need: files and packages, themselves and their tests among them; and who needs them. */
const Closure = Type.Object(
  { files: Type.Array(Type.String()), packages: Type.Array(Type.String()), dependents: Type.Array(Type.String()) },
  closed,
);
export type Closure = Static<typeof Closure>;

/** One small change of a rule's text: `text` stands for the bytes `start` to `end` of its file's UTF-8. */
const RuleMutant = Type.Object(
  {
    file: Type.String(),
    /** The place of the rule among the rules of its file. */
    rule: Type.Integer(),
    operator: Type.String(),
    start: Type.Integer(),
    end: Type.Integer(),
    row: Row,
    /** Counts from 1, in UTF-16 units, as `end_col`, which is excluded. */
    col: Row,
    end_row: Row,
    end_col: Row,
    text: Type.String(),
  },
  closed,
);
export type RuleMutant = Static<typeof RuleMutant>;

/** A rule that has mutants: what it cites, its text with its METADATA, and the documents that it names. */
const MutatedRule = Type.Object(
  {
    file: Type.String(),
    rule: Type.Integer(),
    name: Type.String(),
    package: Type.String(),
    row: Row,
    end_row: Row,
    requirements: Type.Array(Type.String()),
    text: Type.String(),
    reads: Type.Array(Type.String()),
  },
  closed,
);
export type MutatedRule = Static<typeof MutatedRule>;

/** All mutants of all rules, and what tests cite by the paths of the tests. */
const Mutants = Type.Object(
  {
    rules: Type.Array(MutatedRule),
    mutants: Type.Array(RuleMutant),
    tests: Type.Record(Type.String(), Type.Array(Type.String())),
  },
  closed,
);
export type Mutants = Static<typeof Mutants>;

/**
 * What came of a mutant: `invalid` does not compile, and `why` says so; `equal` is the same rule once compiled.
 * `killed_by` are places of trials, `asked` is how many were.
 */
const MutantResult = Type.Object(
  {
    status: Type.Enum(["killed", "survived", "invalid", "equal"]),
    killed_by: Type.Array(Type.Integer()),
    asked: Type.Integer(),
    why: Type.Optional(Type.String()),
  },
  closed,
);
export type MutantResult = Static<typeof MutantResult>;

/** The results in the order of the request. */
const Mutation = Type.Object({ mutants: Type.Array(MutantResult), data_mutants: Type.Array(MutantResult) }, closed);
export type Mutation = Static<typeof Mutation>;

const Version = Type.Object({ opa: Type.String(), go: Type.String() }, closed);
export type Version = Static<typeof Version>;

export const parseHeader = parserOf(Header);
export const parseCheck = parserOf(Check);
export const parseCompile = parserOf(Compile);
export const parseFormat = parserOf(Format);
export const parseTestRun = parserOf(TestRun);
export const parseLoad = parserOf(Load);
export const parseEval = parserOf(Eval);
export const parseAnnotations = parserOf(Annotations);
export const parseAst = parserOf(Ast);
export const parseClosure = parserOf(Closure);
export const parseMutants = parserOf(Mutants);
export const parseMutation = parserOf(Mutation);
export const parseVersion = parserOf(Version);
