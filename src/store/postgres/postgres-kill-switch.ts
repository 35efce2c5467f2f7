import { type KillSwitchState, type KillSwitchStore, untouchedKillSwitch } from "../../approval/index.js";
import type { Outcome } from "../batch/calls.js";
import { groupCommit } from "../batch/group-commit.js";
import { killSwitchFrom } from "../records.js";
import { textOf } from "../row.js";
import type { Connection } from "./connection.js";

/**
 * The kill switch's state, for every process. It is read anew each time, never remembered; who asks together reads once.
 *
 * @requirement WFL-06
 */
export function postgresKillSwitch({ run }: Pick<Connection, "run">): KillSwitchStore {
  const read = groupCommit<undefined, KillSwitchState>(async (asked) => {
    const { rows } = await run((client) =>
      client.query({ name: "kill_switch", text: "SELECT state FROM lockkeeper.kill_switch" }),
    );
    const value = rows.length === 0 ? untouchedKillSwitch : killSwitchFrom(textOf(rows[0], "state"));
    return asked.map((): Outcome<KillSwitchState> => ({ ok: true, value }));
  });
  return {
    read: () => read.submit(undefined),
    set: (next) =>
      run(async (client) => {
        await client.query(
          `INSERT INTO lockkeeper.kill_switch (state) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET state = excluded.state`,
          [JSON.stringify(next)],
        );
      }),
  };
}
