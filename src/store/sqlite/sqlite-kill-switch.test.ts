import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { migrations } from "./migrations.js";
import { sqliteKillSwitch } from "./sqlite-kill-switch.js";

const engaged = { engaged: true, by: "ada", at_ms: 5, reason: "drill" };

// @requirement WFL-06
it("is one switch for all who have the file: untouched, then as it was set last", async () => {
  using db = new DatabaseSync(":memory:");
  for (const step of migrations) db.exec(step);
  const [one, other] = [sqliteKillSwitch(db), sqliteKillSwitch(db)];
  expect(await one.read()).toEqual({ engaged: false, by: null, at_ms: null, reason: null });
  await one.set(engaged);
  expect([await one.read(), await other.read()]).toEqual([engaged, engaged]);
  const lifted = { ...engaged, engaged: false, at_ms: 6, reason: "over" };
  await other.set(lifted);
  expect([await one.read(), await other.read()]).toEqual([lifted, lifted]);
});
