import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeWorld } from "../scripts/chaos/world.js";
import type { Figure } from "./figure.js";
import { inFlight, post } from "./gateway-client.js";

const requests = 100_000;
/** How much memory may differ between the second tenth of the requests and the last, in bytes. */
const flatBytes = 25_000_000;

/** What a gateway holds while nobody asks, and after it was asked a hundred thousand times. */
export async function memoryFigures(): Promise<Figure[]> {
  await using world = await makeWorld("sqlite", resolve("bin/lockkeeper.js"));
  // The first start compiles the rules.
  await (await world.start()).stop();
  const gateway = await world.start({ LOCKKEEPER_LOG: "error" });
  try {
    await sleep(3000);
    const idle = withChildren(gateway.pid);
    const authorization = `Bearer ${await world.bearer("agent", "decider")}`;
    const asked = async (n: number) => {
      // One in ten is a refused attempt, which is recorded.
      if (n % 10 === 0) await post(`${gateway.url}/gateway/execute`, {}, { command: "ls", approval_id: `none-${n}` });
      else await post(`${gateway.url}/v1/data/main/request`, { authorization }, { input: { n } });
    };
    await inFlight(requests / 5, 16, asked);
    const early = withChildren(gateway.pid);
    await inFlight((requests * 4) / 5, 16, asked);
    const late = withChildren(gateway.pid);
    return [
      {
        name: "memory of an idle gateway with its spawner",
        value: mb(idle),
        unit: "MB",
        bar: "≤ 150",
        met: idle <= 150e6,
      },
      { name: `memory after ${requests / 5} requests`, value: mb(early), unit: "MB" },
      {
        name: `memory grown over ${(requests * 4) / 5} more`,
        value: mb(late - early),
        unit: "MB",
        bar: `flat, ≤ ${mb(flatBytes)}`,
        met: late - early <= flatBytes,
      },
    ];
  } finally {
    await gateway.stop();
  }
}

const mb = (bytes: number) => Math.round(bytes / 1e6);

/**
 * The memory of a process and of what it started, in bytes, with pages that several processes share counted once (Linux's
 * proportional set size): Node's own program, 32 MB, is one of them.
 */
function withChildren(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
  return children.reduce((sum, child) => sum + withChildren(child), Number(kilobytes) * 1024);
}
