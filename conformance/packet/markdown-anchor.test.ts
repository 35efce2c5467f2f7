import { describe, expect, it } from "vitest";
import { anchorFaults, doneSections, requirementsOf, sectionRole, stepFaults, stepsFrom } from "./markdown-anchor.js";
import { sectionNumber, shownSection } from "./section-number.js";
import { specSections } from "./spec-document.js";
import { packetOf, packetText } from "./testdata/packet-world.js";

const ranges = { roadmap: ["7"], mainBody: ["1-3"] };
const sections = specSections(
  `# Spec
## 1 One
- It MUST open.
### 1.1 Below
- It MUST shut.
## 3 Three
- It MUST last, see §1.
## 7 Roadmap
- See §3 and §7.2.
- It MUST be announced.
### 7.1 First
- See §1, §3 and §9.
## 7.2 Second
- See §7 and §3.
## 8 Annex
- It MUST not count.
## 3 Three again
- It MUST stay.
`,
  "spec.md",
);
const number = (text: string) => sectionNumber(text) ?? [];
const steps = (anchor: string) => stepsFrom(number(anchor), sections, ranges);
const field = packetOf(packetText()).fields.get("SCOPE.SPEC_ANCHOR");
const at = { field, packet: "WP-1.md" };

/** @requirement MEX-14, MEX-18 */
describe("a section", () => {
  it.each([
    ["7.1", "roadmap"],
    ["2.9", "body"],
    ["4", "other"],
  ])("%s is by its number: %s", (section, role) => {
    expect(sectionRole(number(section), ranges)).toBe(role);
  });

  it("is of the main body by no range, unless it is the roadmap's", () => {
    const roles = ["7.1", "4"].map((section) => sectionRole(number(section), { roadmap: ["7"], mainBody: [] }));
    expect(roles).toEqual(["roadmap", "body"]);
    expect(sectionRole(number("7"), { roadmap: ["7"], mainBody: ["7"] })).toBe("roadmap");
  });
});

/** @requirement MEX-14 */
describe("the way from an anchor", () => {
  const shown = (anchor: string) => steps(anchor).map((step) => `${shownSection(step.number)} from ${step.from}`);

  it("follows what the roadmap's sections point to, each once", () => {
    expect(shown("7")).toEqual(["§7 from undefined", "§3 from §7", "§7.2 from §7", "§1 from §7", "§9 from §7"]);
    expect(shown("7.2")).toEqual(["§7.2 from undefined", "§7 from §7.2", "§3 from §7.2", "§1 from §7", "§9 from §7"]);
  });

  it("ends where the main body begins, whatever that points to", () => {
    expect(shown("3")).toEqual(["§3 from undefined"]);
    expect(shown("8")).toEqual(["§8 from undefined"]);
  });
});

/** @requirement MEX-14, MEX-18 */
describe("what defines done", () => {
  const done = (anchor: string) => doneSections(steps(anchor), sections, ranges);

  it("are the sections of the main body that are there, and never the roadmap's own", () => {
    expect(done("7")).toEqual([[3], [1]]);
    expect(done("1.1")).toEqual([[1, 1]]);
    expect(done("2")).toEqual([]);
    expect(done("8")).toEqual([]);
    expect(requirementsOf(done("7"), sections).map(({ text }) => text)).not.toContain("It MUST be announced.");
  });

  it("is all that they and the sections below them require, each once", () => {
    const texts = (...numbers: string[]) => requirementsOf(numbers.map(number), sections).map(({ text }) => text);
    expect(texts("1")).toEqual(["It MUST open.", "It MUST shut."]);
    expect(texts("1.1", "3", "1")).toEqual([
      "It MUST shut.",
      "It MUST last, see §1.",
      "It MUST stay.",
      "It MUST open.",
    ]);
    expect(texts()).toEqual([]);
  });
});

/** @requirement MEX-14 */
describe("a section on the way", () => {
  it("is there, and once", () => {
    expect(stepFaults({ number: [1], from: undefined }, [2], "spec.md", at)).toEqual([]);
    expect(stepFaults({ number: [3], from: "§7" }, [6, 16], "spec.md", at)).toEqual([
      { rule: "SPEC-ANCHOR", message: "§3 stands more than once in spec.md: rows 6, 16", file: "spec.md", row: 6 },
    ]);
  });

  it("is told of as an anchor or as a pointer where it is not", () => {
    expect(stepFaults({ number: [9], from: undefined }, [], "spec.md", at)).toEqual([
      { rule: "SPEC-ANCHOR", message: "spec.md has no §9", file: "WP-1.md", row: 11 },
    ]);
    expect(stepFaults({ number: [9], from: "§7.1" }, [], "spec.md", at)).toEqual([
      { rule: "SPEC-POINTER", message: "§7.1 points to §9, which is not there", file: "spec.md" },
    ]);
  });
});

/** @requirement MEX-14 */
describe("an anchor that is there", () => {
  const faults = (section: string, rows: readonly number[], reached: number) =>
    anchorFaults(number(section), rows, reached, ranges, "spec.md", at);

  it("leads to what defines done", () => {
    expect(faults("7", [8], 1)).toEqual([]);
    expect(faults("1", [2], 1)).toEqual([]);
    // That it is not there is told elsewhere.
    expect(faults("9", [], 0)).toEqual([]);
  });

  it("is refused where it leads to nothing of the kind", () => {
    expect(faults("7.1", [8], 0)).toEqual([
      {
        rule: "SPEC-POINTER",
        message: "§7.1 is a roadmap's and names no section of the main body",
        file: "spec.md",
        row: 8,
        hint: "let it say which sections define done, such as §11.8",
      },
    ]);
    expect(faults("8", [14], 0)).toEqual([
      {
        rule: "SPEC-ANCHOR",
        message: "§8 of spec.md is neither in the roadmap nor in the main body",
        file: "WP-1.md",
        row: 11,
        hint: "see packets in lockkeeper.yaml",
      },
    ]);
  });
});
