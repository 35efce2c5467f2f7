import { readdirSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { findGroupPlaces, leaveGroupPlaces, ownGroups } from "./group-places.js";

const mount = (point: string, type: string, options: string, root = "/") =>
  `30 25 0:26 ${root} ${point} rw,nosuid shared:9 - ${type} ${type} rw,${options}`;

describe("the groups that a process is in", () => {
  it("are found by controller, under version 1", () => {
    const groups = ownGroups({
      cgroup: "8:pids:/\n4:memory:/jobs/one\n2:cpu,cpuacct:/\n0::/\n",
      mountinfo: [
        mount("/sys/fs/cgroup/pids", "cgroup", "pids"),
        mount("/sys/fs/cgroup/memory", "cgroup", "memory"),
        mount("/sys/fs/cgroup/cpu,cpuacct", "cgroup", "cpu,cpuacct"),
        mount("/", "ext4", "relatime"),
      ].join("\n"),
    });
    expect([...groups]).toEqual([
      ["pids", "/sys/fs/cgroup/pids/"],
      ["memory", "/sys/fs/cgroup/memory/jobs/one"],
      ["cpu", "/sys/fs/cgroup/cpu,cpuacct/"],
      ["cpuacct", "/sys/fs/cgroup/cpu,cpuacct/"],
    ]);
  });

  it("are one under version 2", () => {
    const groups = ownGroups({
      cgroup: "0::/system.slice/gateway.service\n",
      mountinfo: mount("/sys/fs/cgroup", "cgroup2", "nsdelegate"),
    });
    expect([...groups]).toEqual([["", "/sys/fs/cgroup/system.slice/gateway.service"]]);
  });

  it("are found in a container, whose own group is what is mounted", () => {
    const inContainer = (path: string) =>
      ownGroups({
        cgroup: `4:memory:${path}\n`,
        mountinfo: mount("/sys/fs/cgroup/memory", "cgroup", "memory", "/docker/abc"),
      }).get("memory");
    expect(inContainer("/docker/abc")).toBe("/sys/fs/cgroup/memory/");
    expect(inContainer("/docker/abc/inner")).toBe("/sys/fs/cgroup/memory/inner");
    expect(inContainer("/docker/abcdef")).toBe("/sys/fs/cgroup/memory/docker/abcdef");
  });

  it("are none where nothing is mounted", () => {
    expect([...ownGroups({ cgroup: "0::/\n", mountinfo: "" })]).toEqual([]);
    expect([...ownGroups({ cgroup: "", mountinfo: "" })]).toEqual([]);
  });
});

describe("the places for groups", () => {
  const pid = 4_000_000 + process.pid;
  let places: ReturnType<typeof findGroupPlaces> | undefined;
  afterEach(() => {
    if (places !== undefined) leaveGroupPlaces(places);
    for (const place of [places?.memory, places?.pids, places?.cpu]) {
      if (typeof place === "string") expect(() => readdirSync(place)).toThrow("ENOENT");
    }
  });

  it("are folders of our own that are gone afterwards, or are missing with a reason", () => {
    places = findGroupPlaces(pid, () => true);
    const { memory, pids, why } = places;
    expect(why === "").toBe(memory !== null && pids !== null);
    for (const place of [memory, pids]) expect(place ?? `lockkeeper-${pid}`).toContain(`lockkeeper-${pid}`);
  });
});
