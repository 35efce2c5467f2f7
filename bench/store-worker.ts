/** One of several processes that load one PostgreSQL store: `store-worker.ts URL NAME CLIENTS COUNT`; tells when it is ready. */
import { openPostgresStore, systemClock } from "../src/index.js";
import { measurePairs } from "./store-load.js";

const [url = "", name = "", clients = "8", count = "1000"] = process.argv.slice(2);
const store = await openPostgresStore({ url, writer: name, clock: systemClock, spillFile: null });
await measurePairs(store.ledger, `${name}-warm`, Number(clients), 100);
process.stdout.write("ready\n");
process.stdin.once("data", async () => {
  const rate = await measurePairs(store.ledger, name, Number(clients), Number(count));
  process.stdout.write(`${rate}\n`);
  await store.close();
  process.exit();
});
