import { describe, expect, it } from "vitest";
import { whyNotMarkdown } from "./markdown-document.js";
import { packetOf, packetText } from "./testdata/packet-world.js";

/** The fields of a packet's text, by name, as text on one line. */
function fieldsOf(text: string): Record<string, string> {
  const entries = [...packetOf(text).fields].map(([name, { lines, code }]) => {
    return [name, [...lines, ...code].map((line) => line.text).join(" / ")];
  });
  return Object.fromEntries(entries);
}
const rulesOf = (text: string) => packetOf(text).findings.map(({ rule, row }) => `${rule}@${row}`);

describe("the fields of a packet", () => {
  it("are read from headings, lists, lines and tables alike", () => {
    const sound = { TASK_ID: "WP-1", ROLE: "Coder", STATUS: "In Progress" };
    for (const metadata of [
      "## METADATA\n- TASK_ID: WP-1\n- ROLE: Coder\n- STATUS: In Progress",
      "- **TASK_ID**: WP-1\n- **ROLE:** Coder\n- *Status*: In Progress",
      "TASK_ID: WP-1\nROLE: Coder\nSTATUS: In Progress",
      "## TASK_ID\nWP-1\n\n## 2. Role\nCoder\n\nStatus\n------\nIn Progress",
      "| field | value |\n|---|---|\n| TASK_ID | WP-1 |\n| `ROLE` | Coder |\n| Status | In Progress |",
      "### task id: WP-1\n\n**ROLE**: Coder\n\n* STATUS:\n  In Progress",
    ]) {
      expect(fieldsOf(packetText({ metadata }))).toMatchObject(sound);
    }
  });

  it("have their members where their group is, as items or as headings", () => {
    const scope = { "SCOPE.WHAT": "gates", "SCOPE.WHY": "safety", "SCOPE.SPEC_ANCHOR": "§7.6.3.10" };
    expect(fieldsOf(packetText())).toMatchObject(scope);
    const asHeadings = "## SCOPE\n### What\ngates\n### Why\nsafety\n### SPEC_ANCHOR\n§7.6.3.10";
    expect(fieldsOf(packetText({ scope: asHeadings }))).toMatchObject(scope);
    const nested = "- SCOPE:\n  - What: gates\n  - Why: safety\n  - SPEC_ANCHOR: §7.6.3.10";
    expect(fieldsOf(packetText({ scope: nested }))).toMatchObject(scope);
    expect(fieldsOf(packetText({ scope: "## NOTES\n- What: gates" }))).not.toHaveProperty("SCOPE.WHAT");
  });

  it("take a block that follows their label, also where it is not indented", () => {
    const bootstrap = "## BOOTSTRAP\n- FILES_TO_OPEN:\n  - a.ts\n- RUN_COMMANDS:\n```\nls\n```";
    expect(fieldsOf(packetText({ bootstrap }))).toMatchObject({
      "BOOTSTRAP.FILES_TO_OPEN": "a.ts",
      "BOOTSTRAP.RUN_COMMANDS": "ls",
    });
  });

  it.each([
    ["a comment", "<!--\n## TASK_ID\nWP-1\n-->"],
    ["a code block", "```markdown\n- TASK_ID: WP-1\n```"],
    ["a quote", "> - TASK_ID: WP-1"],
    ["struck out text", "- ~~TASK_ID: WP-1~~"],
    ["an earlier report", "## Validation report — 2026-01-01\n- TASK_ID: WP-1\n### TASK_ID\nWP-1"],
    ["a sentence", "The TASK_ID is WP-1, and that is that: it is."],
  ])("are not read from %s", (_, metadata) => {
    expect(fieldsOf(packetText({ metadata }))).not.toHaveProperty("TASK_ID");
  });

  it("begin again after an earlier report", () => {
    const metadata = "## VALIDATION REPORT — 2026-01-01\n### Scope\n- ROLE: x\n\n## METADATA\n- TASK_ID: WP-1";
    expect(fieldsOf(packetText({ metadata }))).toMatchObject({ TASK_ID: "WP-1" });
    expect(fieldsOf(packetText({ metadata }))).not.toHaveProperty("ROLE");
  });

  it("take an ordinary word with a colon for text", () => {
    const done = "## DONE_MEANS\n- Status: green\n- Role: none\n- level: fine";
    expect(rulesOf(packetText({ done }))).toEqual([]);
    expect(fieldsOf(packetText({ done }))).toMatchObject({ DONE_MEANS: "Status: green / Role: none / level: fine" });
  });

  it("know their rows, also after CRLF and a byte order mark", () => {
    const rows = (text: string) => [...packetOf(text).fields.values()].map(({ name, row }) => `${name}:${row}`);
    const text = packetText();
    expect(rows(`\ufeff${text.replaceAll("\n", "\r\n")}`)).toEqual(rows(text));
    expect(rows(text).slice(0, 3)).toEqual(["TASK_ID:4", "ROLE:5", "STATUS:6"]);
  });
});

describe("labels that are wrong", () => {
  it("are found where a field stands twice", () => {
    const { findings } = packetOf(packetText({ done: "## DONE_MEANS\n- a\n- USER_SIGNATURE: Eve" }));
    expect(findings).toMatchObject([{ rule: "CX-573-DUPLICATE", message: "USER_SIGNATURE stands at row 27 already" }]);
    const scope = "## SCOPE\n- What: a\n- What: b\n- Why: c\n- SPEC_ANCHOR: §1";
    expect(rulesOf(packetText({ scope }))).toEqual(["CX-573-DUPLICATE@10"]);
    expect(rulesOf(packetText({ done: "## DONE_MEANS\n- a\n\n## Done-Means\n- b" }))).toHaveLength(1);
  });

  it.each([
    ["## RISK_TEIR", "RISK_TIER"],
    ["## RISKTIER", "RISK_TIER"],
    ["## RISK TIERS", "RISK_TIER"],
    ["## BOOTSTRP", "BOOTSTRAP"],
    ["- EVIDENCE_MAPING: x", "EVIDENCE_MAPPING"],
    ["USER_SIGANTURE: Anna", "USER_SIGNATURE"],
  ])("are found where they are misspelt: %s", (line, name) => {
    const { findings } = packetOf(packetText({ title: `# Work packet\n\n${line}\n` }));
    expect(findings).toMatchObject([{ rule: "CX-573-MISSPELT", row: 3, hint: `did you mean ${name}?` }]);
  });

  it.each([
    ["Cyrillic", "## USER_SІGNATURE"],
    ["Greek", "## ΤASK_ID"],
    ["Cherokee", "## ᎢASK_ID"],
    ["full-width", "## ＳＴＡＴＵＳ"],
    ["mathematical", "## 𝐑𝐎𝐋𝐄"],
    ["a digit", "## SC0PE"],
    ["an accent", "## RÔLE"],
    ["a dash that is no hyphen", "## TEST–PLAN"],
    ["in a list", "- STАTUS: Done"],
  ])("are found where they only look like a field's: %s", (_, line) => {
    const { findings, fields } = packetOf(`# Work packet\n\n${line}\n`);
    expect(findings).toMatchObject([{ rule: "CX-573-LOOKALIKE", row: 3 }]);
    expect(fields.size).toBe(0);
  });

  it("are not found in ordinary headings and words", () => {
    const title =
      "# Work packet\n\n## Notes\n- Stage: one\n- Rule: two\n- Task: three\n\n## Risks\n\n## Scopes of others";
    expect(rulesOf(packetText({ title }))).toEqual([]);
  });
});

describe("text that is not shown", () => {
  it.each([
    ["a picture", "![TASK_ID: WP-1](x.png)"],
    ["a footnote", "[^1]: TASK_ID: WP-1"],
    ["a definition", '[TASK_ID]: x "WP-1"'],
    ["a definition with a title", "[TASK_ID: WP-1]: x"],
  ])("is no field: %s", (_, metadata) => {
    expect(fieldsOf(packetText({ metadata }))).not.toHaveProperty("TASK_ID");
  });

  it.each([
    ["an attribute", "USER_SIGNATURE: <span hidden>Anna</span>"],
    ["a style", 'USER_SIGNATURE: <b style="display:none">Anna</b>'],
    ["an element that is not shown", "USER_SIGNATURE: <template>Anna</template>"],
    ["a block", "## USER_SIGNATURE\n<div\n  hidden>\nAnna\n</div>"],
  ])("is refused where HTML could hide it: %s", (_, signature) => {
    expect(packetOf(packetText({ signature })).findings).toContainEqual(
      expect.objectContaining({ rule: "CX-573-TEXT", message: "raw HTML that can hide what stands in it" }),
    );
  });

  it("is not suspected of plain HTML", () => {
    const done =
      "## DONE_MEANS\n- <b>all</b> of it<br>\n- a <placeholder for it>, x < y\n\n<details>\n\nmore\n\n</details>";
    expect(packetOf(packetText({ done })).findings).toEqual([]);
  });
});

describe("accidents with fences", () => {
  const wanted = fieldsOf(packetText());
  it.each([
    ["one that is never closed", "## TEST_PLAN\n```text\ngrep -c grants src/gate.ts\ntest -f src/grants.ts"],
    [
      "one that is closed by an opening one",
      "## TEST_PLAN\n```text\ngrep -c grants src/gate.ts\ntest -f src/grants.ts\n```text",
    ],
    ["one of tildes", "## TEST_PLAN\n~~~~\ngrep -c grants src/gate.ts\ntest -f src/grants.ts"],
  ])("are forgiven: %s", (_, tests) => {
    const packet = packetOf(packetText({ tests }));
    expect(fieldsOf(packetText({ tests }))).toMatchObject({ ...wanted, TEST_PLAN: expect.stringContaining("test -f") });
    expect(packet.repairs).toEqual([expect.stringMatching(/^the fence opened at row 20 is not closed/)]);
    expect(packet.fields.get("DONE_MEANS")?.row).toBe(packetText({ tests }).split("\n").indexOf("## DONE_MEANS") + 1);
  });

  it("are forgiven where a later block closes the fence", () => {
    const tests = "## TEST_PLAN\n```text\ngrep x y\n\n## DONE_MEANS\n- done";
    const done = "## NOTES\n```\nnothing\n```";
    expect(fieldsOf(packetText({ tests, done }))).toMatchObject({
      ...wanted,
      TEST_PLAN: "grep x y / ",
      DONE_MEANS: "done",
    });
  });

  it("are forgiven where the whole document is fenced", () => {
    const packet = packetOf(`\`\`\`markdown\n${packetText({ tests: "## TEST_PLAN\n- `npm test`" })}\`\`\`\n`);
    expect(packet.fields.get("TASK_ID")).toMatchObject({ row: 5, lines: [{ text: "WP-1" }] });
    expect(packet.repairs).toEqual(["the fence around the whole document, from row 1, is left out"]);
  });

  it("leave what is quoted on purpose a quotation", () => {
    const done = "## DONE_MEANS\n- as in\n\n```markdown\n## TASK_ID\nother\n```";
    const packet = packetOf(packetText({ done }));
    expect([packet.repairs, packet.findings]).toEqual([[], []]);
  });
});

describe("a text that is no document", () => {
  it.each([
    ["nested quotes", `${"> ".repeat(5000)}a`],
    ["nested lists", `${"- ".repeat(5000)}a`],
    ["an endless line", "[".repeat(100_000)],
    ["deep indentation", `${" ".repeat(5000)}- a`],
  ])("is not given to the parser: %s", (_, text) => {
    expect(whyNotMarkdown(`fine\n${text}`)).toMatchObject({ row: 2 });
  });
  it("is none of a plain one, nor of an empty one", () => {
    expect(whyNotMarkdown(packetText())).toBeUndefined();
    expect(whyNotMarkdown("")).toBeUndefined();
    expect(packetOf("").fields.size).toBe(0);
  });
});
