import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gapFindings, judgedItem, judgeEvidence, whyNoPlace } from "./check-evidence.js";
import { isDocument, whyAbsent, whyNoCode, whyNoEvidence } from "./evidence-line.js";
import { whyNoEntry } from "./evidence-mapping.js";
import type { RequiredItem } from "./spec-document.js";
import { type PacketWorld, packetOf, packetText, packetWorld } from "./testdata/packet-world.js";

const item = (id: string, more: Partial<RequiredItem> = {}): RequiredItem => {
  return { id, kind: "rule", text: "It MUST.", section: "§1", file: "docs/spec-v2.md", row: 6, ...more };
};

let world: PacketWorld;
beforeAll(() => {
  world = packetWorld({
    "src/empty.ts": "",
    "src/blank.ts": "\n\n",
    "docs/notes.md": "The gate refuses.\n",
    "src/huge.ts": "export const a = 1;\n".repeat(120_000),
  });
  writeFileSync(join(world.root, "..", "lockkeeper-outside.ts"), "export const a = 1;\n");
  symlinkSync("gate.ts", join(world.root, "src/link.ts"));
  symlinkSync(tmpdir(), join(world.root, "away"));
  mkdirSync(join(world.root, "src/folder"));
});
afterAll(() => world[Symbol.dispose]());

/** What becomes of a mapping for the one requirement GATE-1. */
function judge(lines: string, required: readonly RequiredItem[] = [item("GATE-1")]) {
  const judged = judgeEvidence(
    packetOf(packetText({ evidence: `## EVIDENCE_MAPPING\n${lines}` })),
    required,
    world.root,
  );
  return { ...judged, said: judged.findings.map(({ rule, message, row }) => `${rule}@${row} ${message}`) };
}

/** @requirement MEX-15 */
describe("evidence", () => {
  it("that is code is shown with its requirement", () => {
    expect(judge("- GATE-1 -> src/gate.ts:7, `src/gate.ts:4-8`")).toStrictEqual({
      requirements: [{ ...item("GATE-1"), evidence: ["src/gate.ts:7", "src/gate.ts:4-8"] }],
      files: ["src/gate.ts"],
      findings: [],
      notes: [],
      said: [],
    });
  });

  it.each([
    "- GATE-1 → src/gate.ts:7",
    "- `GATE-1` => `src/gate.ts:7`",
    "- GATE-1: refuses what nobody granted --> ./src/gate.ts:L7",
    "- **GATE-1** (refusal) -> src/gate.ts#L7",
    "| Requirement | Evidence |\n|---|---|\n| GATE-1 | src/gate.ts:7 |",
    "```\nGATE-1 -> src/gate.ts:7\n```",
    "GATE-1 -> src/gate.ts:7",
  ])("may be written %s", (lines) => {
    expect(judge(lines)).toMatchObject({ requirements: [{ evidence: ["src/gate.ts:7"] }], said: [] });
  });

  it("may be for several requirements, and several lines for one", () => {
    const required = [item("GATE-1"), item("GATE-2"), item("§6.3.0/2")];
    const { requirements, said } = judge(
      "- GATE-1, GATE-2 -> src/gate.ts:7\n- GATE-1 -> src/grants.ts:1 and src/gate.ts:4\n- §6.3.0/2 -> src/gate.ts:4",
      required,
    );
    expect(said).toEqual([]);
    expect(requirements.map(({ evidence }) => evidence)).toEqual([
      ["src/gate.ts:7", "src/grants.ts:1", "src/gate.ts:4"],
      ["src/gate.ts:7"],
      ["src/gate.ts:4"],
    ]);
  });

  it.each([
    ["[Requirement] -> [File:Line]", "EVIDENCE-PLACEHOLDER", "holds the template's words"],
    ["GATE-1 -> [File:Line]", "EVIDENCE-PLACEHOLDER", "holds the template's words"],
    ["GATE-1 -> TBD", "EVIDENCE-PLACEHOLDER", "holds the template's words"],
    ["GATE-1 ->", "EVIDENCE-PLACEHOLDER", "holds the template's words"],
    ["GATE-1 -> src/gate.ts:7, TODO", "EVIDENCE-PLACEHOLDER", "holds the template's words"],
    ["GATE-1 src/gate.ts:7", "EVIDENCE-PLACEHOLDER", "is not REQUIREMENT -> FILE:LINE"],
    ["GATE-1 -> src/gate.ts", "EVIDENCE-PLACEHOLDER", "“src/gate.ts” is not FILE:LINE"],
    ["GATE-1 -> src/gate.ts:0", "EVIDENCE-PLACEHOLDER", "“src/gate.ts:0” is not FILE:LINE"],
    ["GATE-1 -> src/gate.ts:seven", "EVIDENCE-PLACEHOLDER", "“src/gate.ts:seven” is not FILE:LINE"],
    ["GATE-1 -> src/*.ts:7", "EVIDENCE-PLACEHOLDER", "“src/*.ts:7” is not FILE:LINE"],
    ["GATE-1 -> src/gate.ts:1", "EVIDENCE-NOT-CODE", "row 1 of src/gate.ts is a comment"],
    ["GATE-1 -> src/gate.ts:6", "EVIDENCE-NOT-CODE", "row 6 of src/gate.ts is a comment"],
    ["GATE-1 -> src/gate.ts:3", "EVIDENCE-NOT-CODE", "row 3 of src/gate.ts is blank"],
    ["GATE-1 -> src/gate.ts:2", "EVIDENCE-NOT-CODE", "row 2 of src/gate.ts only imports"],
    ["GATE-1 -> src/gate.ts:8", "EVIDENCE-NOT-CODE", "row 8 of src/gate.ts is punctuation alone"],
    ["GATE-1 -> docs/notes.md:1", "EVIDENCE-NOT-CODE", "docs/notes.md is a document, no code"],
    ["GATE-1 -> src/gate.ts:9", "EVIDENCE-ABSENT", "row 9 is past the last row of src/gate.ts, 8"],
    ["GATE-1 -> src/gate.ts:4-99", "EVIDENCE-ABSENT", "row 99 is past the last row of src/gate.ts, 8"],
    ["GATE-1 -> src/gate.ts:7-4", "EVIDENCE-ABSENT", "rows 7 to 4 are no range"],
    ["GATE-1 -> src/deleted.ts:1", "EVIDENCE-ABSENT", "src/deleted.ts is not there"],
    ["GATE-1 -> src/empty.ts:1", "EVIDENCE-ABSENT", "src/empty.ts is empty"],
    ["GATE-1 -> src/blank.ts:1", "EVIDENCE-ABSENT", "src/blank.ts is empty"],
    ["GATE-1 -> src/folder:1", "EVIDENCE-ABSENT", "src/folder is a folder"],
    ["GATE-1 -> src/huge.ts:1", "EVIDENCE-ABSENT", "src/huge.ts is larger than 2097152 bytes"],
    [
      "GATE-1 -> ../lockkeeper-outside.ts:1",
      "EVIDENCE-OUTSIDE",
      "../lockkeeper-outside.ts leads out of the repository",
    ],
    ["GATE-1 -> src/../src/gate.ts:7", "EVIDENCE-OUTSIDE", "src/../src/gate.ts leads out of the repository"],
    ["GATE-1 -> /etc/passwd:1", "EVIDENCE-OUTSIDE", "/etc/passwd leads out of the repository"],
    ["GATE-1 -> src/link.ts:7", "EVIDENCE-OUTSIDE", "src/link.ts is a symbolic link"],
    ["GATE-1 -> away/lockkeeper-outside.ts:1", "EVIDENCE-OUTSIDE", "away is a symbolic link"],
  ])("blocks where it is none: %s", (line, rule, message) => {
    const { findings, requirements, files, notes } = judge(`- ${line}`);
    expect(findings).toEqual([
      { rule, message: expect.stringContaining(message), file: "docs/packets/WP-1.md", row: 47 },
      { rule: "SPEC-GAP", message: "GATE-1: no evidence", file: "docs/spec-v2.md", row: 6 },
    ]);
    expect([requirements, files, notes]).toEqual([[{ ...item("GATE-1"), evidence: [], gap: "no evidence" }], [], []]);
  });

  it("leaves each requirement without any a gap, and so those that are not in force, whatever is shown", () => {
    const required = [item("GATE-1"), item("GATE-2"), item("GATE-3", { withheld: "in force from 0.3", row: 9 })];
    const judged = judge("- GATE-1 -> src/gate.ts:7\n- GATE-3 -> src/gate.ts:4", required);
    expect(judged.said).toEqual(["SPEC-GAP@6 GATE-2: no evidence", "SPEC-GAP@9 GATE-3: in force from 0.3"]);
    expect(judged.requirements.map(({ gap }) => gap)).toEqual([undefined, "no evidence", "in force from 0.3"]);
  });

  it("for what the sections do not require counts for nothing", () => {
    const judged = judge("- ROAD-1 -> src/gate.ts:7\n- GATE-10 -> src/gate.ts:4\n- gate-1 -> src/gate.ts:4");
    expect(judged.said).toEqual(["SPEC-GAP@6 GATE-1: no evidence"]);
    expect(judged.notes).toEqual([
      "row 47: “ROAD-1” is no requirement of the sections that count",
      "row 48: “GATE-10” is no requirement of the sections that count",
      "row 49: “gate-1” is no requirement of the sections that count",
    ]);
  });

  it("is told of by its beginning and by files in order", () => {
    const judged = judge(`- ${"Q".repeat(300)} -> src/grants.ts:1\n- GATE-1 -> src/gate.ts:7`);
    expect(judged.files).toEqual(["src/gate.ts", "src/grants.ts"]);
    expect(judged.notes).toEqual([`row 47: “${"Q".repeat(200)}” is no requirement of the sections that count`]);
  });

  it("of a packet without any leaves all gaps", () => {
    const packet = packetOf(packetText({ evidence: null }));
    const { findings, files } = judgeEvidence(packet, [item("GATE-1")], world.root);
    expect([findings.map(({ rule }) => rule), files]).toEqual([["SPEC-GAP"], []]);
  });
});

/** @requirement MEX-15, MEX-18 */
describe("a requirement", () => {
  it("is met by evidence, and a gap without any or where it is not in force", () => {
    const [met, none] = [judgedItem(item("GATE-1"), ["a.ts:1"]), judgedItem(item("GATE-2"), [])];
    const withheld = judgedItem(item("GATE-3", { withheld: "in force from 0.3", row: 9 }), ["a.ts:2"]);
    expect(met).toStrictEqual({ ...item("GATE-1"), evidence: ["a.ts:1"] });
    expect(none).toStrictEqual({ ...item("GATE-2"), evidence: [], gap: "no evidence" });
    expect(withheld).toMatchObject({ evidence: ["a.ts:2"], gap: "in force from 0.3" });
    expect(gapFindings([met, none, withheld])).toEqual([
      { rule: "SPEC-GAP", message: "GATE-2: no evidence", file: "docs/spec-v2.md", row: 6 },
      { rule: "SPEC-GAP", message: "GATE-3: in force from 0.3", file: "docs/spec-v2.md", row: 9 },
    ]);
  });
});

/** @requirement MEX-15 */
describe("a line of the mapping", () => {
  it.each([
    ["GATE-1", ["a.ts:1", "b.ts:2-3"], undefined],
    ["", ["a.ts:1"], "“text” is not REQUIREMENT -> FILE:LINE"],
    ["[Requirement]", ["a.ts:1"], "“text” holds the template's words"],
    ["GATE-1", ["a.ts:1", "[File:Line]"], "“text” holds the template's words"],
    ["GATE-1", [], "“text” holds the template's words"],
    ["GATE-1", ["a.ts:1", "b.ts"], "“b.ts” is not FILE:LINE"],
  ])("for %j with %j says: %s", (requirement, parts, why) => {
    expect(whyNoEntry("text", requirement, parts)).toBe(why);
  });
});

/** @requirement MEX-15 */
describe("a place", () => {
  const at = { file: "a.ts", row: 2, end_row: 2 };
  it("is evidence where its file is there and its line is code", () => {
    expect(whyNoPlace(at, { ok: true, value: "// a\nconst a = 1;\n" })).toBeUndefined();
    expect(whyNoPlace(at, { ok: true, value: "const a = 1;\n// a\n" })).toEqual({
      rule: "EVIDENCE-NOT-CODE",
      message: "row 2 of a.ts is a comment",
    });
    expect(whyNoPlace(at, { ok: true, value: "const a = 1;\n" })).toEqual({
      rule: "EVIDENCE-ABSENT",
      message: "row 2 is past the last row of a.ts, 1",
    });
    const fault = (kind: "outside" | "absent") => whyNoPlace(at, { ok: false, error: { kind, message: "why" } });
    expect(fault("outside")).toEqual({ rule: "EVIDENCE-OUTSIDE", message: "why" });
    expect(fault("absent")).toEqual({ rule: "EVIDENCE-ABSENT", message: "why" });
  });

  it.each([
    [1, 1, undefined],
    [1, 3, undefined],
    [3, 3, undefined],
    [0, 1, "rows 0 to 1 are no range"],
    [3, 2, "rows 3 to 2 are no range"],
    [1, 4, "row 4 is past the last row of a.ts, 3"],
  ])("from row %i to %i of three is there, or not: %s", (row, end_row, why) => {
    expect(whyAbsent("a.ts", [" ", "a", "b"], { row, end_row })).toBe(why);
    expect(whyAbsent("a.ts", [" ", "\t"], { row, end_row })).toBe("a.ts is empty");
  });

  it.each([
    ["", "", "is blank"],
    ["// a", "", "is a comment"],
    ["import a from 'b'; // c", "import a from 'b';", "only imports"],
    ["});", "});", "is punctuation alone"],
    ["a();", "a();", undefined],
    ["[1,", "[1,", undefined],
  ])("%j does nothing: %3$s", (written, bare, why) => {
    expect(whyNoCode(written, bare)).toBe(why);
  });

  it("of a document does nothing", () => {
    const endings = ["md", "txt", "snap", "mdx", "amd", "ts"];
    expect(endings.filter(isDocument)).toEqual(["md", "txt", "snap"]);
  });
});

describe("a line", () => {
  const code = (file: string, text: string, row: number, end_row = row) =>
    whyNoEvidence(file, text, { row, end_row })?.message;
  it.each([
    ["a.py", 'def f():\n    """Says\n    what."""\n    return 1\n', [2, 3], [1, 4]],
    ["a.py", 'x = """not\na docstring"""\n# a comment\n', [3], [1, 2]],
    ["a.go", "package a\n// A does.\nfunc A() {\n}\n", [1, 2, 4], [3]],
    ["a.rs", "/* one\n two */ fn a() {}\nuse std::io;\n", [1, 3], [2]],
    ["a.sql", "-- why\nSELECT 1; -- here\n/* x */\n", [1, 3], [2]],
    ["a.rego", "package a\n\n# METADATA\nallow if input.x\n", [1, 2, 3], [4]],
    ["a.yaml", "# why\nkey: value\n- \n", [1, 3], [2]],
    ["a.ts", 'const a = "/*"; // x\nconst b = 1;\nconst c = `//`; /* y */\n', [], [1, 2, 3]],
    ["a.ts", "const a = 'it\\'s // no comment';\nimport('x');\nexport { a } from './b.js';\n", [3], [1, 2]],
    ["justfile", "# a recipe\nscan WP:\n", [1], [2]],
    ["Dockerfile", "# base\nFROM scratch\n", [1], [2]],
    ["a.html", "<!-- x\n-->\n<p>y</p>\n", [1, 2], [3]],
    ["a.unknown", "; x\n% y\nz\n", [1, 2], [3]],
    ["a.lua", "--[[ x ]]\nreturn 1\n", [1], [2]],
    ["a.php", "# x\n// y\necho 1;\n", [1, 2], [3]],
  ] as const)("of %s is code or not: %j", (file, text, not, is) => {
    for (const row of not) expect(code(file, text, row), `row ${row}`).toMatch(/comment|import|punctuation|blank/);
    for (const row of is) expect(code(file, text, row), `row ${row}`).toBeUndefined();
  });

  it("ends with CRLF like with LF, and is there without a line end", () => {
    expect(code("a.ts", "const a = 1;\r\n\r\nconst b = 2;", 3)).toBeUndefined();
    expect(code("a.ts", "const a = 1;\r\n\r\nconst b = 2;", 2)).toBe("row 2 of a.ts is blank");
    expect(code("a.ts", "const a = 1;\n", 2)).toBe("row 2 is past the last row of a.ts, 1");
    expect(code("a.ts", "const a = 1;\n", 0)).toBe("rows 0 to 0 are no range");
  });
});
