/** Opens the sandbox that this machine can have, and tries out what it holds. */
import { chmodSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isolationKinds, noIsolation } from "../model/index.js";
import type { BubblewrapSetup } from "./bubblewrap-job.js";
import { makeOwnedFolder, removeLeftFolders } from "./owned-folder.js";
import { openProgramStore } from "./pin.js";
import type { IsolationProbe } from "./probe/judge.js";
import { probeIsolation } from "./probe/probe.js";
import { readHardLimits } from "./process-limits.js";
import { commonBinds, makeEtc } from "./root-folder.js";
import { type Sandbox, type SandboxOptions, type SandboxParts, SpawnedSandbox } from "./sandbox.js";
import { hasFilter, systemCallFilter } from "./seccomp/filter.js";
import { SpawnerProcess } from "./spawner-process.js";

const usualPlaces = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"];

/** Numbers that no passwd file names. */
const defaultUser = { uid: 65533, gid: 65533 };

/** Files with no name are made there where it is, in memory. */
const sharedMemory = "/dev/shm";

/**
 * Opens the strongest sandbox that this machine has: bubblewrap; or, without it or its namespaces, one that holds little
 * and says so; or, elsewhere than on Linux, one that refuses to run anything.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  if (process.platform !== "linux") return nowhere("execution needs Linux");
  const user = process.getuid?.() === 0 ? (options.user ?? defaultUser) : null;
  if (user !== null && (user.uid === 0 || user.gid === 0)) throw new Error("commands may not run as root");
  const parent = options.stateFolder ?? tmpdir();
  const memory = existsSync(sharedMemory) ? [sharedMemory] : [];
  // The spawner removes what a gateway leaves that is killed; what is left where both were is removed here.
  for (const place of [parent, ...memory]) removeLeftFolders(place);
  const state = makeOwnedFolder(parent, "lockkeeper-sandbox-");
  const folder = state.path;
  chmodSync(folder, 0o711);
  const scratch = makeOwnedFolder(memory[0] ?? folder, "lockkeeper-scratch-");
  const spawner = new SpawnerProcess({ scratch: scratch.path, state: folder });
  const clean = () => {
    for (const made of [scratch, state]) made.remove();
  };
  try {
    return await openIn(folder, spawner, { options, user, clean });
  } catch (error) {
    await spawner.close();
    clean();
    throw error;
  }
}

async function openIn(
  folder: string,
  spawner: SpawnerProcess,
  given: Pick<SandboxParts, "options" | "user" | "clean">,
): Promise<Sandbox> {
  const store = await openProgramStore(join(folder, "programs"));
  const parts = { ...given, hard: readHardLimits(), store, spawner, probes: [] };
  const bubblewrap = bubblewrapSetup(folder, parts);
  if (typeof bubblewrap !== "string") {
    const failures: string[] = [];
    const probes = await probed({ ...parts, bubblewrap }, folder, failures);
    if (probes.some(({ holds }) => holds)) return new SpawnedSandbox({ ...parts, bubblewrap, probes });
    return new SpawnedSandbox({
      ...parts,
      bubblewrap: null,
      probes: await plainProbes(parts, folder, failures.join("; ")),
    });
  }
  return new SpawnedSandbox({ ...parts, bubblewrap: null, probes: await plainProbes(parts, folder, bubblewrap) });
}

/** What bubblewrap needs, or why there is none. */
function bubblewrapSetup(
  folder: string,
  { user, options, hard }: Pick<SandboxParts, "user" | "options" | "hard">,
): BubblewrapSetup | string {
  const { arch } = process;
  if (!hasFilter(arch)) return `there is no sandbox for the architecture ${arch}`;
  const file = options.bubblewrap ?? usualPlaces.find((path) => existsSync(path));
  if (file === undefined || !existsSync(file)) return "bubblewrap is not installed";
  const etc = join(folder, "etc");
  makeEtc(etc, user?.uid ?? process.getuid?.() ?? 0, user?.gid ?? process.getgid?.() ?? 0);
  const common = commonBinds(etc, options.readOnly ?? []);
  return { file, arch, user, common, hard, filter: systemCallFilter(arch) };
}

/** Without bubblewrap every kind that does not hold has that for its reason as well. */
async function plainProbes(parts: Omit<SandboxParts, "bubblewrap">, folder: string, why: string) {
  const probes = await probed({ ...parts, bubblewrap: null }, folder, []);
  return probes.map((probe) => (probe.holds ? probe : { ...probe, why: `${why}: ${probe.why}` }));
}

async function probed(parts: SandboxParts, folder: string, failures: string[]): Promise<IsolationProbe[]> {
  const { spawner, user } = parts;
  const { group } = await spawner.ready();
  const onFailure = (_id: string, why: string) => failures.push(why);
  const outside = new SpawnedSandbox({ ...parts, bubblewrap: null });
  const trial = new SpawnedSandbox({ ...parts, options: { ...parts.options, onFailure, expectedSha256: () => null } });
  return probeIsolation({
    arch: process.arch,
    folder,
    uid: user?.uid ?? process.getuid?.() ?? 0,
    groups: group.why,
    run: (execution, sink) => trial.run(execution, sink),
    runOutside: (execution, sink) => outside.run(execution, sink),
  });
}

/** Refuses to run anything. */
function nowhere(why: string): Sandbox {
  return {
    holder: "none",
    probes: isolationKinds.map((kind) => ({ kind, holds: false, why })),
    isolation: () => noIsolation,
    run: () => Promise.reject(new Error(why)),
    stop: () => false,
    stopAll: () => 0,
    restart: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
