import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requiredFields } from "./packet-fields.js";
import type { PacketField } from "./parse-packet.js";
import { packetStatus, pathsToOpen, preFlight, presenceFaults, searchFaults, signatureFaults } from "./pre-flight.js";
import { runSearches } from "./search-terms.js";
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
      requiredFields()
        .filter((name) => !/^(?:SCOPE|RISK_TIER|(?:BOOTSTRAP|AUTHORITY)\..*)$/.test(name))
        .map((name) => ({ rule: "CX-573-MISSING", message: `${name} is missing`, file: "docs/packets/WP-1.md" })),
    );
    expect(said({ tests: null })).toEqual(["CX-573-MISSING TEST_PLAN is missing"]);
    expect(requiredFields()).toEqual([
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

/** A field with lines of text and of code, from row 3. */
function fieldOf(name: string, texts: readonly string[], code: readonly string[] = []): PacketField {
  const lines = texts.map((text, index) => ({ text, codes: [], row: 3 + index }));
  return { name, row: 2, lines, code: code.map((text) => ({ text, row: 9 })) };
}
const fieldsOf = (...fields: PacketField[]) => new Map(fields.map((field) => [field.name, field]));

/** @requirement MEX-13 */
describe("a field", () => {
  it("is missed where it is not there, unless its whole group is", () => {
    const missing = (name: string) => [{ rule: "CX-573-MISSING", message: `${name} is missing` }];
    expect(presenceFaults("ROLE", fieldsOf())).toEqual(missing("ROLE"));
    expect(presenceFaults("SCOPE", fieldsOf())).toEqual(missing("SCOPE"));
    expect(presenceFaults("SCOPE.WHAT", fieldsOf(fieldOf("SCOPE", [])))).toEqual(missing("SCOPE.WHAT"));
    expect(presenceFaults("SCOPE.WHAT", fieldsOf(fieldOf("ROLE", ["Coder"])))).toEqual([]);
  });

  it("is empty where nothing visible stands in it, and a group is never", () => {
    const empty = [{ rule: "CX-573-EMPTY", message: "ROLE is empty", row: 2 }];
    expect(presenceFaults("ROLE", fieldsOf(fieldOf("ROLE", [])))).toEqual(empty);
    expect(presenceFaults("ROLE", fieldsOf(fieldOf("ROLE", [" "], ["  "])))).toEqual(empty);
    expect(presenceFaults("ROLE", fieldsOf(fieldOf("ROLE", ["", "Coder"])))).toEqual([]);
    expect(presenceFaults("ROLE", fieldsOf(fieldOf("ROLE", [], ["Coder"])))).toEqual([]);
    expect(presenceFaults("SCOPE", fieldsOf(fieldOf("SCOPE", [])))).toEqual([]);
  });

  it("says nothing where all that stands in it is the template's", () => {
    const said = (name: string, ...texts: string[]) =>
      presenceFaults(name, fieldsOf(fieldOf(name, texts))).map(({ rule, message, row }) => `${rule}@${row} ${message}`);
    const nothing = (name: string) => [`CX-573-PLACEHOLDER@2 ${name} still holds the template's words`];
    expect(said("ROLE", "[who]")).toEqual(nothing("ROLE"));
    expect(said("EVIDENCE_MAPPING", "[Requirement] --> [File:Line]")).toEqual(nothing("EVIDENCE_MAPPING"));
    expect(said("EVIDENCE_MAPPING", "[Requirement] | [File:Line]", "TBD → TBD")).toEqual(nothing("EVIDENCE_MAPPING"));
    expect(said("EVIDENCE_MAPPING", "GATE-1 -> [File:Line]")).toEqual([]);
    expect(said("EVIDENCE_MAPPING", "[Requirement] -> [File:Line]", "GATE-1 -> a.ts:1")).toEqual([]);
    expect(said("ROLE", "who-ever")).toEqual([]);
    // These two are asked in words of their own.
    expect([said("TEST_PLAN", "TBD"), said("USER_SIGNATURE", "TBD")]).toEqual([[], []]);
  });
});

/** @requirement MEX-13 */
describe("a signature", () => {
  const isPending = (...texts: string[]) => signatureFaults(fieldOf("USER_SIGNATURE", texts)).length === 1;
  it.each(["<pending>", "PENDING (ask Anna)", "Anna: awaiting", "unsigned", "not signed", "not yet given", "TBD"])(
    "is pending as %s",
    (text) => {
      expect(isPending(text)).toBe(true);
    },
  );

  it.each(["Anna Berg, 2026-11-20", "Anna Spending", "Anna Pendings", "Anna, not here"])("stands as %s", (text) => {
    expect(isPending(text)).toBe(false);
  });

  it("is asked of USER_SIGNATURE alone, and where there is one", () => {
    expect(signatureFaults(fieldOf("ROLE", ["pending"]))).toEqual([]);
    expect(isPending()).toBe(false);
    expect(signatureFaults(fieldOf("USER_SIGNATURE", ["pending"]))).toEqual([
      {
        rule: "CX-573-SIGNATURE",
        message: "USER_SIGNATURE is pending",
        row: 2,
        hint: "the person who asked for the work signs here",
      },
    ]);
  });
});

/** @requirement MEX-13 */
describe("what a bootstrap names", () => {
  it("is opened by its code spans, else by its first word", () => {
    expect(pathsToOpen({ text: "src/ (all of it)", codes: [], row: 1 })).toEqual(["src/"]);
    expect(pathsToOpen({ text: "a.ts and b.ts", codes: ["a.ts", "b.ts", "[path]"], row: 1 })).toEqual(["a.ts", "b.ts"]);
    expect(pathsToOpen({ text: "[path]", codes: [], row: 1 })).toEqual([]);
  });

  it("is searched for unless it cannot be, and then it is told", () => {
    expect(searchFaults(undefined)).toEqual([]);
    expect(searchFaults(fieldOf("BOOTSTRAP.SEARCH_TERMS", ["[term]"]))).toEqual([]);
    expect(searchFaults(fieldOf("BOOTSTRAP.SEARCH_TERMS", ["fine", "[term]"]))).toEqual([
      { rule: "CX-573-SEARCH", message: "[term]: a placeholder finds nothing", row: 4 },
    ]);
  });

  it("is looked for in the files that are listed, and they are listed only for that", async () => {
    const never = () => Promise.reject(new Error("nothing is to be searched"));
    expect(await runSearches(undefined, world.root, never)).toEqual([]);
    expect(await runSearches(fieldOf("BOOTSTRAP.SEARCH_TERMS", ["[term]"]), world.root, never)).toEqual([]);
    const terms = fieldOf("BOOTSTRAP.SEARCH_TERMS", ["grants", "[term]", "nowhere"]);
    expect(await runSearches(terms, world.root, async () => ["src/gate.ts"])).toEqual([
      { term: "grants", hits: 3, files: 1, places: ["src/gate.ts:2"] },
      { term: "nowhere", hits: 0, files: 0, places: [] },
    ]);
  });
});
