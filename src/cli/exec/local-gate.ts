import { realpath } from "node:fs/promises";
import { userInfo } from "node:os";
import { createGate, type Gate, localParts, type Policy, type Recorder, splitLedger } from "../../gate/index.js";
import { gitRepositoryFacts, plainExecutor, systemClock, systemRandom } from "../../host/index.js";
import { createMemoryTakings } from "../../store/index.js";
import { CommandFailure } from "../terminal.js";

/**
 * The real path of a folder that was named. Links are followed here, once: what the rules see is where the command will be.
 *
 * @throws CommandFailure where there is no such folder
 */
export async function folderOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  throw new CommandFailure([{ code: "usage/flag", message: `no such folder: ${path}` }]);
}

/**
 * The gate of the channel `local`: one person, one process, one command. Nobody approves, and the ledger lives as long as
 * the process, so that quotas count within it alone. Output goes back to the person whose rights it was read with.
 */
export function localGate(parts: {
  readonly policy: Policy;
  readonly recorder: Recorder;
  readonly onFailure: (error: unknown) => void;
}): Gate {
  return createGate({
    policies: { current: () => parts.policy },
    // What the operating system says, not an environment variable.
    ...localParts(userInfo().username),
    repository: gitRepositoryFacts,
    ledger: splitLedger(createMemoryTakings(systemClock), parts.recorder),
    executor: plainExecutor,
    recorder: parts.recorder,
    clock: systemClock,
    random: systemRandom,
    onFailure: parts.onFailure,
  });
}
