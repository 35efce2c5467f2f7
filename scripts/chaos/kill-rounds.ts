import { setTimeout as sleep } from "node:timers/promises";
import type { Attempt } from "./client.js";
import { makeClient } from "./client.js";
import { factsOf, logFaults } from "./log-check.js";
import type { Seeded } from "./random.js";
import type { Report } from "./report.js";
import { makeWorld, type StoreName } from "./world.js";

/** So many clients load the gateway when it is killed. */
const clients = 8;
/** When it is killed, counted from the start of the load, in milliseconds. */
const earliestMs = 20;
const latestMs = 1200;

/**
 * A real gateway under load is ended by `kill -9` at random moments, started again on what it left, and asked to honour
 * every token that was in use once more. Nothing that was answered may be missing from its log, nothing may have run that is
 * not in it, and no token may be good twice.
 */
export async function killRounds(
  store: StoreName,
  rounds: number,
  random: Seeded,
  program: string,
  progress: (text: string) => void,
): Promise<Report> {
  await using world = await makeWorld(store, program);
  const client = await makeClient(world);
  const attempts: Attempt[] = [];
  let number = 0;
  let refusedAgain = 0;
  let before: readonly Attempt[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const gateway = await world.start();
    const again = Promise.all(before.map((attempt) => client.use(gateway.url, attempt)));
    // Every other time the load waits until each token has had its answer.
    if (random.below(2) === 0) await again;
    const began = attempts.length;
    let isUp = true;
    const load = Array.from({ length: clients }, async () => {
      while (isUp) {
        number += 1;
        const attempt = await client.capability(gateway.url, number);
        if (attempt === undefined) continue;
        attempts.push(attempt);
        await client.use(gateway.url, attempt);
      }
    });
    await sleep(earliestMs + random.below(latestMs - earliestMs));
    await gateway.kill();
    isUp = false;
    await Promise.all(load);
    refusedAgain += (await again).filter((answer) => answer?.status === 401).length;
    before = attempts.slice(began);
    progress(`${store}: round ${round + 1} of ${rounds}, ${attempts.length} tokens`);
  }
  const last = await world.start();
  const replayed = await Promise.all(before.map((attempt) => client.use(last.url, attempt)));
  refusedAgain += replayed.filter((answer) => answer?.status === 401).length;
  await untilClosed(world.entries);
  const code = await last.stop();
  const faults = [...(await logFaults(world, attempts)), ...(code === 0 ? [] : [`it ended with code ${code}`])];
  const entries = await world.entries();
  const { ran, interrupted } = factsOf(entries);
  const answers = attempts.flatMap((attempt) => attempt.answers);
  if (ran.length === 0) faults.push("nothing ran: nothing is shown");
  const figures = {
    rounds,
    tokens: attempts.length,
    answered: answers.filter((answer) => answer !== undefined).length,
    unanswered: answers.filter((answer) => answer === undefined).length,
    ran: ran.length,
    interrupted,
    marks: [...world.marks().values()].reduce((sum, times) => sum + times, 0),
    refused_again: refusedAgain,
    entries: entries.length,
  };
  return { name: `kill -9 on ${store}`, figures, faults };
}

/** Waits until everything that was opened is closed, or long enough to say that it is not. */
async function untilClosed(entries: () => Promise<Parameters<typeof factsOf>[0]>): Promise<void> {
  for (let n = 0; n < 40; n += 1) {
    if (factsOf(await entries()).open.length === 0) return;
    await sleep(500);
  }
}
