import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { severable } from "../../src/store/testdata/severable.js";
import { type Answer, makeClient } from "./client.js";
import type { Seeded } from "./random.js";
import { largest, percentile95, type Report } from "./report.js";
import { makeWorld, type StoreName } from "./world.js";

const clients = 8;
/** How long it is looked at first without an outage, in milliseconds. */
const quietMs = 4000;
/** How long a request may take, whatever the database does, in milliseconds. */
const longestMs = 1000;

/**
 * PostgreSQL goes away and comes back under load, with connections cut or silent. No request is blocked, and every attempt
 * that was answered is one row afterwards.
 *
 * @param deciding - `postgres`: it decides, and requests are refused meanwhile; `sqlite`: it keeps the audit alone, and all run
 */
export async function databaseAway(
  deciding: StoreName,
  outages: number,
  random: Seeded,
  program: string,
  progress: (text: string) => void,
): Promise<Report> {
  await using world = await makeWorld(deciding, program, true);
  const line = await severable(world.databaseUrl ?? "");
  const client = await makeClient(world);
  const gateway = await world.start({ DATABASE_URL: line.url, AUDIT_STORAGE: "postgres" });
  const answers: Answer[] = [];
  let lost = 0;
  let number = 0;
  let isLoaded = true;
  const load = Array.from({ length: clients }, async () => {
    while (isLoaded) {
      number += 1;
      const attempt = await client.capability(gateway.url, number);
      if (attempt === undefined) {
        // Asked in an outage, or quicker than the rules allow: asked again soon.
        await sleep(10);
        continue;
      }
      const answer = await client.use(gateway.url, attempt);
      if (answer === undefined) lost += 1;
      else answers.push(answer);
    }
  });
  // What answers take on this machine while nobody is away.
  await sleep(quietMs);
  const usual = percentile95(client.times);
  for (let outage = 1; outage <= outages; outage += 1) {
    await sleep(500 + random.below(1000));
    // Silent for a while, or cut at once.
    if (random.below(2) === 0) {
      line.stall();
      await sleep(random.below(4000));
    }
    line.sever();
    await sleep(random.below(2000));
    await line.restore();
    progress(`${deciding}: outage ${outage} of ${outages}, ${answers.length} answered`);
  }
  await sleep(1500);
  isLoaded = false;
  await Promise.all(load);
  const missing = await untilThere(world.databaseUrl ?? "", answers);
  await gateway.stop();
  await line.close();
  const longest = largest(client.times);
  const fault = await world.fault();
  const faults = [
    ...missing,
    ...(lost === 0 ? [] : [`${lost} requests were not answered`]),
    ...(longest <= longestMs ? [] : [`a request took ${Math.round(longest)} ms`]),
    ...(answers.some(({ status }) => status === 200) ? [] : ["nothing ran: nothing is shown"]),
    ...(fault === undefined ? [] : [fault]),
  ];
  const figures = {
    outages,
    requests: client.times.length,
    executions: answers.length,
    ran: answers.filter(({ status }) => status === 200).length,
    refused: answers.filter(({ status }) => status === 503).length,
    usual_p95_ms: Math.round(usual),
    longest_ms: Math.round(longest),
  };
  return { name: `PostgreSQL away, ${deciding} decides`, figures, faults };
}

/** How long what waits in a file may take to be added, in steps of half a second. */
const steps = 120;

async function untilThere(url: string, answers: readonly Answer[]): Promise<readonly string[]> {
  const ids = answers.flatMap(({ body }) => (body.execution_id === undefined ? [] : [String(body.execution_id)]));
  let wrong: readonly string[] = [];
  for (let n = 0; n < steps; n += 1) {
    const rows = Map.groupBy(await idsIn(url), (id) => id);
    wrong = ids.flatMap((id) => {
      const times = rows.get(id)?.length ?? 0;
      return times === 1 ? [] : [`${id} was answered, and is ${times} times in the log`];
    });
    if (wrong.length === 0) break;
    await sleep(500);
  }
  return wrong;
}

async function idsIn(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT execution_id FROM execution_audit");
    return rows.map(({ execution_id }) => execution_id);
  } finally {
    await client.end();
  }
}
