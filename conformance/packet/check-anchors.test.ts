import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorFindings } from "./check-anchors.js";
import { newPacket } from "./new-packet.js";
import { packetText, packetWorld, specPlace } from "./testdata/packet-world.js";

const stale = (anchor: string) => packetText({ scope: `## SCOPE\n- What: a\n- Why: b\n- SPEC_ANCHOR: ${anchor}` });

/** @requirement MEX-10 */
describe("the anchors of all packets", () => {
  const check = (files: Readonly<Record<string, string | null>>) => {
    using world = packetWorld(files);
    return anchorFindings(specPlace(world.root), "docs/packets");
  };

  it("resolve where the spec has them, and where there are no packets", () => {
    expect(check({ "docs/packets/WP-1.md": packetText(), "docs/packets/README.md": "no packet" })).toEqual([]);
    const noPackets = ["WP-1.md.orig", "WP-1md", "OLD-WP-1.md", "WP.md", "wp-1.md"];
    expect(check(Object.fromEntries(noPackets.map((name) => [`docs/packets/${name}`, "no packet"])))).toEqual([]);
    expect(check({})).toEqual([]);
    expect(check({ "docs/packets/WP-2.md": newPacket("WP-2", "", "docs/spec-v2.md", "docs/TASK_BOARD.md") })).toEqual(
      [],
    );
  });

  it("are named, packet by packet, where it has not", () => {
    const files = {
      "docs/packets/WP-2.md": stale("§99"),
      "docs/packets/WP-10-b.md": stale("§98"),
      "docs/packets/WP-1.md": packetText(),
      "docs/packets/WP-3.md": stale("§7.6.3.11"),
      "docs/packets/WP-4.md": "# Nothing\n",
      "docs/packets/WP-5.md": `${"> ".repeat(100)}x\n`,
    };
    expect(check(files).map(({ rule, file, row }) => `${rule} ${file}:${row}`)).toEqual([
      "SPEC-ANCHOR docs/packets/WP-10-b.md:11",
      "SPEC-ANCHOR docs/packets/WP-2.md:11",
      "SPEC-POINTER docs/spec-v2.md:16",
      "SPEC-ANCHOR docs/packets/WP-4.md:undefined",
      "CX-573-TEXT docs/packets/WP-5.md:1",
    ]);
  });

  it("are named in the order of the packets' names, which a folder may have in another", () => {
    const names = ["WP-1", "WP-\u{1f512}", "WP-\ufb00"];
    const files = names.map((name) => [`docs/packets/${name}.md`, "# Nothing\n"]);
    expect(check(Object.fromEntries(files))).toEqual(
      files.map(([file]) => ({ rule: "SPEC-ANCHOR", message: "the packet has no SPEC_ANCHOR", file })),
    );
  });

  it("are looked up as soon as one of their lines is written", () => {
    const text = (...lines: string[]) => stale(lines.map((line) => `\n  - ${line}`).join(""));
    expect(check({ "docs/packets/WP-1.md": text("[section]", "[another]") })).toEqual([]);
    expect(check({ "docs/packets/WP-1.md": text("[section]", "§99") })).toMatchObject([
      { message: "docs/spec-v2.md has no [section]" },
      { message: "docs/spec-v2.md has no §99" },
    ]);
  });

  it("are nowhere without a current spec", () => {
    const gone = { "docs/spec-v2.md": null, "docs/packets/WP-1.md": packetText() };
    expect(check(gone)).toEqual([
      { rule: "SPEC-CURRENT", message: "what it names is not there: docs/spec-v2.md", file: "docs/SPEC_CURRENT.md" },
    ]);
    expect(check({ "docs/SPEC_CURRENT.md": null })).toMatchObject([{ rule: "SPEC-CURRENT" }]);
  });

  it("are not followed through links", () => {
    using world = packetWorld({ "docs/packets/x.md": packetText() });
    symlinkSync("x.md", join(world.root, "docs/packets/WP-1.md"));
    expect(anchorFindings(specPlace(world.root), "docs/packets")).toEqual([
      { rule: "CX-573-TEXT", message: "docs/packets/WP-1.md is a symbolic link", file: "docs/packets/WP-1.md" },
    ]);
  });
});
