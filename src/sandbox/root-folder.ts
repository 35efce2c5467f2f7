/** What the sandbox shows of a file system: a few of the machine's folders, and a small `/etc` of its own. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeFile } from "./made-file.js";

/** Options of bubblewrap. */
export type Binds = readonly (readonly string[])[];

/** Names for the numbers that can be seen inside. */
const files: Readonly<Record<string, (uid: number, gid: number) => string>> = {
  passwd: (uid, gid) =>
    `root:x:0:0::/:/bin/false\nsandbox:x:${uid}:${gid}::/tmp:/bin/false\nnobody:x:65534:65534::/:/bin/false\n`,
  group: (_uid, gid) => `root:x:0:\nsandbox:x:${gid}:\nnogroup:x:65534:\n`,
  "nsswitch.conf": () => "passwd: files\ngroup: files\nhosts: files\n",
  hosts: () => "127.0.0.1 localhost\n::1 localhost\n",
  hostname: () => "sandbox\n",
  // What the machine's are bound over.
  "ld.so.cache": () => "",
};

/** Parts of the machine's `/etc` that programs under `/usr` are found and linked by; nothing in them is anybody's. */
const machineEtc = ["ld.so.cache", "alternatives"];

/** Makes the small `/etc` in a folder. */
export function makeEtc(folder: string, uid: number, gid: number): void {
  for (const made of [folder, join(folder, "alternatives")]) {
    mkdirSync(made);
    chmodSync(made, 0o755);
  }
  for (const [name, text] of Object.entries(files)) makeFile(join(folder, name), text(uid, gid), 0o644);
  symlinkSync("/usr/lib/os-release", join(folder, "os-release"));
}

/** Devices that hold nothing and lead nowhere. */
const devices = ["null", "zero", "full", "random", "urandom"];

const deviceLinks = {
  fd: "/proc/self/fd",
  stdin: "/proc/self/fd/0",
  stdout: "/proc/self/fd/1",
  stderr: "/proc/self/fd/2",
};

/**
 * What every run sees, whatever its command: read-only, but for one `/tmp` of a bounded size. Nothing of `/run`, `/var` or
 * anybody's home, where programs of this machine listen.
 * @param etc - as {@link makeEtc} made it
 * @param readOnly - further folders of the machine
 */
export function commonBinds(etc: string, readOnly: readonly string[]): Binds {
  return [
    ["--ro-bind", "/usr", "/usr"],
    ...["/bin", "/sbin", "/lib", "/lib32", "/lib64"].flatMap(systemFolder),
    ["--ro-bind", etc, "/etc"],
    ...machineEtc
      .map((name) => `/etc/${name}`)
      .filter((path) => existsSync(path))
      .map((path) => ["--ro-bind", path, path]),
    ["--proc", "/proc"],
    ...devices.map((name) => `/dev/${name}`).map((path) => ["--dev-bind", path, path]),
    ...Object.entries(deviceLinks).map(([name, to]) => ["--symlink", to, `/dev/${name}`]),
    // One place to write to, so that one size bounds it.
    ["--symlink", "/tmp", "/dev/shm"],
    ["--symlink", "/tmp", "/var/tmp"],
    ...readOnly.map((path) => ["--ro-bind", path, path]),
  ];
}

/** Links into `/usr` on most machines, folders on some. */
function systemFolder(path: string): Binds {
  if (!existsSync(path)) return [];
  return lstatSync(path).isSymbolicLink() ? [["--symlink", readlinkSync(path), path]] : [["--ro-bind", path, path]];
}
