import type { Logger } from "pino";
import type { KillSwitchService } from "../approval/index.js";
import type { Executor } from "../gate/index.js";

/** How often it is looked whether the kill switch was engaged, and whether something started just before, in milliseconds. */
const killWatchMs = 250;

/** What the watch needs of a gateway. */
type Watched = { readonly killSwitch: Pick<KillSwitchService, "engaged">; readonly logger: Pick<Logger, "error"> };

/**
 * Ends what runs here once the switch is engaged anywhere, and what had been allowed just before it was.
 *
 * @requirement WFL-06
 */
export function watchKillSwitch({ killSwitch, logger }: Watched, executor: Pick<Executor, "stopAll">): Disposable {
  const look = async () => {
    if (await killSwitch.engaged()) executor.stopAll();
  };
  const onFailure = (error: unknown) => logger.error({ err: error }, "the kill switch cannot be read: nothing starts");
  const timer = setInterval(() => void look().catch(onFailure), killWatchMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
