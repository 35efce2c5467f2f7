import { hash } from "node:crypto";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "../host/index.js";
import { noIsolation } from "../model/index.js";
import { openJsonlLog, openSqliteStore } from "../store/index.js";
import { startTestGateway } from "./testdata/running-gateway.js";

/** Nothing gets as far as running here. */
const run = () => Promise.reject(new Error("not here"));
const executor = { isolation: () => noIsolation, run, stop: () => false, stopAll: () => 0 };

/** The audit of a gateway in a folder. */
async function entriesIn(storage: string, folder: string) {
  const entries: Record<string, unknown>[] = [];
  const reader = { writer: "reader", clock: systemClock };
  if (storage === "jsonl") {
    await using log = await openJsonlLog(join(folder, "data", "execution_audit.jsonl"), reader.writer, reader.clock);
    for await (const { line } of log.entries()) entries.push(JSON.parse(line));
  } else {
    await using store = openSqliteStore(join(folder, "data", "lockkeeper.db"), reader);
    for await (const { line } of store.audit.entries()) entries.push(JSON.parse(line));
  }
  return entries;
}

it.each(["sqlite", "jsonl"])("records the rules and each key in order before it serves, in %s", async (storage) => {
  await using world = await startTestGateway({ executor, environment: { AUDIT_STORAGE: storage } });
  const entries = await entriesIn(storage, world.folder);
  expect(entries.map(({ kind, subject_kind, name, seq }) => [kind, subject_kind, name, seq])).toEqual(
    [["bundle", "policies"], ...world.keys.keys.map(({ kid }) => ["key", kid])].map(([subject, name], at) => [
      "load",
      subject,
      name,
      at + 1,
    ]),
  );
  const [key] = world.keys.keys;
  const bytes = key?.verifyKey.export({ type: "spki", format: "der" }) ?? "";
  expect(entries[1]).toMatchObject({ sha256: hash("sha256", bytes, "hex") });
});
