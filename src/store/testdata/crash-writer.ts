/** Opens executions in a store and tells of each, until it is killed: `crash-writer.ts sqlite|postgres WHERE WRITER`. */
import { openPostgresStore, openSqliteStore } from "../index.js";
import { intent, opening } from "./entries.js";

const [kind, where = "", writer = ""] = process.argv.slice(2);
const clock = { nowMs: () => 1_000_000 };
const store =
  kind === "sqlite"
    ? openSqliteStore(where, { writer, clock })
    : await openPostgresStore({ url: where, writer, clock, spillFile: null });
for (let n = 0; ; n++) {
  const id = `${writer}-execution-${n}`;
  await store.ledger.open(intent(id), opening(id, { nonce: id }));
  process.stdout.write(`${id}\n`);
}
