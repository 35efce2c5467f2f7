import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type PacketWorld, packetText, packetWorld } from "../../conformance/packet/testdata/packet-world.js";
import { packageRoot } from "../host/index.js";

const product = packageRoot();

/** Runs the program in a folder. */
function run(cwd: string, ...args: readonly string[]) {
  const words = ["--import", join(product, "node_modules/tsx/dist/loader.mjs"), join(product, "src/cli/dev.ts")];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...words, ...args], { cwd, encoding: "utf8" });
  return { stdout, stderr, status };
}

function world(text = packetText()): PacketWorld {
  return packetWorld({ "docs/packets/WP-1.md": text });
}

// Each run is a process of its own, which takes its time where the machine is busy.
describe("the program", { timeout: 120_000 }, () => {
  it("validates a packet from a folder below, and says PASS by its exit code, its last lines and a file", () => {
    using sound = world();
    const { stdout, stderr, status } = run(join(sound.root, "src"), "validate", "WP-1");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("pass     tests\n");
    expect(stdout).toMatch(/\nPASS: all 4 requirements are met.*\nreport: reports\/packets\/WP-1\.md\n$/);
    expect(readFileSync(join(sound.root, "reports/packets/WP-1.md"), "utf8")).toContain("**Verdict: PASS**");
  });

  it("says FAIL by 2, as one JSON document and in the packet where that is asked for", () => {
    using pending = world(packetText({ signature: "USER_SIGNATURE: pending" }));
    const { stdout, stderr, status } = run(pending.root, "validate", "WP-1", "--append", "--json");
    expect([status, stderr]).toEqual([2, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: "FAIL",
      returned_to: "Ready for Dev",
      findings: [{ rule: "CX-573-SIGNATURE", row: 52 }],
      report: "docs/packets/WP-1.md",
    });
    expect(readFileSync(join(pending.root, "docs/packets/WP-1.md"), "utf8")).toContain("**Verdict: FAIL**");
  });

  it("makes a packet once, and checks it", () => {
    using sound = world();
    expect(run(sound.root, "packet", "new", "WP-2", "--title", "Quotas", "--json")).toEqual({
      stdout: '{"ok":true,"file":"docs/packets/WP-2.md"}\n',
      stderr: "",
      status: 0,
    });
    expect(run(sound.root, "packet", "new", "WP-2")).toMatchObject({
      stdout: "",
      stderr: expect.stringMatching(/^docs\/packets\/WP-2\.md is there already/),
      status: 1,
    });
    const { stdout, status } = run(sound.root, "packet", "check", "WP-2", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, verdict: null });
    expect(status).toBe(2);
  });

  it("scans what a packet is about: 0 where it is clean, 2 where it is not, 7 where there is nothing", () => {
    using sound = world();
    expect(run(sound.root, "packet", "scan", "WP-1")).toMatchObject({ stdout: "0 findings in 2 files\n", status: 0 });
    // In two parts, for this file is searched, too.
    writeFileSync(join(sound.root, "src/bad.ts"), `export const run = (text: string) => ${"ev"}${"al"}(text);\n`);
    const found = run(sound.root, "packet", "scan", "WP-1");
    expect([found.status, found.stdout]).toEqual([2, expect.stringMatching(/^src\/bad\.ts:1:\d+: /)]);
    const nothing = packetText({ scope: "## SCOPE\n- What: a\n- Why: b\n- SPEC_ANCHOR: §6", evidence: null });
    writeFileSync(join(sound.root, "docs/packets/WP-1.md"), nothing);
    expect(run(sound.root, "packet", "scan", "WP-1").status).toBe(7);
  });

  it("looks all anchors up: 5 where one does not resolve", () => {
    using sound = world();
    expect(run(sound.root, "packet", "anchors")).toEqual({ stdout: "every anchor resolves\n", stderr: "", status: 0 });
    const stale = packetText({ scope: "## SCOPE\n- What: a\n- Why: b\n- SPEC_ANCHOR: §99" });
    writeFileSync(join(sound.root, "docs/packets/WP-3.md"), stale);
    const { stdout, status } = run(sound.root, "packet", "anchors", "--json");
    expect([status, JSON.parse(stdout)]).toMatchObject([5, { findings: [{ file: "docs/packets/WP-3.md", row: 11 }] }]);
  });

  it.each([
    [["validate", "WP-404"], "docs/packets/WP-404.md is not there"],
    [["packet", "check", "WP-\u001b[2J"], "WP-\\u{1b}[2J is no packet's name"],
    [["packet", "map", "WP-1"], "the folder cannot be read"],
  ])("says what is wrong with %j, without a stack", (args, message) => {
    using sound = world();
    const { stdout, stderr, status } = run(sound.root, ...args);
    expect([status, stdout, stderr]).toEqual([1, "", expect.stringContaining(message)]);
    expect(stderr).not.toContain("    at ");
    expect(stderr).not.toContain("\u001b");
  });
});
