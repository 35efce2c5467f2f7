/** Opens executions in a SQLite store and tells of each, until it is killed: `crash-writer.ts FILE WRITER`. */
import { openSqliteStore } from "../index.js";
import { intent, opening } from "./entries.js";

const [file = "", writer = ""] = process.argv.slice(2);
const store = openSqliteStore(file, { writer, clock: { nowMs: () => 1_000_000 } });
for (let n = 0; ; n++) {
  const id = `${writer}-execution-${n}`;
  await store.ledger.open(intent(id), opening(id, { nonce: id }));
  process.stdout.write(`${id}\n`);
}
