/** Control groups: what bounds memory and processes, counts both and CPU time, and ends what is left. Version 1 and 2. */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GroupLimits } from "./job.js";

/** Which folders hold which limits; null where there is none that can be written. */
export type GroupPlaces = {
  readonly version: 1 | 2;
  readonly memory: string | null;
  readonly pids: string | null;
  readonly cpu: string | null;
  /** Why something is null; empty where nothing is. */
  readonly why: string;
};

/** The kernel takes no larger number: there can be no more processes. */
const mostProcesses = 4_194_304;

/** Files of a group, by version. */
const names = {
  1: { memory: "memory.limit_in_bytes", swap: "memory.memsw.limit_in_bytes", peak: "memory.max_usage_in_bytes" },
  2: { memory: "memory.max", swap: "memory.swap.max", peak: "memory.peak" },
} as const;

/** One run's groups: one folder under version 2, one for each controller under version 1. */
export class ControlGroup {
  readonly #places: GroupPlaces;
  readonly #folders: readonly string[];
  readonly #name: string;

  /** Makes the group, with its limits. Throws where it cannot. */
  constructor(places: GroupPlaces, name: string, limits: GroupLimits) {
    this.#places = places;
    this.#name = name;
    this.#folders = [...new Set([places.memory, places.pids, places.cpu].filter((one) => one !== null))].map((parent) =>
      join(parent, name),
    );
    try {
      for (const folder of this.#folders) mkdirSync(folder);
      this.#limit(limits);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Moves a process in; what it starts from now on is in here too. */
  enter(pid: number): void {
    for (const folder of this.#folders) writeFileSync(join(folder, "cgroup.procs"), String(pid));
  }

  /** Ends everything in here. */
  kill(): void {
    for (const folder of this.#folders) killGroup(folder, this.#places.version);
  }

  /** Milliseconds of CPU time used by all that ever was in here. */
  cpuMs(): number | null {
    if (this.#places.cpu === null) return null;
    const folder = join(this.#places.cpu, this.#name);
    if (this.#places.version === 1) return numberIn(join(folder, "cpuacct.usage"), 1e-6);
    const usage = /^usage_usec (\d+)$/m.exec(textOf(join(folder, "cpu.stat")) ?? "")?.[1];
    return usage === undefined ? null : Number(usage) / 1000;
  }

  /** Bytes at the worst moment. */
  memoryPeakBytes(): number | null {
    const { memory, version } = this.#places;
    return memory === null ? null : numberIn(join(memory, this.#name, names[version].peak), 1);
  }

  /** Removes the group. @returns false while something lives in it */
  remove(): boolean {
    return this.#folders.map(removed).every((gone) => gone);
  }

  #limit(limits: GroupLimits): void {
    const { memory, pids, version } = this.#places;
    const [bytes, processes] = bounds(limits);
    if (memory !== null) {
      writeFileSync(join(memory, this.#name, names[version].memory), bytes);
      // Version 1 counts memory and swap together, version 2 swap alone; neither file is there without swap accounting.
      writeIfThere(join(memory, this.#name, names[version].swap), version === 1 ? bytes : "0");
    }
    if (pids !== null) writeFileSync(join(pids, this.#name, "pids.max"), processes);
  }
}

/**
 * The limits as the kernel reads them.
 *
 * @requirement SBX-07
 */
function bounds({ memoryBytes, processes }: GroupLimits): readonly [memory: string, processes: string] {
  return [String(memoryBytes), String(Math.min(processes, mostProcesses))];
}

/** Version 2 has a file for it; under version 1 what is listed is ended until nothing is. */
function killGroup(folder: string, version: 1 | 2): void {
  if (version === 2 && writeIfThere(join(folder, "cgroup.kill"), "1")) return;
  for (const line of (textOf(join(folder, "cgroup.procs")) ?? "").split("\n")) {
    if (line === "") continue;
    try {
      process.kill(Number(line), "SIGKILL");
    } catch {
      // It has gone already.
    }
  }
}

function removed(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
}

function writeIfThere(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "r+" });
    return true;
  } catch {
    return false;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function numberIn(file: string, factor: number): number | null {
  const text = textOf(file);
  return text === undefined ? null : Number(text) * factor;
}

/** Removes what spawners that are gone have left in a folder, with what still lives in it. */
export function sweepGroups(parent: string, version: 1 | 2, isAlive: (pid: number) => boolean): void {
  for (const name of foldersIn(parent)) {
    const owner = /^lockkeeper-(\d+)$/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const folder = join(parent, name);
    for (const run of foldersIn(folder)) {
      killGroup(join(folder, run), version);
      removed(join(folder, run));
    }
    removed(folder);
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
  } catch {
    return [];
  }
}
