import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadHygieneRules, readHygieneRules } from "./load-rules.js";

/** A file of rules with one rule, some of it made otherwise. */
function file(find: string, id = "hygiene/ours"): string {
  return `schema: lockkeeper/hygiene/v1
title: Ours
rules:
  - id: ${id}
    set: forbidden
    title: Something of ours
    why: It is not how we do it here.
    fix: Do it as we do it here.
    find:
      - ${find}
`;
}

function problemsOf(...texts: readonly string[]): readonly string[] {
  const read = readHygieneRules(texts.map((text, n) => ({ file: `${n}.yaml`, text })));
  return read.ok ? [] : read.error.map(({ message, place }) => `${place?.file}:${place?.row} ${message}`);
}

const good = "{by: text, pattern: 'ours'}";

/** @requirement MEX-11 */
describe("rules of hygiene", () => {
  it("are read from data", () => {
    const read = readHygieneRules([{ file: "a.yaml", text: file(good) }]);
    expect(read.ok && read.value.map(({ id, place, searches }) => [id, place.row, searches.length])).toEqual([
      ["hygiene/ours", 4, 1],
    ]);
  });

  it.each([
    ["an unknown way to search", "{by: magic}", /^0\.yaml:10 /],
    ["an unknown key", "{by: secret, allow: all}", /^0\.yaml:10 /],
    ["a pattern that does not compile", "{by: text, pattern: '('}", /^0\.yaml:10 hygiene\/ours: Invalid regular/],
    ["a hint that does not compile", "{by: comment, hint: '(', pattern: a}", /^0\.yaml:10 hygiene\/ours: Invalid/],
    [
      "a kind that the grammar does not have",
      "{by: syntax, language: go, hint: a, rule: {kind: nonsense}}",
      /^0\.yaml:10 hygiene\/ours: .*nonsense/s,
    ],
    ["a language nobody parses", "{by: syntax, language: cobol, hint: a, rule: {kind: a}}", /^0\.yaml:10 /],
    ["a rule without a condition", "{by: syntax, language: go, hint: a, rule: {}}", /^0\.yaml:10 /],
  ])("are refused with %s", (_, find, says) => {
    const [first] = problemsOf(file(find));
    expect(first).toMatch(says);
  });

  it("are refused with an id that stands twice or is not in their area", () => {
    expect(problemsOf(file(good), file(good))).toEqual(["1.yaml:4 hygiene/ours stands twice"]);
    expect(problemsOf(file(good), file(good, "hygiene/other"))).toEqual([]);
    expect(problemsOf(file(good, "ours/ours"))).toHaveLength(1);
  });

  it("are refused with YAML that is more than data", () => {
    expect(problemsOf(file("&a {by: secret}"))[0]).toContain("an anchor");
    expect(problemsOf("")).toHaveLength(1);
  });

  it("are as the page about them shows", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/hygiene.md"), "utf8");
    const [, text = ""] = /```yaml\n(schema: lockkeeper\/hygiene[\s\S]*?)```/.exec(page) ?? [];
    expect(problemsOf(text)).toEqual([]);
  });

  it("come from folders that are there, each once, and must be somewhere", () => {
    const folder = { path: "specs/hygiene", shownAs: "specs/hygiene" };
    const once = loadHygieneRules([folder]);
    expect(loadHygieneRules([folder, folder, { path: "absent", shownAs: "absent" }])).toMatchObject({
      ok: true,
      value: { length: once.ok ? once.value.length : 0 },
    });
    expect(loadHygieneRules([{ path: "absent", shownAs: "absent" }])).toMatchObject({ ok: false });
  });
});
