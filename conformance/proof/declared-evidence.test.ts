import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contentHash } from "./content-hash.js";
import { declaredEvidence } from "./declared-evidence.js";

const requirements = [
  { id: "SBX-57", method: "artifact" as const },
  { id: "EXE-26", method: "inspection" as const },
  { id: "HAR-02", method: "mutation" as const },
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-declared-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function artifact(file: string, check: string, requirement = "SBX-57"): void {
  write(
    "specs/artifacts.yaml",
    `schema: lockkeeper/artifacts/v1\nartifacts:\n  - {requirement: ${requirement}, file: ${file}, check: ${check}}\n`,
  );
}

function inspection(sha256: string, requirement = "EXE-26"): void {
  write(
    "specs/inspections.yaml",
    `schema: lockkeeper/inspections/v1\ninspections:\n  - requirement: ${requirement}\n    file: docs/review.md\n    sha256: ${sha256}\n    inspector: Ada\n    date: "2026-03-01"\n    statement: I read all of it.\n`,
  );
}

const found = () => {
  const result = declaredEvidence(root, "specs", requirements);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const outcome = () =>
  found().places.map(
    ({ status, detail, unresolved }) => `${unresolved ?? status}${detail === undefined ? "" : `: ${detail}`}`,
  );

it("is nothing where nothing is declared", () => {
  expect(found()).toEqual({ places: [], problems: [] });
});

describe("an artifact", () => {
  it.each([
    ["text that stands in it", "{kind: contains, texts: [review]}", "A review.\n", "pass"],
    ["text that does not", "{kind: contains, texts: [review, audit]}", "A review.\n", "fail: not in it: audit"],
    ["nothing in it", "{kind: contains, texts: [a]}", " \n", "fail: it is empty"],
    ["a link to a file", "{kind: links}", "[a](../src/a.ts#L3) ![b](b%20c.png) [d](/src)\n", "pass"],
    ["links elsewhere", "{kind: links}", "[a](https://a.example/x) [b](#here) <mailto:a@b.example>\n", "pass"],
    [
      "a link to nothing",
      "{kind: links}",
      "[a](gone.md)\n\n[b]: lost.md\n",
      "fail: links that lead nowhere: gone.md, lost.md",
    ],
    [
      "a link out of the repository",
      "{kind: links}",
      "[a](../../etc/passwd)\n",
      "fail: links that lead nowhere: ../../etc/passwd",
    ],
    ["a link by a symbolic link", "{kind: links}", "[a](link.md)\n", "fail: links that lead nowhere: link.md"],
    ["a link that no URL is", "{kind: links}", "[a](%ff)\n", "fail: links that lead nowhere: %ff"],
    ["the shape of its schema", "{kind: schema, schema: specs/a.schema.json}", "a: 1\n", "pass"],
    ["another shape", "{kind: schema, schema: specs/a.schema.json}", "a: x\n", "fail: /a must be number"],
    ["no YAML", "{kind: schema, schema: specs/a.schema.json}", "a: [1\n", /^fail: it cannot be checked: /],
    [
      "a bomb of aliases",
      "{kind: schema, schema: specs/a.schema.json}",
      "a: &a [1]\nb: *a\n",
      /^fail: it cannot be checked: /,
    ],
    [
      "a schema that is gone",
      "{kind: schema, schema: specs/none.json}",
      "a: 1\n",
      "fail: its schema: specs/none.json is not there",
    ],
    ["a schema that is none", "{kind: schema, schema: docs/null.json}", "a: 1\n", "fail: its schema is no object"],
  ])("with %s", (_, check, text, expected) => {
    artifact("docs/page.md", check);
    write("docs/page.md", text);
    write("docs/b c.png", "x");
    write("docs/null.json", "null");
    write("src/a.ts", "export const a = 1;\n");
    write("specs/a.schema.json", '{"type": "object", "properties": {"a": {"type": "number"}}}');
    symlinkSync("/etc/passwd", join(root, "docs/link.md"));
    expect(outcome()).toEqual([typeof expected === "string" ? expected : expect.stringMatching(expected)]);
  });

  it("that is not there, leads out or is a link is not present", () => {
    symlinkSync("/etc/passwd", join(root, "link.md"));
    for (const file of ["docs/none.md", "../out.md", "/etc/passwd", "link.md"]) {
      artifact(file, "{kind: links}");
      expect(found().places).toMatchObject([{ kind: "artifact", unresolved: expect.any(String) }]);
    }
  });

  it("of a requirement that has another method, or that nobody has, is a problem", () => {
    write("docs/page.md", "text\n");
    artifact("docs/page.md", "{kind: links}", "HAR-02");
    expect(found().problems.map(({ message }) => message)).toEqual(["HAR-02 is shown by mutation, not artifact"]);
    artifact("docs/page.md", "{kind: links}", "NO-1");
    expect(found().problems.map(({ message }) => message)).toEqual(["no specification has NO-1"]);
  });

  it("is declared in the form of the contract", () => {
    write("specs/artifacts.yaml", "schema: lockkeeper/artifacts/v1\nartifacts: [{requirement: SBX-57}]\n");
    expect(declaredEvidence(root, "specs", requirements)).toMatchObject({
      ok: false,
      error: expect.arrayContaining([expect.objectContaining({ code: "schema/invalid" })]),
    });
  });
});

describe("an inspection", () => {
  const text = "What was reviewed.\n\nAll of it.\n";
  const sha256 = contentHash(text, { row: 1, end_row: 3 });

  it("holds for the bytes that were seen, and is stale for others", () => {
    inspection(sha256);
    write("docs/review.md", text);
    expect(found().places).toEqual([
      {
        kind: "inspection",
        name: "Ada, 2026-03-01",
        file: "docs/review.md",
        row: 1,
        end_row: 3,
        requirements: ["EXE-26"],
        status: "pass",
      },
    ]);
    write("docs/review.md", text.replace("All", "Some"));
    expect(outcome()).toEqual([expect.stringMatching(/^stale: signed for other bytes; these are [0-9a-f]{64}$/)]);
    write("docs/review.md", "");
    expect(outcome()).toEqual([expect.stringMatching(/^stale: /)]);
  });

  it("of what is gone is none, and of a requirement with another method a problem", () => {
    inspection(sha256);
    expect(outcome()).toEqual(["docs/review.md is not there"]);
    inspection(sha256, "SBX-57");
    expect(found().problems.map(({ message }) => message)).toEqual(["SBX-57 is shown by artifact, not inspection"]);
  });

  it("names who looked: nobody is no inspector", () => {
    inspection(sha256);
    write("specs/inspections.yaml", "schema: lockkeeper/inspections/v1\ninspections: [{inspector: ''}]\n");
    expect(declaredEvidence(root, "specs", requirements).ok).toBe(false);
  });
});
