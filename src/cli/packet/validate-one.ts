import { listFiles } from "../../../conformance/hygiene/list-files.js";
import { type Validation, validatePacket } from "../../../conformance/packet/index.js";
import { systemClock } from "../../host/index.js";
import { formatProblem } from "../../model/index.js";
import type { Terminal } from "../terminal.js";
import { openPacket, type PacketRepository } from "./open-packet.js";
import { runTestPlan } from "./run-test-plan.js";
import { scanScope } from "./scan-scope.js";

/**
 * Validates a packet of a repository.
 *
 * @param how - `check` leaves out what takes time or runs something: hygiene and tests
 */
export async function validateOne(
  repository: PacketRepository,
  id: string,
  how: "check" | "validate",
  terminal: Terminal,
): Promise<Validation> {
  const { spec, settings, config } = repository;
  const today = new Date(systemClock.nowMs()).toISOString().slice(0, 10);
  let listed: readonly string[] | undefined;
  const files = async () => {
    listed ??= await listFiles(spec.root);
    return listed;
  };
  /** What speaks of the work is not the work: a search would always find itself there. */
  const isWork = (file: string) => ![settings.folder, config.reports].some((folder) => file.startsWith(`${folder}/`));
  return validatePacket({
    id,
    packet: openPacket(repository, id),
    spec,
    board: settings.task_board,
    today,
    listFiles: async () => (await files()).filter(isWork),
    scan:
      how === "check"
        ? null
        : async (scope) => {
            const { findings, waiverFaults, problems } = await scanScope(repository, scope, today, true);
            return { findings, faults: [...waiverFaults, ...problems.map(formatProblem)] };
          },
    runTests:
      how === "check" ? null : async (commands) => runTestPlan(repository, commands, await files(), id, terminal),
    progress: terminal.progress,
  });
}
