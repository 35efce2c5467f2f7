import { describe, expect, it } from "vitest";
import { evidenceOfChecks } from "./check-evidence.js";
import { whyNotCode } from "./code-lines.js";
import { evidenceInRego, type RegoAnnotation } from "./rego-evidence.js";

const text = "package a\n\n# METADATA\n# custom: {}\nviolations contains x if {\n\ttrue\n}\n";
const files = new Map([["policies/a.rego", text]]);
const textOf = (file: string) => files.get(file);
const known = new Set(["EXE-15", "MEX-01"]);
const annotation: RegoAnnotation = {
  file: "policies/a.rego",
  row: 3,
  end_row: 4,
  package: "a",
  rule: "violations",
  custom: { id: "a/denied", requirements: ["MEX-01", "EXE-15"] },
  targets: [{ row: 5, end_row: 7 }],
};

// @requirement HAR-02
describe("evidence in Rego", () => {
  it("points at each rule that a METADATA block speaks of, under the rule's id", () => {
    const two = { ...annotation, targets: [...(annotation.targets ?? []), { row: 1, end_row: 1 }] };
    const expected = { kind: "rule", name: "a/denied", file: "policies/a.rego", requirements: ["EXE-15", "MEX-01"] };
    expect(evidenceInRego([two], textOf, known)).toStrictEqual({
      places: [
        { ...expected, row: 5, end_row: 7 },
        { ...expected, row: 1, end_row: 1 },
      ],
      problems: [],
    });
  });

  it("passes over blocks that cite nothing", () => {
    const { custom: _, ...bare } = annotation;
    for (const one of [bare, { ...annotation, custom: { id: "a/b" } }]) {
      expect(evidenceInRego([one], textOf, known)).toEqual({ places: [], problems: [] });
    }
  });

  it("points at the block's own rows where it does not say what it speaks of", () => {
    const { targets: _, ...own } = { ...annotation, row: 5, end_row: 6 };
    expect(evidenceInRego([own], textOf, known).places).toMatchObject([{ row: 5, end_row: 6 }]);
  });

  it("names a rule without an id by its package", () => {
    const { places } = evidenceInRego([{ ...annotation, custom: { requirements: ["EXE-15"] } }], textOf, known);
    expect(places[0]?.name).toBe("a.violations");
  });

  it.each([
    [{ requirements: ["NO-1"] }, "NO-1 is cited here, and no specification has it"],
    [{ requirements: "EXE-15" }, "custom.requirements is not a list of requirement ids"],
    [{ requirements: [] }, "custom.requirements is not a list of requirement ids"],
    [{ requirements: [1] }, "custom.requirements is not a list of requirement ids"],
  ])("reports %j", (custom, message) => {
    expect(evidenceInRego([{ ...annotation, custom }], textOf, known).problems[0]).toMatchObject({
      message,
      place: { file: "policies/a.rego", row: 3 },
    });
  });

  it("reports a package that cites, for no rule could be executed", () => {
    const { rule: _, ...onPackage } = annotation;
    expect(evidenceInRego([onPackage], textOf, known).problems).toEqual([
      {
        code: "evidence/unresolved",
        message: "the METADATA cites EXE-15, MEX-01 on a package: only a rule can be executed",
        place: { file: "policies/a.rego", row: 3 },
      },
    ]);
  });

  it("keeps a place whose lines are no code, and says why", () => {
    const moved = { ...annotation, targets: [{ row: 4, end_row: 5 }] };
    expect(evidenceInRego([moved], textOf, known).places[0]?.unresolved).toBe("row 4 is a comment");
  });
});

// @requirement HAR-02
describe("lines that can be evidence", () => {
  it.each([
    [undefined, 1, 1, "the file is not there"],
    [text, 0, 1, "rows 0 to 1 are no range"],
    [text, 5, 4, "rows 5 to 4 are no range"],
    [text, 5, 8, "row 8 is past the file's last row, 7"],
    [text, 2, 5, "row 2 is blank"],
    [text, 3, 5, "row 3 is a comment"],
    [text, 5, 7, undefined],
  ])("of %j rows %d to %d: %s", (source, row, end_row, expected) => {
    expect(whyNotCode(source, { row, end_row }, "rego")).toBe(expected);
  });
});

// @requirement HAR-02
describe("evidence of cases and attacks", () => {
  const cases = new Map([["specs/a.yaml", "cases:\n  - id: a-001\n    # why\n"]]);
  const check = { id: "a-001", requirements: ["EXE-15"], file: "specs/a.yaml", row: 2 };

  it("points at the case's rows", () => {
    expect(evidenceOfChecks("case", [check], (file) => cases.get(file), known)).toEqual({
      places: [{ kind: "case", name: "a-001", file: "specs/a.yaml", row: 2, end_row: 2, requirements: ["EXE-15"] }],
      problems: [],
    });
  });

  it("says why rows are no evidence, and which ids are unknown", () => {
    const bad = { ...check, row: 3, requirements: ["NO-1"] };
    const { places, problems } = evidenceOfChecks("case", [bad], (file) => cases.get(file), known);
    expect(places[0]?.unresolved).toBe("row 3 is a comment");
    expect(problems[0]?.message).toContain("NO-1");
  });
});
