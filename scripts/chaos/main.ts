/**
 * Breaks things while a real gateway is under load, and looks at what is left: `npm run chaos -- [kill|once|away|fuzz …]`.
 * Needs PostgreSQL as the tests do (`DATABASE_URL`, or 127.0.0.1:5432), and bubblewrap.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { databaseAway } from "./database-away.js";
import { fuzz } from "./fuzz.js";
import { killRounds } from "./kill-rounds.js";
import { oneToken } from "./one-token.js";
import { seeded } from "./random.js";
import { type Report, reportText } from "./report.js";

const help = `npm run chaos -- [kill] [once] [away] [fuzz]     what to try; all but fuzz unless said

  --rounds N        rounds of kill -9, on SQLite and on PostgreSQL each (200)
  --token-rounds N  rounds of one token and many clients (1000)
  --outages N       outages of PostgreSQL, for each way that it is used (20)
  --requests N      what fuzz sends (100000)
  --store NAME      kill on this store only: sqlite or postgres
  --seed N          repeat what was chosen at random
  --program FILE    which lockkeeper to try (bin/lockkeeper.js)
  --json            print one JSON document

Figures also go to reports/chaos.json. Exit codes: 0 all held; 1 usage; 2 something did not hold.
`;

const options = {
  rounds: { type: "string", default: "200" },
  "token-rounds": { type: "string", default: "1000" },
  outages: { type: "string", default: "20" },
  requests: { type: "string", default: "100000" },
  store: { type: "string" },
  seed: { type: "string" },
  program: { type: "string", default: "bin/lockkeeper.js" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

function usage(message: string): never {
  process.stderr.write(`${message}\n\n${help}`);
  process.exit(1);
}

function parsed() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

const { values, positionals } = parsed();
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

function numberOf(name: "rounds" | "token-rounds" | "outages" | "requests" | "seed"): number {
  const text = values[name] ?? "";
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : usage(`--${name} must be a number`);
}

const program = resolve(values.program);
const seed = values.seed === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] : numberOf("seed");
const random = seeded(seed ?? 0);
const progress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};
const wanted = (["sqlite", "postgres"] as const).filter(
  (store) => values.store === undefined || values.store === store,
);
if (wanted.length === 0) usage("--store must be sqlite or postgres");

const trials: Readonly<Record<string, () => AsyncGenerator<Report>>> = {
  kill: async function* () {
    for (const store of wanted) yield await killRounds(store, numberOf("rounds"), random, program, progress);
  },
  once: async function* () {
    yield await oneToken(numberOf("token-rounds"), program, progress);
  },
  away: async function* () {
    for (const store of wanted) yield await databaseAway(store, numberOf("outages"), random, program, progress);
  },
  fuzz: async function* () {
    yield await fuzz(numberOf("requests"), random, program, progress);
  },
};
const chosen = positionals.length === 0 ? ["kill", "once", "away"] : positionals;
for (const name of chosen) if (!Object.hasOwn(trials, name)) usage(`there is no trial ${name}`);

if (!values.json) process.stdout.write(`seed ${seed}\n`);
const reports: Report[] = [];
for (const name of chosen) {
  for await (const report of trials[name]?.() ?? []) {
    progress("");
    reports.push(report);
    if (!values.json) process.stdout.write(`${reportText(report)}\n`);
  }
}
const text = `${JSON.stringify({ seed, reports }, null, 2)}\n`;
mkdirSync("reports", { recursive: true });
writeFileSync("reports/chaos.json", text);
if (values.json) process.stdout.write(text);
process.exit(reports.every(({ faults }) => faults.length === 0) ? 0 : 2);
