import type { DatabaseSync } from "node:sqlite";
import { type KillSwitchStore, untouchedKillSwitch } from "../../approval/index.js";
import { killSwitchFrom } from "../records.js";
import { textOf } from "../row.js";

/**
 * The kill switch's state, for every process that shares the file.
 *
 * @requirement WFL-06
 */
export function sqliteKillSwitch(db: DatabaseSync): KillSwitchStore {
  const read = db.prepare("SELECT state FROM kill_switch");
  const write = db.prepare(
    "INSERT INTO kill_switch (only_row, state) VALUES (1, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
  );
  return {
    read: async () => {
      const row = read.get();
      return row === undefined ? untouchedKillSwitch : killSwitchFrom(textOf(row, "state"));
    },
    set: async (next) => {
      write.run(JSON.stringify(next));
    },
  };
}
