import { makeClient } from "./client.js";
import { factsOf, logFaults } from "./log-check.js";
import type { Report } from "./report.js";
import { makeWorld } from "./world.js";

const processes = 4;
const clientsEach = 16;

/** One token, 64 clients at once over 4 gateway processes on PostgreSQL: it runs exactly once, round after round. */
export async function oneToken(rounds: number, program: string, progress: (text: string) => void): Promise<Report> {
  await using world = await makeWorld("postgres", program);
  const client = await makeClient(world);
  // One after another: the first compiles the rules, and migrates.
  const gateways = [await world.start()];
  while (gateways.length < processes) gateways.push(await world.start());
  const faults: string[] = [];
  const attempts = [];
  for (let round = 1; round <= rounds; round += 1) {
    const attempt = await client.capability(gateways[0]?.url ?? "", round);
    if (attempt === undefined) {
      faults.push(`round ${round}: no token could be had`);
      continue;
    }
    attempts.push(attempt);
    const answers = await Promise.all(
      gateways.flatMap(({ url }) => Array.from({ length: clientsEach }, () => client.use(url, attempt))),
    );
    const count = (status: number) => answers.filter((answer) => answer?.status === status).length;
    if (count(200) !== 1 || count(401) !== processes * clientsEach - 1) {
      const statuses = answers.map((answer) => answer?.status ?? 0).toSorted();
      faults.push(`round ${round}: answered ${statuses.join(" ")}`);
    }
    if (round % 10 === 0) progress(`one token: round ${round} of ${rounds}`);
  }
  for (const gateway of gateways) await gateway.stop();
  faults.push(...(await logFaults(world, attempts)));
  const { intents, ran } = factsOf(await world.entries());
  const marks = [...world.marks().values()];
  if (marks.length !== attempts.length) faults.push(`${attempts.length} tokens, and ${marks.length} commands ran`);
  const figures = { rounds, clients: processes * clientsEach, processes, attempts: intents.size, ran: ran.length };
  return { name: "one token, many clients", figures, faults };
}
