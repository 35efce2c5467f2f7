import Type, { type Static } from "typebox";
import type { JsonValue, Place } from "../../src/index.js";

const closed = { additionalProperties: false } as const;
const sentence = Type.String({ minLength: 10, maxLength: 500, pattern: "\\S" });
const pattern = Type.String({ minLength: 1, maxLength: 1000 });
/** Ends of names that count, such as `.rego` or `_test.rego`; without them, every text file. */
const suffixes = Type.Array(Type.String({ minLength: 2, maxLength: 50 }), { minItems: 1, maxItems: 100 });

/** Languages whose files are parsed. `ecmascript` is JavaScript and TypeScript, with and without JSX. */
export const parsedLanguages = ["ecmascript", "python", "go", "rust", "java"] as const;
export type ParsedLanguage = (typeof parsedLanguages)[number];

/** A pattern of syntax: a rule of ast-grep, tried only on files whose text has `hint` in it. */
const SyntaxSearch = Type.Object(
  {
    by: Type.Literal("syntax"),
    language: Type.Enum([...parsedLanguages]),
    hint: pattern,
    /** What `$NAME` may stand for, and the rule itself, as ast-grep has them. */
    constraints: Type.Optional(Type.Unsafe<JsonValue>(Type.Object({}))),
    rule: Type.Unsafe<JsonValue>(Type.Object({})),
  },
  closed,
);

/** A regular expression over the whole text, `^` and `$` being ends of lines. */
const TextSearch = Type.Object({ by: Type.Literal("text"), suffixes: Type.Optional(suffixes), pattern }, closed);

/** The same over each comment alone, where the text has `hint` in it. */
const CommentSearch = Type.Object({ by: Type.Literal("comment"), hint: pattern, pattern }, closed);

/** What `@secretlint`'s recommended rules take for a secret. */
const SecretSearch = Type.Object({ by: Type.Literal("secret") }, closed);

/** More lines than `max_lines` or more bytes than `max_bytes`. `binary` files have no lines. */
const SizeSearch = Type.Object(
  {
    by: Type.Literal("size"),
    suffixes: Type.Optional(suffixes),
    binary: Type.Optional(Type.Boolean()),
    max_lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
    max_bytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000_000 })),
  },
  closed,
);

/** A digest in the file, or in a list of digests beside it, that is not the digest of what is there. */
const DigestSearch = Type.Object({ by: Type.Literal("digest") }, closed);

/** What is looked for, and what a person who finds it is told. */
export const HygieneRule = Type.Object(
  {
    id: Type.String({ pattern: "^hygiene/[a-z][a-z0-9_]*$", maxLength: 100 }),
    /** `forbidden` patterns are always looked for; the rest by a full search alone. */
    set: Type.Enum(["forbidden", "full"]),
    title: sentence,
    why: sentence,
    fix: sentence,
    find: Type.Array(Type.Union([SyntaxSearch, TextSearch, CommentSearch, SecretSearch, SizeSearch, DigestSearch]), {
      minItems: 1,
      maxItems: 50,
    }),
  },
  closed,
);

/** A file of `specs/hygiene/`. */
export const HygieneFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/hygiene/v1"),
    title: Type.String({ maxLength: 200 }),
    rules: Type.Array(HygieneRule, { minItems: 1, maxItems: 200 }),
  },
  { ...closed, $id: "lockkeeper/hygiene/v1" },
);

/** A rule as it is written, and where. */
export type HygieneRule = Static<typeof HygieneRule> & { readonly place: Place };
export type HygieneSearch = HygieneRule["find"][number];
