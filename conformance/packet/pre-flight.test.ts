import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requiredFields } from "./packet-fields.js";
import { packetStatus, preFlight } from "./pre-flight.js";
import { type PacketWorld, packetOf, packetText, packetWorld } from "./testdata/packet-world.js";

let world: PacketWorld;
beforeAll(() => {
  world = packetWorld();
  symlinkSync("src/gate.ts", join(world.root, "link.ts"));
  symlinkSync("src", join(world.root, "linked"));
  mkdirSync(join(world.root, ".git"));
  writeFileSync(join(world.root, ".git", "config"), "[core]\n");
});
afterAll(() => world[Symbol.dispose]());

const check = (parts: Parameters<typeof packetText>[0], id = "WP-1") =>
  preFlight(packetOf(packetText(parts)), id, world.root);
const said = (parts: Parameters<typeof packetText>[0]) => check(parts).map(({ rule, message }) => `${rule} ${message}`);

/** @requirement MEX-13 */
describe("pre-flight", () => {
  it("passes a packet that says everything", () => {
    expect(check({})).toEqual([]);
  });

  it("names each field that is missing, and a missing group once", () => {
    expect(preFlight(packetOf("# Work packet\n\n## SCOPE\n## RISK_TIER\n"), "WP-1", world.root)).toEqual(
      requiredFields
        .filter((name) => !/^(?:SCOPE|RISK_TIER|(?:BOOTSTRAP|AUTHORITY)\..*)$/.test(name))
        .map((name) => ({ rule: "CX-573-MISSING", message: `${name} is missing`, file: "docs/packets/WP-1.md" })),
    );
    expect(said({ tests: null })).toEqual(["CX-573-MISSING TEST_PLAN is missing"]);
    expect(requiredFields).toEqual([
      ...["TASK_ID", "ROLE", "STATUS", "SCOPE", "RISK_TIER", "TEST_PLAN", "DONE_MEANS", "BOOTSTRAP", "AUTHORITY"],
      ...["EVIDENCE_MAPPING", "USER_SIGNATURE", "SCOPE.WHAT", "SCOPE.WHY", "SCOPE.SPEC_ANCHOR", "RISK_TIER.LEVEL"],
      ...["RISK_TIER.RATIONALE", "BOOTSTRAP.FILES_TO_OPEN", "BOOTSTRAP.SEARCH_TERMS", "BOOTSTRAP.RUN_COMMANDS"],
      ...["BOOTSTRAP.RISK_MAP", "AUTHORITY.SPEC_CURRENT", "AUTHORITY.CODEX", "AUTHORITY.TASK_BOARD"],
    ]);
  });

  it("names what is empty, with its row", () => {
    expect(check({ done: "## DONE_MEANS\n\n<!-- later -->", risk: "## RISK_TIER\n- Level:\n- Rationale: x" })).toEqual([
      { rule: "CX-573-EMPTY", message: "RISK_TIER.LEVEL is empty", file: "docs/packets/WP-1.md", row: 16 },
      { rule: "CX-573-EMPTY", message: "DONE_MEANS is empty", file: "docs/packets/WP-1.md", row: 25 },
    ]);
    expect(said({ signature: "**USER_SIGNATURE:**" })).toEqual(["CX-573-EMPTY USER_SIGNATURE is empty"]);
    expect(said({ evidence: "## EVIDENCE_MAPPING\n```\n\n```" })).toEqual(["CX-573-EMPTY EVIDENCE_MAPPING is empty"]);
  });

  it.each(["[what must hold]", "<what>", "TBD", "to be defined", "...", "`TODO`", "**n/a**", "{{done}}", "—"])(
    "takes a template's words for none: %s",
    (words) => {
      const [finding, ...more] = check({ done: `## DONE_MEANS\n- ${words}` });
      expect([finding?.rule, more]).toEqual([expect.stringMatching(/^CX-573-(?:PLACEHOLDER|EMPTY)$/), []]);
    },
  );

  it("takes words that say something for something", () => {
    expect(check({ done: "## DONE_MEANS\n- [x] no TODO is left\n- <b>all</b> of it" })).toEqual([]);
    expect(check({ done: "## DONE_MEANS\n- TBD\n- something" })).toEqual([]);
  });

  it.each(["Run the tests.", "```\n# none\n```", "- TBD", "[command]"])("finds no command in a plan of %j", (words) => {
    expect(check({ tests: `## TEST_PLAN\n${words}` })).toEqual([
      {
        rule: "CX-573-EMPTY",
        message: "TEST_PLAN names no command",
        file: "docs/packets/WP-1.md",
        row: 19,
        hint: "as a line of a code block, or in `…`",
      },
    ]);
  });

  it("blocks evidence that is the template's", () => {
    const message = "CX-573-PLACEHOLDER EVIDENCE_MAPPING still holds the template's words";
    expect(said({ evidence: "## EVIDENCE_MAPPING\n- [Requirement] -> [File:Line]" })).toEqual([message]);
    expect(said({ evidence: "## EVIDENCE_MAPPING\n| [Requirement] | [File:Line] |\n|---|---|" })).toEqual([message]);
  });

  it.each([
    "<pending>",
    "pending",
    "[pending]",
    "PENDING (ask Anna)",
    "awaiting Anna",
    "unsigned",
    "not yet signed",
    "TBD",
  ])("does not take %s for a signature", (words) => {
    const [finding, ...more] = check({ signature: `**USER_SIGNATURE:** ${words}` });
    expect(finding).toEqual({
      rule: "CX-573-SIGNATURE",
      message: "USER_SIGNATURE is pending",
      file: "docs/packets/WP-1.md",
      row: 52,
      hint: "the person who asked for the work signs here",
    });
    expect(more).toEqual([]);
  });

  it("holds TASK_ID to the packet's name, and STATUS to the four there are", () => {
    expect(check({}, "WP-2")).toMatchObject([
      { rule: "CX-573-ID", message: "TASK_ID is “WP-1”, the packet is WP-2", row: 4 },
    ]);
    const metadata = "- TASK_ID: WP-1\n- ROLE: Coder\n- STATUS: Almost done";
    expect(check({ metadata })).toMatchObject([
      {
        rule: "CX-573-STATUS",
        message: "STATUS is “Almost done”",
        row: 5,
        hint: "one of Ready for Dev, In Progress, Done, Blocked",
      },
    ]);
    expect(["ready-for-dev", "IN_PROGRESS", "`Done`", "[Blocked]", "Undone", ""].map(packetStatus)).toEqual([
      "Ready for Dev",
      "In Progress",
      "Done",
      "Blocked",
      undefined,
      undefined,
    ]);
  });

  it.each([
    ["src/gone.ts", "src/gone.ts is not there"],
    ["../secret", "../secret leads out of the repository"],
    ["src/../../secret", "src/../../secret leads out of the repository"],
    ["/etc/passwd", "/etc/passwd leads out of the repository"],
    ["C:/x", "C:/x leads out of the repository"],
    ["link.ts", "link.ts is a symbolic link"],
    ["linked/gate.ts", "linked is a symbolic link"],
    ["src/gate.ts/x", "src/gate.ts is no folder"],
    ["src//gate.ts", "src//gate.ts is no plain path"],
    [".git/config", ".git/config is no file of the repository"],
  ])("opens no %s", (path, message) => {
    const bootstrap = `## BOOTSTRAP
- FILES_TO_OPEN:
  - \`${path}\` — look here
- SEARCH_TERMS: grants
- RUN_COMMANDS: \`ls\`
- RISK_MAP: "spec mismatch" -> "look"`;
    expect(check({ bootstrap })).toEqual([{ rule: "CX-573-FILE", message, file: "docs/packets/WP-1.md", row: 30 }]);
  });

  it("opens files and folders, with a remark behind them or not", () => {
    const bootstrap = `## BOOTSTRAP
- FILES_TO_OPEN: ./src/gate.ts
  - src/ (all of it)
- SEARCH_TERMS: grants
- RUN_COMMANDS: \`ls\`
- RISK_MAP: "spec mismatch" -> "look"`;
    expect(check({ bootstrap })).toEqual([]);
  });

  it("asks for the codex and the task board that are named", () => {
    const authority = "## AUTHORITY\n- SPEC_CURRENT: docs/spec-v2.md\n- Codex: docs/GONE.md\n- Task Board: ../board.md";
    expect(said({ authority })).toEqual([
      "CX-573-FILE docs/GONE.md is not there",
      "CX-573-FILE ../board.md leads out of the repository",
    ]);
    const others = "## AUTHORITY\n- SPEC_CURRENT: x\n- Codex: the usual rules\n- Task Board: docs/NONE.md";
    expect(said({ authority: others })).toEqual(["CX-573-FILE docs/NONE.md is not there"]);
  });

  it("refuses search terms that cannot be run", () => {
    const bootstrap = (terms: string) => `## BOOTSTRAP
- FILES_TO_OPEN: \`src/gate.ts\`
- SEARCH_TERMS:
${terms}
- RUN_COMMANDS: \`ls\`
- RISK_MAP: "spec mismatch" -> "look"`;
    expect(said({ bootstrap: bootstrap("  - fine\n  - [term]") })).toEqual([
      "CX-573-SEARCH [term]: a placeholder finds nothing",
    ]);
    expect(said({ bootstrap: bootstrap("  - [term]") })).toEqual([
      "CX-573-PLACEHOLDER BOOTSTRAP.SEARCH_TERMS still holds the template's words",
    ]);
    expect(said({ bootstrap: bootstrap(`  - ${"a".repeat(201)}`) })).toEqual([
      `CX-573-SEARCH ${"a".repeat(40)}: longer than 200 characters`,
    ]);
    const many = Array.from({ length: 51 }, (_, index) => `  - term${index}`).join("\n");
    expect(said({ bootstrap: bootstrap(many) })).toEqual(["CX-573-SEARCH term50: more than 50 terms"]);
  });

  it("gives what the reading found, too", () => {
    expect(said({ title: "# Work packet\u202e" })).toEqual([
      "CX-573-TEXT U+202E at column 14 hides or changes what a reader sees",
    ]);
  });
});
