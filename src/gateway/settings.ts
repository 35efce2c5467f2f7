import Type, { type Static } from "typebox";
import {
  err,
  ok,
  type Problem,
  parserOf,
  parseStrictYaml,
  problemsOfIssues,
  type Result,
  Subject,
} from "../model/index.js";

const closed = { additionalProperties: false } as const;
const Path = Type.String({ minLength: 1, maxLength: 4096 });
const Host = Type.String({ minLength: 1, maxLength: 255 });
const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const optional = Type.Optional;

const Listen = Type.Object({ host: optional(Host), port: optional(Port) }, closed);

const TlsFiles = Type.Object(
  {
    cert: Path,
    key: Path,
    /** With it only clients that show a certificate of this authority get in (mTLS). */
    client_ca: optional(Path),
    min_version: optional(Type.Enum(["TLSv1.2", "TLSv1.3"])),
  },
  closed,
);

const AuditSettings = Type.Object(
  {
    /** `sqlite` and `postgres` keep it beside what decides, `jsonl` in a file; PostgreSQL needs DATABASE_URL. */
    storage: optional(Type.Enum(["sqlite", "postgres", "jsonl"])),
    /** Seconds between signed checkpoints; 0 for none but those asked for. */
    checkpoint_every_s: optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
    /** Where checkpoints also go: a file on another disk, or an HTTP endpoint. */
    witness: optional(
      Type.Union([Type.Object({ file: Path }, closed), Type.Object({ url: Type.String({ maxLength: 2048 }) }, closed)]),
    ),
    /** Days that entries stay in the live log, and that archives are kept afterwards. */
    live_days: optional(Type.Integer({ minimum: 1, maximum: 3650 })),
    archive_days: optional(Type.Integer({ minimum: 0, maximum: 3650 })),
    /** Why nothing may be removed for now; one line each. */
    holds: optional(Type.Array(Type.String({ maxLength: 500 }), { maxItems: 100 })),
  },
  closed,
);

const SandboxSettings = Type.Object(
  {
    /** The unprivileged user and group that commands run as where the gateway is root. */
    uid: optional(Type.Integer({ minimum: 1, maximum: 4_294_967_294 })),
    gid: optional(Type.Integer({ minimum: 1, maximum: 4_294_967_294 })),
    /** Profiles of commands that may write in the workspace; others see it read-only. */
    writable_profiles: optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 32 })),
  },
  closed,
);

/** The older header: which pilots it may name, and the role of each. Nothing here is a secret, which is what is wrong with it. */
const PilotId = Type.String({ pattern: "^[\\x21-\\x7e]{1,256}$" });
const LegacyPilots = Type.Record(PilotId, Subject.properties.roles.items, { ...closed, maxProperties: 1000 });

/** The member `gateway` of `lockkeeper.yaml`. Paths are relative to that file. No secret stands in it. */
export const GatewayFile = Type.Object(
  {
    listen: optional(Listen),
    /** What clients call this gateway, as behind a proxy that ends TLS: what proofs of possession must be for. */
    public_url: optional(Type.String({ pattern: "^https?://[^\\s/?#]+(?:/[^\\s?#]*)?$", maxLength: 2048 })),
    tls: optional(TlsFiles),
    /** Metrics are served apart, on loopback unless told; `false` for nowhere. */
    metrics: optional(Type.Union([Listen, Type.Literal(false)])),
    /** The key file that `lockkeeper keys` writes. */
    keys: optional(Path),
    /** Where SQLite, spills and pinned executables are kept. */
    data: optional(Path),
    /** What decides and must be shared by all processes: nonces, quotas, approvals, the kill switch. */
    store: optional(Type.Enum(["sqlite", "postgres"])),
    audit: optional(AuditSettings),
    sandbox: optional(SandboxSettings),
    /** The folder that commands see, and run in where a request does not say. */
    workspace: optional(Path),
    profile: optional(Type.String({ pattern: "^[a-z0-9][a-z0-9_.+-]*$", maxLength: 100 })),
    /** Seconds that an approval lives unless its request says less, and a token minted from it. */
    approval_ttl_s: optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
    token_ttl_s: optional(Type.Integer({ minimum: 1, maximum: 300 })),
    /** Binds tokens to the policies that were in force when the approval was given. */
    bind_policies: optional(Type.Boolean()),
    /** Switches on the header `X-Pilot-ID`, which proves nothing, for these pilots; absent for nobody. Each use alerts. */
    legacy_pilot_ids: optional(LegacyPilots),
    /** A file that every decision is appended to, in OPA's decision-log format. */
    decision_log: optional(Path),
    log_level: optional(Type.Enum(["debug", "info", "warn", "error", "silent"])),
    /** How long running executions may take to end when the gateway is told to stop, in seconds. */
    grace_s: optional(Type.Integer({ minimum: 0, maximum: 3600 })),
  },
  closed,
);
export type GatewayFile = Static<typeof GatewayFile>;

/** The parts of `lockkeeper.yaml` that a gateway reads; the others are the conformance's. */
const ConfigFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/config/v1"),
    policies: optional(Path),
    gateway: optional(GatewayFile),
  },
  { additionalProperties: true },
);

/** Everything a gateway is told, with nothing left out. */
export type GatewaySettings = {
  /** The policy folder; null for the package's own. */
  readonly policies: string | null;
  readonly listen: { readonly host: string; readonly port: number };
  /** Without a slash at its end; null where clients' own word is taken for it. */
  readonly publicUrl: string | null;
  readonly tls: Static<typeof TlsFiles> | null;
  readonly metrics: { readonly host: string; readonly port: number } | null;
  readonly keys: string;
  /** Keys that the environment holds, in place of the file. */
  readonly keysText: string | null;
  readonly data: string;
  readonly store: "sqlite" | "postgres";
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly audit: {
    readonly storage: "sqlite" | "postgres" | "jsonl";
    readonly checkpointEveryS: number;
    readonly witness: { readonly file: string } | { readonly url: string } | null;
    readonly liveDays: number;
    readonly archiveDays: number;
    readonly holds: readonly string[];
  };
  readonly sandbox: { readonly uid: number; readonly gid: number; readonly writableProfiles: readonly string[] };
  readonly workspace: string;
  readonly profile: string;
  readonly approvalTtlS: number;
  readonly tokenTtlS: number;
  readonly bindPolicies: boolean;
  /** Role by pilot id. Null where the older header counts for nothing. */
  readonly legacyPilots: ReadonlyMap<string, string> | null;
  readonly decisionLog: string | null;
  readonly logLevel: string;
  readonly graceS: number;
};

/** The environment that overrides the file; names as operators know them. */
export type GatewayEnvironment = Readonly<Record<string, string | undefined>>;

const parseConfig = parserOf(ConfigFile);

/**
 * Reads settings from the text of `lockkeeper.yaml` (an empty one is all defaults) with the environment over it.
 * Secrets come from the environment alone: `LOCKKEEPER_KEYS_JSON`, `DATABASE_URL`, `REDIS_URL`.
 *
 * @returns on failure every problem, with row and column where it stands in the file
 */
export function readSettings(
  text: string,
  file: string,
  environment: GatewayEnvironment,
): Result<GatewaySettings, readonly Problem[]> {
  const document = parseStrictYaml(text === "" ? "schema: lockkeeper/config/v1\n" : text, file);
  if (!document.ok) return document;
  const parsed = parseConfig(document.value.value);
  if (!parsed.ok) return err(problemsOfIssues(document.value, parsed.error, "config/invalid"));
  const wrong = environmentProblems(environment);
  if (wrong.length > 0) return err(wrong);
  const settings = merged(parsed.value.policies ?? null, parsed.value.gateway ?? {}, environment);
  const needs = settings.store === "postgres" || settings.audit.storage === "postgres";
  if (!needs || settings.databaseUrl !== null) return ok(settings);
  const hint = "set it to postgres://user@host/database; it is never read from a file";
  return err([{ code: "config/invalid", message: "PostgreSQL is asked for and DATABASE_URL is not set", hint }]);
}

function merged(policies: string | null, file: GatewayFile, environment: GatewayEnvironment): GatewaySettings {
  const { listen = {}, metrics = {}, audit = {}, sandbox = {} } = file;
  const store = oneOf(environment.LOCKKEEPER_STORE, ["sqlite", "postgres"]) ?? file.store ?? "sqlite";
  const storage = oneOf(environment.AUDIT_STORAGE, ["sqlite", "postgres", "jsonl"]) ?? audit.storage ?? store;
  return {
    policies: environment.LOCKKEEPER_POLICIES ?? policies,
    listen: listenOf(listen, environment),
    publicUrl: file.public_url?.replace(/\/+$/, "") ?? null,
    tls: file.tls ?? null,
    metrics: metrics === false ? null : { host: metrics.host ?? "127.0.0.1", port: metrics.port ?? 9464 },
    keys: environment.LOCKKEEPER_KEYS ?? file.keys ?? ".lockkeeper/keys.json",
    keysText: environment.LOCKKEEPER_KEYS_JSON ?? null,
    data: environment.LOCKKEEPER_DATA ?? file.data ?? "data",
    store,
    databaseUrl: environment.DATABASE_URL ?? null,
    redisUrl: environment.REDIS_URL ?? null,
    audit: {
      storage,
      checkpointEveryS: audit.checkpoint_every_s ?? 60,
      witness: audit.witness ?? null,
      liveDays: audit.live_days ?? 30,
      archiveDays: audit.archive_days ?? 90,
      holds: audit.holds ?? [],
    },
    sandbox: {
      uid: sandbox.uid ?? 65_533,
      gid: sandbox.gid ?? 65_533,
      writableProfiles: sandbox.writable_profiles ?? ["build"],
    },
    workspace: file.workspace ?? "workspace",
    profile: file.profile ?? "readonly",
    approvalTtlS: file.approval_ttl_s ?? 900,
    tokenTtlS: file.token_ttl_s ?? 60,
    bindPolicies: file.bind_policies ?? true,
    legacyPilots: file.legacy_pilot_ids === undefined ? null : new Map(Object.entries(file.legacy_pilot_ids)),
    decisionLog: file.decision_log ?? null,
    logLevel: environment.LOCKKEEPER_LOG ?? file.log_level ?? "info",
    graceS: file.grace_s ?? 10,
  };
}

/**
 * Where the gateway listens: loopback alone unless told otherwise.
 *
 * @requirement EXE-24
 */
function listenOf(listen: Static<typeof Listen>, environment: GatewayEnvironment): GatewaySettings["listen"] {
  return {
    host: environment.LOCKKEEPER_HOST ?? listen.host ?? "127.0.0.1",
    port: numberIn(environment.LOCKKEEPER_PORT) ?? listen.port ?? 5001,
  };
}

/** What the environment says that cannot be meant; a misspelt storage must not fall back to another. */
function environmentProblems(environment: GatewayEnvironment): Problem[] {
  const choices = { AUDIT_STORAGE: ["sqlite", "postgres", "jsonl"], LOCKKEEPER_STORE: ["sqlite", "postgres"] };
  const wrong = Object.entries(choices).flatMap(([name, known]): Problem[] => {
    const value = environment[name];
    if (value === undefined || known.includes(value)) return [];
    return [{ code: "config/invalid", message: `${name} must be one of ${known.join(", ")}` }];
  });
  const port = environment.LOCKKEEPER_PORT;
  if (port === undefined || numberIn(port) !== undefined) return wrong;
  return [...wrong, { code: "config/invalid", message: "LOCKKEEPER_PORT must be a number from 0 to 65535" }];
}

function oneOf<T extends string>(value: string | undefined, known: readonly T[]): T | undefined {
  return known.find((one) => one === value);
}

function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}
