import Type, { type Static } from "typebox";
import { err, ok, type Problem, parserOf, parseStrictYaml, problemsOfIssues, type Result } from "../../src/index.js";

const closed = { additionalProperties: false } as const;
const Path = Type.String({ minLength: 1, maxLength: 1000, pattern: "^(?!/)(?!(.*/)?\\.\\.(/|$))" });
const Id = Type.String({ pattern: "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$", maxLength: 60 });
const list = <T extends Type.TSchema>(item: T) => Type.Optional(Type.Array(item, { minItems: 1, maxItems: 200 }));

/** What an item is computed from. There is no way to say here how it stands. */
const Item = Type.Object(
  {
    /** Requirements that pass in the last report. */
    requirements: list(Id),
    /** Test files of which every test passed, as `results` has it. */
    tests: list(Path),
    /** A table of error codes: each is used in a file and named in a test. */
    error_codes: Type.Optional(Path),
    /** A folder of JSON Schemas with `fixtures/<name>/valid-*.json` and `invalid-*.json` that they accept and refuse. */
    schemas: Type.Optional(Path),
    /** A report in LCOV or Cobertura, and the share of lines that must have run, in percent. */
    coverage: Type.Optional(Type.Object({ file: Path, at_least: Type.Number({ minimum: 0, maximum: 100 }) }, closed)),
    /** The rung that every requirement in force has reached in the last report. */
    reached: Type.Optional(Type.String({ maxLength: 20 })),
    /** Markdown with examples: blocks of `console`, `sh` or code. */
    examples: list(Path),
    /** A package.json whose `engines.node` the last run kept. */
    engines: Type.Optional(Path),
    /** No finding of the project's own hygiene rules. */
    hygiene: Type.Optional(Type.Literal("clean")),
    /** Markdown with a table of threats whose rows name requirements that pass in the last report. */
    threats: Type.Optional(Path),
    /** Figures as `npm run bench` writes them, each within its bar. */
    figures: Type.Optional(Path),
  },
  { ...closed, minProperties: 1 },
);
export type ReadinessSources = Static<typeof Item>;

/** The nine items, in the order they are shown, with what each is about. */
export const readinessItems = {
  error_handling: "Error handling",
  input_validation: "Input validation",
  logging: "Logging",
  configuration: "Configuration",
  coverage: "Coverage",
  documentation: "Documentation with examples",
  compatibility: "Compatibility",
  security: "Security",
  performance: "Performance",
} as const;
export type ReadinessItem = keyof typeof readinessItems;

const optional = Type.Optional(Item);

/** The file `specs/readiness.yaml`: where the evidence for each item lies. */
const ReadinessFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/readiness/v1"),
    /** JUnit XML of the tests that are named below. */
    results: Type.Optional(Path),
    items: Type.Object(
      {
        error_handling: optional,
        input_validation: optional,
        logging: optional,
        configuration: optional,
        coverage: optional,
        documentation: optional,
        compatibility: optional,
        security: optional,
        performance: optional,
      } satisfies Record<ReadinessItem, unknown>,
      closed,
    ),
  },
  { ...closed, $id: "lockkeeper/readiness/v1" },
);
export type ReadinessFile = Static<typeof ReadinessFile>;

const parse = parserOf(ReadinessFile);

/** Reads the file. @returns on failure every problem with its place; a status is an unknown key */
export function readReadinessFile(text: string, file: string): Result<ReadinessFile, readonly Problem[]> {
  const document = parseStrictYaml(text, file);
  if (!document.ok) return document;
  const parsed = parse(document.value.value);
  return parsed.ok ? ok(parsed.value) : err(problemsOfIssues(document.value, parsed.error));
}
