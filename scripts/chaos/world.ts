import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { type AuditEntry, systemClock, systemRandom } from "../../src/index.js";
import { createDatabase, type TestDatabase } from "../../src/store/testdata/test-database.js";
import { createToken, type KeySet, newKey, privateJwks, purposes } from "../../src/token/index.js";

const run = promisify(execFile);

export type StoreName = "sqlite" | "postgres";

/** A gateway's folder, rules and database, which outlive its processes. */
export interface World extends AsyncDisposable {
  readonly folder: string;
  readonly store: StoreName;
  /** Where PostgreSQL is; null without one. */
  readonly databaseUrl: string | null;
  /** Starts one more process of `lockkeeper serve`, and waits until it listens. */
  start(environment?: Readonly<Record<string, string>>): Promise<GatewayProcess>;
  /** A Bearer token. */
  bearer(pilotId: string, role: string): Promise<string>;
  /** Everything that is in the log, in the order that it was added. */
  entries(): Promise<readonly AuditEntry[]>;
  /** What `lockkeeper audit verify` says where the log does not hold; undefined where it does. */
  fault(): Promise<string | undefined>;
  /** How often the command of each number ran: every run leaves a file that nobody had before. */
  marks(): ReadonlyMap<number, number>;
}

/** A process of `lockkeeper serve`. */
export interface GatewayProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end, and gives its exit code. */
  stop(): Promise<number | null>;
}

/** A command that leaves a mark of its own each time that it runs. */
export const marking = (n: number) => `mktemp mark-${n}-XXXXXXXX`;

/** What an operator would write to allow it: no rule is changed, and no other program allowed. */
const markProgram = `# A program that leaves a mark, for trying what happens when things break.
mktemp:
  description: Leave a file that nobody had before
  path: /usr/bin/mktemp
  profiles: [readonly]
  syntax: gnu
  risk: low
  options: {}
  positionals: {type: path, min: 1, max: 1}
`;

const config = (store: StoreName) => `schema: lockkeeper/config/v1
policies: policies
gateway:
  store: ${store}
  keys: keys.json
  workspace: workspace
  metrics: false
  # Often, so that a process is ended in the middle of it too.
  audit: {checkpoint_every_s: 1}
  sandbox: {writable_profiles: [readonly]}
  token_ttl_s: 300
`;

/**
 * Makes a world.
 *
 * @param program - the file that `lockkeeper` is started from
 */
export async function makeWorld(
  store: StoreName,
  program: string,
  withDatabase = store === "postgres",
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-chaos-"));
  chmodSync(folder, 0o711);
  cpSync("policies", join(folder, "policies"), { recursive: true });
  writeFileSync(join(folder, "policies/command/programs/mark.yaml"), markProgram);
  writeFileSync(join(folder, "lockkeeper.yaml"), config(store));
  const keys = { keys: purposes.map((purpose) => newKey("EdDSA", purpose, systemClock.nowMs(), systemRandom)) };
  writeFileSync(join(folder, "keys.json"), JSON.stringify(privateJwks(keys)), { mode: 0o600 });
  mkdirSync(join(folder, "workspace"));
  // Commands run as somebody else.
  chmodSync(join(folder, "workspace"), 0o777);
  const database = withDatabase ? await createDatabase() : null;
  const environment = database === null ? {} : { DATABASE_URL: database.url };
  return {
    folder,
    store,
    databaseUrl: database?.url ?? null,
    start: (more = {}) => startProcess(program, folder, { ...environment, ...more }),
    bearer: (pilotId, role) => bearerOf(keys, pilotId, role),
    entries: () => entriesOf(folder, database),
    fault: () => faultOf(program, folder, database?.url),
    marks: () => marksIn(join(folder, "workspace")),
    [Symbol.asyncDispose]: async () => {
      await database?.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const baseEnvironment = { PATH: "/usr/bin:/bin", LOCKKEEPER_LOG: "info" };

/** How long a gateway may take to start, in milliseconds: the first one compiles its rules. */
const startMs = 60_000;

async function startProcess(
  program: string,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<GatewayProcess> {
  const port = await freePort();
  const env = { ...baseEnvironment, LOCKKEEPER_PORT: String(port), ...environment };
  const child = spawn(process.execPath, [program, "serve"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  const keep = (chunk: Buffer) => {
    if (said.length < 100) said.push(`${chunk}`);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const exit = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const url = `http://127.0.0.1:${port}`;
  const giveUpMs = performance.now() + startMs;
  while (child.exitCode === null && performance.now() < giveUpMs) {
    const isUp = await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp)
      return { url, pid: child.pid ?? 0, kill: () => ended(child, "SIGKILL", exit), stop: () => stopped(child, exit) };
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`the gateway did not start: ${said.join("\n")}`);
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return Object(address).port;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals, exit: Promise<unknown>): Promise<void> {
  child.kill(signal);
  await exit;
}

async function stopped(child: ChildProcess, exit: Promise<number | null>): Promise<number | null> {
  child.kill("SIGTERM");
  return exit;
}

async function bearerOf(keys: KeySet, pilotId: string, role: string): Promise<string> {
  const made = await createToken(
    { pilotId, role, expiresMinutes: 60 },
    { keySet: () => keys, clock: systemClock, random: systemRandom },
  );
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

async function entriesOf(folder: string, database: TestDatabase | null): Promise<readonly AuditEntry[]> {
  const lines = database === null ? sqliteLines(folder) : await postgresLines(database.url);
  return lines.map((line): AuditEntry => JSON.parse(line));
}

function sqliteLines(folder: string): readonly string[] {
  const database = new DatabaseSync(join(folder, "data/lockkeeper.db"), { readOnly: true });
  try {
    return database
      .prepare("SELECT line FROM entries ORDER BY id")
      .all()
      .map(({ line }) => String(line));
  } finally {
    database.close();
  }
}

async function postgresLines(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT line FROM lockkeeper.audit_entries ORDER BY id");
    return rows.map(({ line }) => line);
  } finally {
    await client.end();
  }
}

async function faultOf(program: string, cwd: string, url: string | undefined): Promise<string | undefined> {
  const where = url === undefined ? ["--sqlite", "data/lockkeeper.db"] : ["--database-url", url];
  const args = [program, "audit", "verify", "--deep", "--keys", "keys.json", ...where];
  try {
    await run(process.execPath, args, { cwd, env: baseEnvironment, maxBuffer: 1 << 26 });
    return undefined;
  } catch (error) {
    const { stdout, stderr } = Object(error);
    return `audit verify: ${stdout}${stderr}`;
  }
}

function marksIn(workspace: string): ReadonlyMap<number, number> {
  const marks = new Map<number, number>();
  for (const name of readdirSync(workspace)) {
    const n = Number(/^mark-([0-9]+)-/.exec(name)?.[1]);
    marks.set(n, (marks.get(n) ?? 0) + 1);
  }
  return marks;
}

/** How much memory a process has in use, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+([0-9]+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
