import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { textInside, writeInside } from "./append-report.js";
import { copyWorkspace } from "./copy-workspace.js";
import { searchFiles } from "./search-terms.js";
import { packetWorld } from "./testdata/packet-world.js";

describe("a search", () => {
  it("finds terms as they stand, and says how often and where", () => {
    using world = packetWorld({
      "a.txt": "x.*y\nx.*y x.*y\n",
      "b.txt": "X.*Y\nxay\n",
      "c.bin": "x.*y\u0000",
      "d.txt": `${"\n".repeat(9)}x.*y`,
    });
    symlinkSync("a.txt", join(world.root, "link.txt"));
    const files = ["a.txt", "b.txt", "c.bin", "d.txt", "link.txt", "gone.txt", "../x"];
    expect(searchFiles(world.root, ["x.*y", "§", "nowhere"], files)).toEqual([
      { term: "x.*y", hits: 4, files: 2, places: ["a.txt:1", "d.txt:10"] },
      { term: "§", hits: 0, files: 0, places: [] },
      { term: "nowhere", hits: 0, files: 0, places: [] },
    ]);
  });

  it("shows five places at most", () => {
    const names = Array.from({ length: 8 }, (_, index) => `f${index}.txt`);
    using world = packetWorld(Object.fromEntries(names.map((name) => [name, "term"])));
    expect(searchFiles(world.root, ["term"], names)).toMatchObject([{ hits: 8, files: 8, places: { length: 5 } }]);
  });
});

describe("writing", () => {
  it("makes folders, replaces whole, and leaves nothing beside", () => {
    using world = packetWorld();
    expect(writeInside(world.root, "reports/packets/WP-1.md", "one")).toEqual({ ok: true, value: undefined });
    expect(writeInside(world.root, "reports/packets/WP-1.md", "two")).toEqual({ ok: true, value: undefined });
    expect(textInside(world.root, "reports/packets/WP-1.md")).toBe("two");
    expect(textInside(world.root, "reports/packets/WP-2.md")).toBe("");
  });

  it("goes through no link, and nowhere outside", () => {
    using world = packetWorld();
    using other = packetWorld();
    symlinkSync(other.root, join(world.root, "reports"));
    symlinkSync(join(other.root, "docs/CODEX.md"), join(world.root, "WP-1.md"));
    for (const path of ["reports/WP-1.md", "WP-1.md", "../WP-1.md", "/tmp/lockkeeper-WP-1.md"]) {
      expect(writeInside(world.root, path, "x"), path).toMatchObject({ ok: false, error: { code: "internal/io" } });
    }
    expect(existsSync(join(other.root, "WP-1.md"))).toBe(false);
    expect(readFileSync(join(other.root, "docs/CODEX.md"), "utf8")).toBe("# Rules of work\n");
  });
});

describe("a copy of a repository", () => {
  it("has the files that are named and the folders that are asked for, and goes away", async () => {
    using world = packetWorld({ "node_modules/a/index.js": "1", "left.txt": "x", "bin/run": "#!/bin/sh\n" });
    const copy = await copyWorkspace(world.root, ["src/gate.ts", "bin/run", "gone.ts"], ["node_modules", "none"]);
    expect(readFileSync(join(copy.path, "src/gate.ts"), "utf8")).toContain("decide");
    expect(existsSync(join(copy.path, "node_modules/a/index.js"))).toBe(true);
    expect(existsSync(join(copy.path, "left.txt"))).toBe(false);
    writeFileSync(join(copy.path, "src/gate.ts"), "changed");
    expect(readFileSync(join(world.root, "src/gate.ts"), "utf8")).toContain("decide");
    await copy[Symbol.asyncDispose]();
    expect(existsSync(copy.path)).toBe(false);
  });

  it("keeps links that stay inside, and leaves out those that do not", async () => {
    const outside = await realpath(await mkdtemp(join(tmpdir(), "lockkeeper-outside-")));
    using world = packetWorld();
    mkdirSync(join(world.root, "deep"));
    symlinkSync("../src/gate.ts", join(world.root, "deep/inside"));
    symlinkSync(outside, join(world.root, "absolute"));
    symlinkSync(join("..", "..", "..", "etc"), join(world.root, "deep/relative"));
    symlinkSync("..", join(world.root, "above"));
    await using copy = await copyWorkspace(world.root, ["deep/inside", "absolute", "deep/relative", "above"], []);
    expect(copy.leftOut).toEqual(["absolute", "deep/relative", "above"]);
    expect(existsSync(join(copy.path, "absolute"))).toBe(false);
    await rm(outside, { recursive: true });
  });
});
