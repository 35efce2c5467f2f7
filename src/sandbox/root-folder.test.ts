import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commonBinds, makeEtc } from "./root-folder.js";

// @requirement EXE-25
it.skipIf(process.platform !== "linux")(
  "shows exactly these places, and none where programs of this machine listen",
  () => {
    const system = ["/bin", "/sbin", "/lib", "/lib32", "/lib64"].filter((path) => existsSync(path));
    const machineEtc = ["/etc/ld.so.cache", "/etc/alternatives"].filter((path) => existsSync(path));
    expect(commonBinds("/made/etc", ["/opt/one", "/opt/two"])).toEqual([
      ["--ro-bind", "/usr", "/usr"],
      ...system.map((path) =>
        lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path],
      ),
      ["--ro-bind", "/made/etc", "/etc"],
      ...machineEtc.map((path) => ["--ro-bind", path, path]),
      ["--proc", "/proc"],
      ...["null", "zero", "full", "random", "urandom"].map((name) => ["--dev-bind", `/dev/${name}`, `/dev/${name}`]),
      ["--symlink", "/proc/self/fd", "/dev/fd"],
      ["--symlink", "/proc/self/fd/0", "/dev/stdin"],
      ["--symlink", "/proc/self/fd/1", "/dev/stdout"],
      ["--symlink", "/proc/self/fd/2", "/dev/stderr"],
      ["--symlink", "/tmp", "/dev/shm"],
      ["--symlink", "/tmp", "/var/tmp"],
      ["--ro-bind", "/opt/one", "/opt/one"],
      ["--ro-bind", "/opt/two", "/opt/two"],
    ]);
  },
);

it("makes an /etc that names who commands run as, and nobody else", () => {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-etc-"));
  const etc = join(folder, "etc");
  makeEtc(etc, 4711, 4712);
  const lines = (name: string) => readFileSync(join(etc, name), "utf8").trim().split("\n");
  expect(lines("passwd").map((line) => line.split(":").slice(0, 4).join(":"))).toEqual([
    "root:x:0:0",
    "sandbox:x:4711:4712",
    "nobody:x:65534:65534",
  ]);
  expect(lines("group")).toEqual(["root:x:0:", "sandbox:x:4712:", "nogroup:x:65534:"]);
  expect(readdirSync(etc).sort()).toEqual([
    "alternatives",
    "group",
    "hostname",
    "hosts",
    "ld.so.cache",
    "nsswitch.conf",
    "os-release",
    "passwd",
  ]);
  // The commands' user reads it.
  expect(statSync(etc).mode & 0o777).toBe(0o755);
  expect(statSync(join(etc, "passwd")).mode & 0o777).toBe(0o644);
  rmSync(folder, { recursive: true });
});
