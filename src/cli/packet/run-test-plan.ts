import { join } from "node:path";
import {
  copyWorkspace,
  type PlannedCommand,
  runPlanned,
  type TestRun,
  type TestRuns,
} from "../../../conformance/packet/index.js";
import { packageRoot, plainExecutor, systemClock } from "../../host/index.js";
import { cacheBeside, openBundle, openEngine } from "../../policy/index.js";
import { openAuditFile } from "../exec/audit-file.js";
import { localGate } from "../exec/local-gate.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import type { PacketRepository } from "./open-packet.js";

/**
 * Runs the commands of a test plan through the gate, one after the other, under the profile `build` and in a copy of the
 * repository that they may write in. The policies are this program's, not the repository's: whoever wrote the plan may
 * have written those, too.
 *
 * @param files - what is copied, from the root
 * @param id - the packet, which is the task that quotas count for
 */
export async function runTestPlan(
  { config, settings }: PacketRepository,
  commands: readonly PlannedCommand[],
  files: readonly string[],
  id: string,
  terminal: Terminal,
): Promise<TestRuns> {
  const policies = join(packageRoot(), "policies");
  const bundle = await openBundle({ policies, cache: cacheBeside(policies) });
  if (!bundle.ok) throw new CommandFailure(bundle.error);
  const engine = await openEngine(bundle.value);
  if (!engine.ok) throw new CommandFailure(engine.error);
  const recording = await openAuditFile(undefined, systemClock);
  if (!recording.ok) throw new CommandFailure([recording.error]);
  await using recorder = recording.value;
  const onFailure = (error: unknown) => terminal.note(`lockkeeper: ${error instanceof Error ? error.message : error}`);
  const gate = localGate({ policy: engine.value, recorder, onFailure });
  terminal.progress(`copying ${files.length} files`);
  await using copy = await copyWorkspace(config.root, files, settings.copy ?? []);
  for (const path of copy.leftOut) terminal.note(`${path} leads out of the repository: it is not in the copy`);
  const stop = () => plainExecutor.stopAll();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  const runs: TestRun[] = [];
  for (const [index, planned] of commands.entries()) {
    terminal.progress(`test ${index + 1} of ${commands.length}: ${planned.command}`);
    runs.push(await runPlanned(gate, planned, copy.path, id));
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, stop);
  return { isolation: plainExecutor.isolation(), runs };
}
