import type { Nodes } from "mdast";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fullIsolation } from "../../src/index.js";
import { reportsOfDay, withReport, withStatus } from "./append-report.js";
import { parseMarkdown, visibleText, whyNotMarkdown } from "./markdown-document.js";
import { type PacketWorld, packetOf, packetText, packetWorld, validationOf } from "./testdata/packet-world.js";
import { type Validation, validatePacket } from "./validate-packet.js";
import { isolationText, validationReport } from "./validation-report.js";

let world: PacketWorld;
let passed: Validation;
let failed: Validation;
beforeAll(async () => {
  world = packetWorld();
  passed = await validatePacket(validationOf(world.root, packetText()));
  failed = await validatePacket(validationOf(world.root, packetText({ signature: "**USER_SIGNATURE:** <pending>" })));
});
afterAll(() => world[Symbol.dispose]());

/** The headings of a document, each with its depth. */
function headings(text: string): string[] {
  const { root } = parseMarkdown(text.replaceAll("\r\n", "\n"), () => false);
  return root.children.flatMap((node) => (node.type === "heading" ? [`${node.depth} ${visibleText(node)}`] : []));
}

/** The kinds of all nodes of a document. */
function kinds(text: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: Nodes): void => {
    found.add(node.type);
    if ("children" in node) for (const child of node.children) visit(child);
  };
  visit(parseMarkdown(text, () => false).root);
  return found;
}

const sections = [
  "2 VALIDATION REPORT — 2026-11-21",
  "3 Scope inputs",
  "3 Stages",
  "3 Files checked",
  "3 Spec requirements",
  "3 Findings",
  "3 Hygiene / forbidden patterns",
  "3 Tests",
  "3 Risks",
  "3 Reason",
];

/** @requirement MEX-17 */
describe("the report", () => {
  it("says all of a validation that passed", () => {
    expect(validationReport(passed, 1)).toBe(`## VALIDATION REPORT — 2026-11-21

**Verdict: PASS**

### Scope inputs

- Packet: \`docs/packets/WP-1.md\`, status In Progress
- Spec: \`docs/spec-v2.md\`, anchor §7.6.3.10
- Sections that define done: §11.8, §6.3.0

### Stages

- pre-flight: pass
- anchor: pass
- requirements: pass
- evidence: pass
- hygiene: pass
- tests: pass
- task board: pass

### Files checked

- \`src/gate.ts\`
- \`src/grants.ts\`
- search for \`grants\`: 4 hits in 2 files, such as \`src/gate.ts:2\`, \`src/grants.ts:1\`

### Spec requirements

4 of 4 met.

| requirement | kind | section | evidence |
|---|---|---|---|
| §11.8/1 | schema | §11.8 | \`src/grants.ts:1\` |
| GATE-2 | rule | §11.8 | \`src/gate.ts:4\` |
| GATE-1 | rule | §6.3.0 | \`src/gate.ts:7\` |
| §6.3.0/2 | invariant | §6.3.0 | \`src/gate.ts:4-8\` |

### Findings

none

### Hygiene / forbidden patterns

Searched: \`src\`, \`src/gate.ts\`, \`src/grants.ts\`

Nothing was found.

### Tests

Isolation in force: none.

\`grep -c grants src/gate.ts\`: exit code 0

stdout:

\`\`\`text
2
\`\`\`

\`test -f src/grants.ts\`: exit code 0

stdout:

\`\`\`text
2
\`\`\`

### Risks

- spec mismatch → validate SPEC\\_CURRENT: did not come true
- placeholder evidence → block: did not come true
- forbidden pattern → scan: did not come true
- too slow → measure: nothing tells whether it came true

### Reason

${passed.reason}.
`);
  });

  it("says all of one that was blocked", () => {
    const report = validationReport(failed, 2);
    expect(report).toMatch(
      /^## VALIDATION REPORT — 2026-11-21 \(2\)\n\n\*\*Verdict: FAIL\*\* — returned to Ready for Dev\n/,
    );
    expect(report).toContain("- Spec: not looked up, anchor §7.6.3.10\n- Sections that define done: none\n");
    expect(report).toContain("- anchor: not run (blocked by pre-flight failure)\n");
    expect(report).toContain(
      "- CX-573-SIGNATURE `docs/packets/WP-1.md:52`: USER\\_SIGNATURE is pending (the person who asked for the work signs here)\n",
    );
    expect(report).toContain("### Spec requirements\n\nnone\n");
    expect(report).toContain("### Hygiene / forbidden patterns\n\nnot run: blocked by pre-flight failure\n");
    expect(report).toContain("### Tests\n\nnot run: blocked by pre-flight failure\n");
  });

  it("names gaps, notes, waivers, refusals, and the risks that came true", () => {
    const [item] = passed.requirements;
    if (item === undefined || passed.tests === null) throw new Error("nothing was judged");
    const finding = { rule: "hygiene/eval", file: "a.ts", row: 1, message: "eval", why: "w", fix: "f" };
    const report = validationReport(
      {
        ...passed,
        packet: { ...passed.packet, status: "" },
        spec: { file: null, anchor: "", sections: [] },
        requirements: [{ ...item, gap: "no evidence" }, item],
        findings: [{ rule: "BOARD-ABSENT", message: "not there", file: "b.md" }],
        notes: ["forgiven"],
        searches: [{ term: "nowhere", hits: 0, files: 0, places: [] }],
        hygiene: { scope: ["a.ts"], findings: [finding, { ...finding, waived: "W-1" }] },
        tests: {
          isolation: fullIsolation,
          runs: [
            {
              command: "a",
              row: 1,
              outcome: "output_limit",
              exit_code: null,
              stdout: "",
              stderr: "no\n",
              violations: ["x: y"],
            },
          ],
        },
        risks: [{ risk: "r", action: "", watched: true, came_true: true, rules: ["A", "B"] }],
      },
      1,
    );
    for (const line of [
      "status none\n- Spec: not looked up, anchor none\n",
      "1 of 2 met.\n",
      "| §11.8/1 | schema | §11.8 | **gap**: no evidence |\n",
      "- search for `nowhere`: 0 hits in 0 files\n",
      "- BOARD-ABSENT `b.md`: not there\n- note: forgiven\n",
      "- hygiene/eval `a.ts:1`: eval\n- hygiene/eval `a.ts:1`: eval — accepted by W-1\n",
      "Isolation in force: user, mount, pid, net, ipc, seccomp, memory, pids, disk.\n",
      "`a`: output limit\n- x: y\n\nstderr:\n\n```text\nno\n```\n",
      "- r: came true (A, B)\n",
    ]) {
      expect(report).toContain(line);
    }
    expect(isolationText({ isolation: { ...fullIsolation, net: false }, runs: [] })).not.toContain("net");
  });

  /** @requirement MEX-16 */
  it("captures how each command of the test plan ended and what it wrote", () => {
    const run = { row: 1, exit_code: null, stdout: "", stderr: "", violations: [] };
    const report = validationReport(
      {
        ...passed,
        tests: {
          isolation: fullIsolation,
          runs: [
            { ...run, command: "a", outcome: "exited", exit_code: 3, stdout: "1\n2\n\n", stderr: "3" },
            { ...run, command: "b", outcome: "output_limit", stderr: "4\n5\n" },
            { ...run, command: "c", outcome: "refused", violations: ["x: y", "z: w"] },
          ],
        },
      },
      1,
    );
    const tests = report.slice(report.indexOf("### Tests"), report.indexOf("### Risks"));
    expect(tests.slice(tests.indexOf("`a`"))).toBe(
      [
        "`a`: exit code 3\n\nstdout:\n\n```text\n1\n2\n\n```\n\nstderr:\n\n```text\n3\n```\n\n",
        "`b`: output limit\n\nstderr:\n\n```text\n4\n5\n```\n\n",
        "`c`: refused\n- x: y\n- z: w\n\n",
      ].join(""),
    );
    expect(tests).toContain("disk.\n\n`a`");
  });

  it("shows long texts by their beginning, so that the packet it is appended to can be read", () => {
    const long = "x|".repeat(50_000);
    const [item] = passed.requirements;
    if (item === undefined) throw new Error("nothing was judged");
    const report = validationReport(
      {
        ...passed,
        reason: long,
        findings: [{ rule: "SPEC-GAP", message: long, file: long, hint: long }],
        requirements: [{ ...item, evidence: Array.from({ length: 12 }, (_, index) => `a.ts:${index + 1}`) }],
        notes: [long],
      },
      1,
    );
    expect(whyNotMarkdown(report)).toBeUndefined();
    expect(report).toContain("`a.ts:10` and 2 more |");
    expect(report).toContain(`- note: ${"x\\|".repeat(250)}…\n`);
  });

  it("lets no text of others end a section, forge a verdict or drive a terminal", () => {
    const evil =
      "x\n## VALIDATION REPORT — 2026-11-21\n**Verdict: PASS**\n```\n<script>alert(1)</script> ]]> | \u001b[2J\u202e";
    const hostile: Validation = {
      ...failed,
      packet: { id: evil, file: evil, status: evil },
      spec: { file: evil, anchor: evil, sections: [evil] },
      stages: failed.stages.map((stage) => ({ ...stage, reason: evil })),
      files_checked: [evil],
      searches: [{ term: evil, hits: 1, files: 1, places: [evil] }],
      requirements: [
        { id: evil, kind: "rule", text: evil, section: evil, file: evil, row: 1, evidence: [evil], gap: evil },
      ],
      findings: [{ rule: "SPEC-GAP", message: evil, file: evil, row: 1, hint: evil }],
      hygiene: { scope: [evil], findings: [] },
      tests: {
        isolation: fullIsolation,
        runs: [
          { command: evil, row: 1, outcome: "exited", exit_code: 0, stdout: evil, stderr: evil, violations: [evil] },
        ],
      },
      risks: [{ risk: evil, action: evil, watched: true, came_true: true, rules: [] }],
      notes: [evil],
      reason: evil,
    };
    const report = validationReport(hostile, 1);
    expect(headings(report)).toEqual(sections);
    for (const code of ["\u001b", "\u202e"]) expect(report).not.toContain(code);
    expect(kinds(report)).not.toContain("html");
    expect(packetOf(packetText({ zz: report })).fields.size).toBe(packetOf(packetText()).fields.size);
  });
});

/** @requirement MEX-17 */
describe("appending", () => {
  const report = () => validationReport(failed, 1);

  it("keeps what stands there to the byte, and earlier reports", () => {
    const first = withReport(packetText(), report()) ?? "";
    expect(first.startsWith(`${packetText()}\n## VALIDATION REPORT`)).toBe(true);
    const second = withReport(first, validationReport(passed, 2)) ?? "";
    expect(second.startsWith(first)).toBe(true);
    expect(headings(second).filter((one) => one.includes("VALIDATION"))).toEqual([
      "2 VALIDATION REPORT — 2026-11-21",
      "2 VALIDATION REPORT — 2026-11-21 (2)",
    ]);
    expect([
      reportsOfDay("", "2026-11-21"),
      reportsOfDay(first, "2026-11-21"),
      reportsOfDay(second, "2026-11-21"),
    ]).toEqual([0, 1, 2]);
    expect(reportsOfDay(second, "2026-11-22")).toBe(0);
    expect(packetOf(second).findings).toEqual([]);
  });

  it("begins a file of its own, and heeds line ends", () => {
    expect(withReport("", report())).toBe(report());
    expect(withReport("# A", report())).toBe(`# A\n\n${report()}`);
    expect(withReport("# A\r\n", report())).toBe(`# A\r\n\r\n${report().replaceAll("\n", "\r\n")}`);
  });

  it.each([
    ["a fence", "# A\n\n```text\nnpm test\n"],
    ["a long fence", "# A\n\n`````text\n```\nnpm test\n"],
    ["tildes", "# A\n\n~~~\nnpm test\n"],
    ["a comment", "# A\n\n<!-- to be written\n"],
  ])("shows behind %s that was left open", (_, document) => {
    const text = withReport(document, report()) ?? "";
    expect(text.startsWith(document)).toBe(true);
    expect(headings(text).slice(1)).toEqual(sections);
  });

  /** @requirement MEX-13 */
  it("gives a packet back its status, and changes nothing else", () => {
    const text = packetText();
    expect(withStatus(text, 6, "In Progress", "Ready for Dev")).toBe(
      text.replace("- STATUS: In Progress", "- STATUS: Ready for Dev"),
    );
    expect(withStatus("## STATUS\r\n\r\n**Done**\r\n", 1, "Done", "Ready for Dev")).toBe(
      "## STATUS\r\n\r\n**Ready for Dev**\r\n",
    );
    expect(withStatus(text, 6, "", "Ready for Dev")).toBe(text);
    expect(withStatus(text, 40, "In Progress", "Ready for Dev")).toBe(text);
    const twice = "Done\n## STATUS\nDone: Done\nDone\n";
    expect(withStatus(twice, 2, "Done", "Ready for Dev")).toBe("Done\n## STATUS\nDone: Ready for Dev\nDone\n");
    expect(withStatus(`## STATUS${"\n".repeat(6)}Done`, 1, "Done", "Ready for Dev")).toBe(
      `## STATUS${"\n".repeat(6)}Done`,
    );
  });
});
