/** Where this process may make control groups: below the ones that it is in itself. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type GroupPlaces, sweepGroups } from "./control-group.js";

/** What `/proc/self/cgroup` and `/proc/self/mountinfo` say. */
export type GroupTables = { readonly cgroup: string; readonly mountinfo: string };

/** The folder of this process's own group, by controller; `""` is version 2. */
export function ownGroups({ cgroup, mountinfo }: GroupTables): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  const mounts = mountinfo.split("\n").flatMap(groupMount);
  for (const line of cgroup.split("\n")) {
    const parts = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (parts === null) continue;
    const [, , controllers = "", path = "/"] = parts;
    for (const controller of controllers.split(",")) {
      const mount = mounts.find((one) => one.controllers.includes(controller));
      if (mount !== undefined) groups.set(controller, join(mount.point, below(path, mount.root)));
    }
  }
  return groups;
}

type GroupMount = { readonly root: string; readonly point: string; readonly controllers: readonly string[] };

/** `36 35 0:31 /root /mount/point options … - type source superoptions`. */
function groupMount(line: string): GroupMount[] {
  const [before = "", after = ""] = line.split(" - ");
  const [, , , root = "/", point = ""] = before.split(" ");
  const [type, , options = ""] = after.split(" ");
  if (type === "cgroup2") return [{ root, point, controllers: [""] }];
  return type === "cgroup" ? [{ root, point, controllers: options.split(",") }] : [];
}

/** A group's path below what is mounted: in a container both start with the container's own. */
function below(path: string, root: string): string {
  if (root === "/" || path === root) return path === root ? "/" : path;
  return path.startsWith(`${root}/`) ? path.slice(root.length) : path;
}

/** The file that lists who is in this process's own group, the one in which groups for runs are made; undefined for none. */
export function ownProcs(): string | undefined {
  const groups = tables();
  const own = groups.get("pids") ?? groups.get("memory") ?? groups.get("");
  return own === undefined ? undefined : join(own, "cgroup.procs");
}

function tables(): ReadonlyMap<string, string> {
  return ownGroups({ cgroup: read("/proc/self/cgroup"), mountinfo: read("/proc/self/mountinfo") });
}

/** Finds the places, makes this spawner's own folder in each, and clears away what dead ones have left. */
export function findGroupPlaces(pid: number, isAlive: (pid: number) => boolean): GroupPlaces {
  const groups = tables();
  return groups.has("memory") || groups.has("pids")
    ? firstVersion(groups, pid, isAlive)
    : secondVersion(groups.get(""), pid, isAlive);
}

function firstVersion(
  groups: ReadonlyMap<string, string>,
  pid: number,
  isAlive: (pid: number) => boolean,
): GroupPlaces {
  const reasons: string[] = [];
  const made = (controller: string): string | null => {
    const parent = groups.get(controller);
    if (parent === undefined) {
      reasons.push(`no control group for ${controller}`);
      return null;
    }
    sweepGroups(parent, 1, isAlive);
    const problem = make(join(parent, folderName(pid)));
    if (problem !== undefined) reasons.push(`${controller}: ${problem}`);
    return problem === undefined ? join(parent, folderName(pid)) : null;
  };
  const [memory, pids, cpu] = [made("memory"), made("pids"), made("cpuacct")];
  return { version: 1, memory, pids, cpu, why: reasons.join("; ") };
}

function secondVersion(own: string | undefined, pid: number, isAlive: (pid: number) => boolean): GroupPlaces {
  const none = (why: string): GroupPlaces => ({ version: 2, memory: null, pids: null, cpu: null, why });
  if (own === undefined) return none("no control groups are mounted");
  sweepGroups(own, 2, isAlive);
  const folder = join(own, folderName(pid));
  const problem = delegate(own) ?? make(folder) ?? delegate(folder);
  if (problem !== undefined) return none(problem);
  const has = read(join(folder, "cgroup.subtree_control")).trim().split(" ");
  const place = (controller: string) => (has.includes(controller) ? folder : null);
  const missing = ["memory", "pids"].filter((one) => !has.includes(one));
  const why = missing.map((one) => `the control group ${own} has no ${one} controller`).join("; ");
  return { version: 2, memory: place("memory"), pids: place("pids"), cpu: folder, why };
}

const wanted = ["memory", "pids"];

/**
 * Lets the groups below have limits. A group that gives limits to groups below it may hold no process itself, so this
 * process and the one that started it move one down, where nobody else is in their way.
 */
function delegate(folder: string): string | undefined {
  const available = read(join(folder, "cgroup.controllers")).trim().split(" ");
  const missing = wanted.filter(
    (one) => available.includes(one) && !read(join(folder, "cgroup.subtree_control")).includes(one),
  );
  if (missing.length === 0) return undefined;
  const order = missing.map((one) => `+${one}`).join(" ");
  if (write(join(folder, "cgroup.subtree_control"), order) === undefined) return undefined;
  const leaf = join(folder, "lockkeeper-main");
  const moved = make(leaf) ?? move(leaf, process.ppid) ?? move(leaf, process.pid);
  return moved ?? write(join(folder, "cgroup.subtree_control"), order);
}

function move(folder: string, pid: number): string | undefined {
  return write(join(folder, "cgroup.procs"), String(pid));
}

/** @returns why it could not be made; one that is there already is as good */
function make(folder: string): string | undefined {
  return attempt(() => mkdirSync(folder, { recursive: true }));
}

function write(file: string, text: string): string | undefined {
  return attempt(() => writeFileSync(file, text));
}

function attempt(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function folderName(pid: number): string {
  return `lockkeeper-${pid}`;
}

/** Removes this spawner's own folders, once nothing runs. */
export function leaveGroupPlaces(places: GroupPlaces): void {
  for (const folder of new Set([places.memory, places.pids, places.cpu])) {
    if (folder !== null) attempt(() => rmdirSync(folder));
  }
}
