import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import Type, { type Static } from "typebox";
import { err, ok, type Problem, parserOf, parseStrictYaml, problemsOfIssues, type Result } from "../../src/index.js";

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const Path = Text(4096);

/** A command as a request has it: a text, or an argv. */
const Command = Type.Union([Text(8192), Type.Array(Type.String({ maxLength: 8192 }), { minItems: 1, maxItems: 128 })]);
export type TargetCommand = Static<typeof Command>;

/** Somebody who asks, by a Bearer token: one that is minted with the key for bearers, or the one in a file. */
const Person = Type.Union([
  Type.Object({ id: Text(256), role: Text(100) }, closed),
  Type.Object({ token_file: Path }, closed),
]);
export type Person = Static<typeof Person>;

const Grant = Type.Object({ approval_id: Text(256), token: Text(8192), command: optional(Command) }, closed);

/** How an approval and a token for a command come about. */
const Approvals = Type.Union([
  /** By the routes of the protocol: `POST /approvals`, `…/approve`, `…/token`. */
  Type.Object({ by: Type.Literal("protocol") }, closed),
  /** By a program: it gets the argv and `{"command": …}` on standard input, and prints `{"approval_id", "token"}`. */
  Type.Object({ by: Type.Literal("program"), argv: Type.Array(Text(4096), { minItems: 1, maxItems: 64 }) }, closed),
  /** One approval for all; tokens are minted with the key for capabilities. */
  Type.Object({ by: Type.Literal("key"), approval_id: Text(256) }, closed),
  /** Tokens that were made beforehand. Each is used for one thing, so that what they do not reach for is skipped. */
  Type.Object({ by: Type.Literal("list"), grants: Type.Array(Grant, { minItems: 1, maxItems: 1000 }) }, closed),
]);
export type ApprovalSource = Static<typeof Approvals>;

/** What tokens look like that are minted with the key. */
const TokenForm = Type.Object(
  {
    typ: optional(Text(100)),
    /** Claims that are always the same. */
    claims: optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown())),
    life_s: optional(Type.Integer({ minimum: 5, maximum: 3600 })),
    /** Where a token holds the hash of its command: under which claim, and the folder that commands run in. */
    command_hash: optional(Type.Object({ claim: Text(100), cwd: Path }, closed)),
  },
  closed,
);

/** What a gateway may have besides `POST /gateway/execute`. What is not listed is not asked for. */
export const targetFeatures = [
  "approvals",
  "executions",
  "decisions",
  "metrics",
  "idempotency",
  "events",
  "arguments",
] as const;
export type TargetFeature = (typeof targetFeatures)[number];

/** The file that `lockkeeper conform --target-config` reads. Paths are relative to it. */
export const TargetConfig = Type.Object(
  {
    schema: Type.Literal("lockkeeper/target/v1"),
    title: optional(Text(200)),
    features: optional(Type.Array(Type.Enum([...targetFeatures]), { maxItems: targetFeatures.length })),
    approvals: Approvals,
    token: optional(TokenForm),
    /** A JWKS with private keys. A key's `purpose` is `capability` or `bearer`; one without is for capabilities. */
    keys: optional(Path),
    /** A certificate authority in PEM. */
    ca: optional(Path),
    metrics_url: optional(Text(2048)),
    people: optional(
      Type.Object(
        {
          requester: optional(Person),
          approver: optional(Person),
          viewer: optional(Person),
          operator: optional(Person),
          admin: optional(Person),
          auditor: optional(Person),
          metrics: optional(Person),
          decider: optional(Person),
        },
        closed,
      ),
    ),
    commands: Type.Object(
      {
        /** One that may run, and what it prints, without the newline at the end. */
        allowed: Type.Object({ command: Command, output: Type.String({ maxLength: 10_000 }) }, closed),
        /** Another that may run. */
        other: Command,
        /** One that may run and fails. */
        failing: optional(
          Type.Object(
            { command: Command, exit_code: Type.Integer({ minimum: 1, maximum: 255 }), stderr: Type.String() },
            closed,
          ),
        ),
        /** One that may run and leaves a file: refused attempts are made with it, and must not leave one. */
        witness: optional(Type.Object({ command: Command, leaves: Path }, closed)),
        /** Those that may not run; a file that one would leave, or take away. */
        forbidden: Type.Array(
          Type.Object({ command: Command, leaves: optional(Path), removes: optional(Path) }, closed),
          { minItems: 1, maxItems: 200 },
        ),
      },
      closed,
    ),
    /** A token that was good and has expired, where there is no key to make one with. */
    expired: optional(Grant),
    timeout_ms: optional(Type.Integer({ minimum: 100, maximum: 600_000 })),
  },
  { ...closed, $id: "lockkeeper/target/v1" },
);
export type TargetConfig = Static<typeof TargetConfig>;

const parse = parserOf(TargetConfig);

/** Reads the text of a target config. @returns on failure every problem with its row and column */
export function parseTargetConfig(text: string, file: string): Result<TargetConfig, readonly Problem[]> {
  const document = parseStrictYaml(text, file);
  if (!document.ok) return document;
  const parsed = parse(document.value.value);
  return parsed.ok ? ok(parsed.value) : err(problemsOfIssues(document.value, parsed.error));
}

/** Reads a target config, and tells the folder that its paths are relative to. */
export async function readTargetConfig(
  file: string,
): Promise<Result<{ readonly config: TargetConfig; readonly root: string }, readonly Problem[]>> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== "string") {
    return err([
      { code: "usage/missing", message: `the target config cannot be read: ${text.message}`, place: { file } },
    ]);
  }
  const config = parseTargetConfig(text, file);
  return config.ok ? ok({ config: config.value, root: dirname(resolve(file)) }) : config;
}
