import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isPacketId, type Validation } from "../../../conformance/packet/index.js";
import { packetText, packetWorld } from "../../../conformance/packet/testdata/packet-world.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { keepReport } from "./keep-report.js";
import { openPacket, packetFile, packetRepository } from "./open-packet.js";
import { runTestPlan } from "./run-test-plan.js";
import { showValidation } from "./show-validation.js";
import { validateOne } from "./validate-one.js";

function terminal() {
  const lines: string[] = [];
  const quiet: Terminal = {
    out: (line) => lines.push(line),
    note: (line) => lines.push(line),
    progress: () => undefined,
    paint: (_, text) => text,
    json: false,
    colour: false,
  };
  return { lines, quiet };
}

/** Validates the sound packet, with parts changed, in a repository of its own with files changed. */
async function validate(
  parts: Parameters<typeof packetText>[0] = {},
  files: Parameters<typeof packetWorld>[0] = {},
  act: (root: string) => void = () => undefined,
) {
  const world = packetWorld({ ...files, "docs/packets/WP-1.md": packetText(parts) });
  act(world.root);
  const { quiet, lines } = terminal();
  const repository = await packetRepository(world.root);
  const validation = await validateOne(repository, "WP-1", "validate", quiet);
  return { world, repository, validation, lines };
}
const said = ({ findings }: Validation) => findings.map(({ rule, message }) => `${rule} ${message}`);

describe("lockkeeper validate", () => {
  it("passes a small packet that is complete, its tests run by the real gate", async () => {
    const { world, repository, validation } = await validate();
    using _ = world;
    expect([validation.verdict, said(validation)]).toEqual(["PASS", []]);
    expect(validation.tests).toMatchObject({
      isolation: { net: false },
      runs: [
        { command: "grep -c grants src/gate.ts", outcome: "exited", exit_code: 0, stdout: "2\n", violations: [] },
        { command: "test -f src/grants.ts", outcome: "exited", exit_code: 0 },
      ],
    });
    const file = keepReport(repository, validation, { append: false, statusRow: 6 });
    expect(file).toBe("reports/packets/WP-1.md");
    keepReport(repository, validation, { append: false, statusRow: 6 });
    const report = readFileSync(join(world.root, file), "utf8");
    expect(report.match(/^## VALIDATION REPORT — .*$/gm)).toEqual([
      `## VALIDATION REPORT — ${validation.date}`,
      `## VALIDATION REPORT — ${validation.date} (2)`,
    ]);
    expect(readFileSync(join(world.root, "docs/packets/WP-1.md"), "utf8")).toBe(packetText());
  });

  it("lets tests write in a copy, not in the repository, and reach no secret through a link", async () => {
    const tests = "## TEST_PLAN\n```\nmake\nls src/gate.ts\ncat away\n```";
    const makefile = "all:\n\techo broken > src/gate.ts\n\techo new > src/new.ts\n\tls src\n";
    const { world, validation } = await validate({ tests }, { Makefile: makefile }, (root) => {
      symlinkSync("/etc/passwd", join(root, "away"));
    });
    using _ = world;
    expect(validation.tests?.runs.map(({ outcome, exit_code }) => [outcome, exit_code])).toMatchObject([
      ["exited", expect.any(Number)],
      ["exited", 0],
      [expect.any(String), expect.toSatisfy((code) => code !== 0)],
    ]);
    expect(JSON.stringify(validation.tests)).not.toContain("root:");
    expect(readFileSync(join(world.root, "src/gate.ts"), "utf8")).toContain("decide");
    expect(existsSync(join(world.root, "src/new.ts"))).toBe(false);
  });

  it("runs only what the rules allow, and no shell", async () => {
    const tests =
      "## TEST_PLAN\n```\nrm -rf src\ngrep -c x src/gate.ts; touch marker\ncat /etc/passwd\ncurl http://localhost/\n```";
    const { world, validation } = await validate({ tests });
    using _ = world;
    expect(validation.tests?.runs.map(({ outcome }) => outcome)).toEqual(["refused", "refused", "refused", "refused"]);
    expect(validation.findings.map(({ rule, row }) => `${rule}@${row}`)).toEqual([
      "TEST-REFUSED@21",
      "TEST-REFUSED@22",
      "TEST-REFUSED@23",
      "TEST-REFUSED@24",
    ]);
    expect(existsSync(join(world.root, "marker"))).toBe(false);
  });

  it("finds forbidden patterns in the packet's scope, and only there", async () => {
    // The name in two parts, for this file is searched, too.
    const bad = `export const run = (text: string) => ${"ev"}${"al"}(text);\n`;
    const { world, validation } = await validate({}, { "src/bad.ts": bad, "other/bad.ts": bad });
    using _ = world;
    expect(validation.findings).toMatchObject([{ rule: "HYGIENE-FINDING", file: "src/bad.ts", row: 1 }]);
    expect(validation.risks.filter(({ came_true }) => came_true).map(({ risk }) => risk)).toEqual([
      "forbidden pattern",
    ]);
  });

  it("appends to the packet, and gives it its status back where it fails", async () => {
    const signature = "**USER_SIGNATURE:** <pending>";
    const { world, repository, validation } = await validate({ signature });
    using _ = world;
    expect(validation).toMatchObject({ verdict: "FAIL", returned_to: "Ready for Dev" });
    const file = keepReport(repository, validation, { append: true, statusRow: 6 });
    const after = readFileSync(join(world.root, file), "utf8");
    const returned = packetText({ signature }).replace("STATUS: In Progress", "STATUS: Ready for Dev");
    expect(after.startsWith(`${returned}\n## VALIDATION REPORT — `)).toBe(true);
    const again = await validateOne(repository, "WP-1", "validate", terminal().quiet);
    expect(said(again)).toEqual(["CX-573-SIGNATURE USER_SIGNATURE is pending"]);
    expect(readFileSync(join(world.root, "docs/TASK_BOARD.md"), "utf8")).toBe(
      "# Board\n\n## Ready for Dev\n\n- **WP-1** — Gates\n- WP-2 — More\n\n## In Progress\n\n",
    );
  });

  it("says in a terminal what was found, each on its line", async () => {
    const evil = "## DONE_MEANS\n- x\n\n## NOTES \u001b[2J\n- y";
    const { world, validation } = await validate({ done: evil, signature: "**USER_SIGNATURE:** pending" });
    using _ = world;
    const { lines, quiet } = terminal();
    showValidation(validation, quiet);
    expect(lines.join("\n")).not.toContain("\u001b");
    expect(lines).toContain("fail     pre-flight");
    expect(lines).toContain("not run  tests (blocked by pre-flight failure)");
    expect(lines.at(-1)).toMatch(/^FAIL: pre-flight failed with 2 findings/);
  });

  it("takes a text that no parser should be given for a broken packet", async () => {
    const { world, validation } = await validate({ done: `${"> ".repeat(5000)}x` });
    using _ = world;
    expect(validation.findings.map(({ rule, row }) => `${rule}@${row}`)).toEqual([
      "CX-573-TEXT@25",
      "BOARD-MISMATCH@9",
    ]);
    expect(validation.verdict).toBe("FAIL");
  });
});

describe("a packet's name", () => {
  it.each(["WP-1", "WP-1-MEX-Safety-Gates", "WP-a.b_c"])("may be %s", (id) => {
    expect(isPacketId(id)).toBe(true);
  });
  it.each(["", "WP-", "wp-1", "WP-../x", "WP-1/2", "WP-1.", "WP-a..b", "WP-1\n", `WP-${"a".repeat(100)}`, "WP-1 x"])(
    "is not %j",
    async (id) => {
      expect(isPacketId(id)).toBe(false);
      using world = packetWorld();
      const { settings } = await packetRepository(world.root);
      expect(() => packetFile(settings, id)).toThrow(CommandFailure);
    },
  );

  it("must be that of one that is there, no link and in the repository", async () => {
    using world = packetWorld({ "docs/CODEX.md": packetText() });
    mkdirSync(join(world.root, "docs/packets"));
    symlinkSync("../CODEX.md", join(world.root, "docs/packets/WP-2.md"));
    const repository = await packetRepository(world.root);
    expect(() => openPacket(repository, "WP-1")).toThrow("docs/packets/WP-1.md is not there");
    expect(() => openPacket(repository, "WP-2")).toThrow("docs/packets/WP-2.md is a symbolic link");
  });

  it("needs a configuration that says where packets are", async () => {
    const config =
      "schema: lockkeeper/config/v1\nspecs: specs\nreports: reports\nevidence: {roots: [src], ignore: []}\n";
    using world = packetWorld({ "lockkeeper.yaml": config });
    await expect(packetRepository(world.root)).rejects.toThrow("it does not say where packets are");
  });
});

describe("a copy for tests", () => {
  it("holds what is asked for, such as installed packages", async () => {
    using world = packetWorld({ "node_modules/a/index.js": "1\n", ".gitignore": "node_modules\n" });
    writeFileSync(join(world.root, "docs/packets.md"), "");
    const repository = await packetRepository(world.root);
    const settings = { ...repository.settings, copy: ["node_modules"] };
    const { quiet } = terminal();
    const { runs } = await runTestPlan(
      { ...repository, settings },
      [{ command: "cat node_modules/a/index.js", row: 1 }],
      ["src/gate.ts"],
      "WP-1",
      quiet,
    );
    expect(runs).toMatchObject([{ outcome: "exited", exit_code: 0, stdout: "1\n" }]);
  });
});
