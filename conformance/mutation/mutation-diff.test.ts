import { describe, expect, it } from "vitest";
import { diffOf, isSurvivor } from "./mutation-diff.js";
import { mutationHtml } from "./mutation-html.js";
import type { Mutant, MutationReport } from "./mutation-report.js";

const mutant: Mutant = {
  id: "1",
  mutatorName: "comparison swapped",
  location: { start: { line: 2, column: 4 }, end: { line: 2, column: 5 } },
  replacement: ">=",
  status: "Survived",
};

describe("diffOf", () => {
  it("shows the line before and after", () => {
    expect(diffOf("a.rego", "p if {\n\tx > 1\n}\n", mutant)).toBe(
      "a.rego:2:4: comparison swapped: nobody noticed\n-   x > 1\n+   x >= 1",
    );
  });

  it("shows escapes for what could drive a terminal or turn its text around", () => {
    const text = diffOf("a.rego", 'p if {\n\tx > "\u001b[31m\u202e"\n}\n', mutant);
    expect(text).toContain("\\u{1b}[31m\\u{202e}");
    for (const char of ["\u001b", "\u202e"]) expect(text).not.toContain(char);
  });

  it("keeps carriage returns out", () => {
    expect(diffOf("a.rego", "p if {\r\n\tx > 1\r\n}\r\n", mutant)).toMatch(/\+ {3}x >= 1$/);
  });

  it("counts what was not covered or took too long as a survivor, and nothing else", () => {
    const all = ["Killed", "Survived", "NoCoverage", "CompileError", "Timeout", "Ignored"] as const;
    expect(all.filter((status) => isSurvivor({ status }))).toEqual(["Survived", "NoCoverage", "Timeout"]);
  });
});

describe("mutationHtml", () => {
  const report: MutationReport = {
    schemaVersion: "2.0",
    thresholds: { high: 95, low: 80 },
    files: {
      "a.rego": { language: "rego", source: "# </script><script>alert(1)</script> <!-- ]]>", mutants: [mutant] },
    },
  };

  it("is one page of which no text of a policy can become markup", () => {
    const page = mutationHtml(report, '<b>"policies"</b>');
    if (!page.ok) throw new Error(page.error.message);
    const [, data = ""] = page.value.split(").report = ");
    expect(data).not.toContain("</script><script>alert");
    expect(data.split("</script>")).toHaveLength(2);
    expect(page.value).toContain("<title>&lt;b>");
    expect(page.value).not.toMatch(/<(?:link|img)\b[^>]*https?:|<script[^>]+src=/);
  });
});
