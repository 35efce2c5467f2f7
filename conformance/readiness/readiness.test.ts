import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Report, Status } from "../../src/index.js";
import { judgeRun } from "../verdict/index.js";
import { verdictExample } from "../verdict/testdata/verdict-example.js";
import type { ReadinessWorld } from "./finding.js";
import { readiness } from "./readiness.js";
import { type ReadinessSources, readinessItems, readReadinessFile } from "./readiness-file.js";
import { readinessMarkdown } from "./readiness-markdown.js";

/** A world that holds these files, and a report in which EXE-15 and HAR-02 pass and SBX-01 is planned. */
function world(files: Readonly<Record<string, string>> = {}, over: Partial<ReadinessWorld> = {}): ReadinessWorld {
  const names = Object.keys(files);
  return {
    textOf: (file) => files[file],
    namesIn: (folder) => {
      const below = names.filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1));
      return below.length === 0 ? undefined : below.filter((name) => !name.includes("/")).sort();
    },
    sources: names.map((file) => ({ file, text: files[file] ?? "" })),
    report: judgeRun(verdictExample()),
    reportFile: "reports/report.json",
    ...over,
  };
}

/** What the item `security` comes to when it is computed from these sources. */
function computed(sources: ReadinessSources, from: ReadinessWorld) {
  const rows = readiness({ schema: "lockkeeper/readiness/v1", items: { security: sources } }, from);
  const row = rows.find(({ item }) => item === "security");
  const findings = row?.findings.map(({ status, text, file, row: at }) => `${status} ${text} (${file}:${at ?? ""})`);
  return [row?.status, ...(findings ?? [])];
}

function withStatus(status: Status): Report {
  const report = judgeRun(verdictExample());
  return {
    ...report,
    requirements: report.requirements.map((one) => (one.id === "EXE-15" ? { ...one, status } : one)),
  };
}

const { report: _, ...unreported } = world();
const noReport = "unknown no report speaks of what is there now: run lockkeeper conform (reports/report.json:)";

/** @requirement HAR-13 */
describe("the readiness checklist", () => {
  it("has nine items, and one that nothing is named for is unknown", () => {
    const rows = readiness({ schema: "lockkeeper/readiness/v1", items: {} }, world());
    expect(rows.map(({ item, status }) => [item, status])).toEqual(
      Object.keys(readinessItems).map((item) => [item, "unknown"]),
    );
    expect(rows).toHaveLength(9);
  });

  it("computes each item from its own sources", () => {
    const items = { logging: { requirements: ["EXE-15"] }, coverage: { requirements: ["SBX-01"] } };
    const rows = readiness({ schema: "lockkeeper/readiness/v1", items }, world());
    expect(
      rows.filter(({ findings }) => findings.length > 0).map(({ title, status }) => `${title}: ${status}`),
    ).toEqual(["Logging: yes", "Coverage: no"]);
  });

  it("is worst first: one that does not hold outweighs one that is unknown, and that outweighs what holds", () => {
    const from = world({ "README.md": "```sh\n```" });
    expect(computed({ requirements: ["EXE-15"], figures: "f.json" }, from)[0]).toBe("unknown");
    expect(computed({ requirements: ["EXE-15", "SBX-01"], figures: "f.json" }, from).slice(0, 2)).toEqual([
      "no",
      "no SBX-01: planned for 0.4 (reports/report.json:)",
    ]);
    expect(computed({ requirements: ["EXE-15"], examples: ["README.md"] }, from)[0]).toBe("yes");
  });

  it("is computed for this repository from a file that can be read", () => {
    const text = readFileSync(new URL("../../specs/readiness.yaml", import.meta.url), "utf8");
    const file = readReadinessFile(text, "specs/readiness.yaml");
    expect(Object.keys(file.ok ? file.value.items : {})).toEqual(Object.keys(readinessItems));
    const page = readFileSync(new URL("../../docs/readiness.md", import.meta.url), "utf8");
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect(readReadinessFile(example, "example")).toMatchObject({ ok: true });
  });

  it("cannot be ticked by hand: the file has no place for a status", () => {
    const read = (text: string) => {
      const file = readReadinessFile(`schema: lockkeeper/readiness/v1\nitems:\n${text}`, "r.yaml");
      return file.ok ? "good" : file.error.map(({ message, place }) => `${place?.row} ${message}`).join();
    };
    expect(read("  logging: { requirements: [EXE-15] }\n")).toBe("good");
    expect(read("  logging: { status: yes }\n")).toContain("3 items.logging must NOT have additional properties");
    expect(read("  logging: yes\n")).toContain("3 items.logging must be object");
    expect(read("  logging: {}\n")).toContain("3 items.logging must NOT have fewer than 1 properties");
    expect(read("  gardening: { hygiene: clean }\n")).toContain("must NOT have additional properties");
    expect(read("  security: { threats: ../x.md }\n")).toContain("must match pattern");
    expect(read("  security: { threats: /x.md }\n")).toContain("must match pattern");
    expect(read("  security: { threats: docs/..x.md }\n")).toBe("good");
  });
});

/** @requirement HAR-13 */
describe("an item that is computed from the last report", () => {
  it("holds where its requirements pass, and where nothing else comes of them it does not", () => {
    expect(computed({ requirements: ["EXE-15"] }, world())).toEqual([
      "yes",
      "yes EXE-15: pass (policies/command/command.rego:5)",
    ]);
    for (const status of ["fail", "waived", "skip", "xfail", "unverified", "stale", "planned"] as const) {
      expect(computed({ requirements: ["EXE-15"] }, world({}, { report: withStatus(status) }))[0]).toBe("no");
    }
    expect(computed({ requirements: ["EXE-99"] }, world())).toEqual([
      "no",
      "no EXE-99 is no requirement (reports/report.json:)",
    ]);
    expect(computed({ requirements: ["EXE-15"] }, unreported)).toEqual(["unknown", noReport]);
  });

  it("holds where every requirement in force has reached the rung, and names those that have not", () => {
    expect(computed({ reached: "passed" }, world())).toEqual([
      "yes",
      "yes all 2 requirements in force have reached passed (reports/report.json:)",
    ]);
    expect(computed({ reached: "killed" }, world())).toEqual([
      "no",
      "no EXE-15 has not reached killed, but executed (reports/report.json:)",
      "no HAR-02 has not reached killed, but passed (reports/report.json:)",
    ]);
    expect(computed({ reached: "passed" }, unreported)).toEqual(["unknown", noReport]);
    const report = judgeRun(verdictExample());
    const others = (over: Partial<Report["requirements"][number]>) => {
      const requirements = report.requirements.slice(0, 1).map((one) => ({ ...one, ...over }));
      return computed({ reached: "passed" }, world({}, { report: { ...report, requirements } }));
    };
    expect(others({ reached: [] })[1]).toBe("no EXE-15 has not reached passed, but no rung (reports/report.json:)");
    expect(others({ reached: [], method: "inspection" })[0]).toBe("yes");
    const empty = { ...report, requirements: [] };
    expect(computed({ reached: "passed" }, world({}, { report: empty }))).toEqual([
      "no",
      "no no requirement is in force (reports/report.json:)",
    ]);
  });

  it("holds where each threat is held by requirements that pass, also within a range", () => {
    const table = (cell: string) => `| # | threat |\n| --- | --- |\n| 1   | a thief | ${cell} |\n`;
    const threats = (cell: string) => computed({ threats: "t.md" }, world({ "t.md": table(cell) }));
    expect(threats("EXE-15, HAR-02")).toEqual(["yes", "yes threat 1 is held by EXE-15, HAR-02 (t.md:3)"]);
    expect(threats("EXE-15 to HAR-02")[0]).toBe("yes");
    expect(threats("EXE-15 to SBX-01")).toEqual(["no", "no threat 1 is held by what does not pass: SBX-01 (t.md:3)"]);
    expect(threats("nobody")).toEqual(["no", "no threat 1 names no requirement (t.md:3)"]);
    expect(threats("EXE-99")[0]).toBe("no");
    expect(computed({ threats: "t.md" }, world({ "t.md": "# None\n" }))[0]).toBe("no");
    expect(computed({ threats: "t.md" }, world())[0]).toBe("unknown");
    expect(computed({ threats: "t.md" }, { ...unreported, textOf: () => table("EXE-15") })[0]).toBe("unknown");
  });
});

/** @requirement HAR-13 */
describe("an item that is computed from results", () => {
  it("holds where every test of its files passed, and there is one", () => {
    const tests = (...statuses: ("pass" | "fail" | "skip")[]) => {
      const results = { file: "r.xml", tests: statuses.map((status) => ({ file: "a.test.ts", name: "t", status })) };
      return computed({ tests: ["a.test.ts"] }, world({}, { results }))[0];
    };
    expect(tests("pass", "pass")).toBe("yes");
    expect(tests("pass", "fail")).toBe("no");
    expect(tests("pass", "skip")).toBe("no");
    expect(tests()).toBe("unknown");
    expect(computed({ tests: ["a.test.ts"] }, world())[0]).toBe("unknown");
  });

  it("holds where every figure with a bar is within it, and one that was not measured is unknown", () => {
    const figures = (...list: object[]) => {
      return computed({ figures: "f.json" }, world({ "f.json": JSON.stringify(list) }))[0];
    };
    const good = { name: "p50", value: 1, unit: "ms", bar: "≤ 2 ms", met: true };
    expect(figures(good, { name: "free", value: 1, unit: "ms" })).toBe("yes");
    expect(figures(good, { ...good, met: false })).toBe("no");
    expect(figures(good, { ...good, met: undefined })).toBe("unknown");
    expect(figures(good, { ...good, skipped: "no OPA here" })).toBe("unknown");
    expect(figures({ name: "free" })).toBe("unknown");
    expect(computed({ figures: "f.json" }, world({ "f.json": "{" }))[0]).toBe("unknown");
  });

  it("holds where enough lines ran", () => {
    const lcov = "SF:src/a.ts\nDA:1,1\nDA:2,3\nDA:3,0\nDA:4,1\nend_of_record\n";
    const coverage = (at_least: number, text?: string) =>
      computed({ coverage: { file: "c.info", at_least } }, world(text === undefined ? {} : { "c.info": text }));
    expect(coverage(75, lcov)).toEqual(["yes", "yes 75 % of 4 lines ran; 75 % are asked for (c.info:)"]);
    expect(coverage(75.1, lcov)[0]).toBe("no");
    expect(coverage(0, "")[0]).toBe("unknown");
    expect(coverage(0)[0]).toBe("unknown");
  });

  it("holds where the last run had a Node that package.json asks for", () => {
    const engines = (asked: object, node?: string) =>
      computed({ engines: "package.json" }, world({ "package.json": JSON.stringify(asked) }, node ? { node } : {}))[0];
    expect(engines({ engines: { node: ">=24" } }, "v24.1.0")).toBe("yes");
    expect(engines({ engines: { node: ">=24" } }, "v22.1.0")).toBe("no");
    expect(engines({ engines: { node: ">=24" } })).toBe("unknown");
    expect(engines({ engines: { node: "^24 || weird" } }, "v24.1.0")).toBe("unknown");
    expect(engines({}, "v24.1.0")).toBe("no");
  });

  it("holds where the hygiene rules found nothing, and something was searched", () => {
    const hygiene = (files: number, ...rows: number[]) => {
      const open = rows.map((row) => ({ file: "a.ts", row, message: "eval" }));
      return computed({ hygiene: "clean" }, world({}, { hygiene: { files, open } }));
    };
    expect(hygiene(3)).toEqual(["yes", "yes no finding in 3 files (.:)"]);
    expect(hygiene(3, 7)).toEqual(["no", "no eval (a.ts:7)"]);
    expect(hygiene(0)[0]).toBe("unknown");
    expect(computed({ hygiene: "clean" }, world())[0]).toBe("unknown");
  });
});

/** @requirement HAR-13 */
describe("an item that is computed from files", () => {
  it("holds where every error code is used by code and named by a test", () => {
    const table = 'export const errorCodes = {\n  "a/b": { status: 400 },\n  "a/c": { status: 400 },\n};\n';
    const codes = (code: string, test: string) => {
      const files = { "src/codes.ts": table, "src/x.ts": code, "src/x.test.ts": test };
      return computed({ error_codes: "src/codes.ts" }, world(files));
    };
    expect(codes('"a/b" "a/c"', '"a/b" [a/c]')).toEqual([
      "yes",
      "yes all 2 error codes are used and tested (src/codes.ts:)",
    ]);
    expect(codes('"a/b"', '"a/b" "a/c"')).toEqual(["no", "no a/c: no code uses it (src/codes.ts:3)"]);
    expect(codes('"a/b" "a/c"', '"a/b" "a/cd" "x/a/c"')).toEqual(["no", "no a/c: no test names it (src/codes.ts:3)"]);
    expect(codes("", "")).toHaveLength(3);
    expect(computed({ error_codes: "x.ts" }, world())[0]).toBe("unknown");
    expect(computed({ error_codes: "x.ts" }, world({ "x.ts": "" }))[0]).toBe("no");
  });

  it("holds where schemas accept and refuse what their fixtures say", () => {
    const good = {
      "s/a.schema.json": '{"type": "object", "required": ["x"]}',
      "s/fixtures/a/valid-one.json": '{"x": 1}',
      "s/fixtures/a/invalid-none.json": '{"because": "it matters", "value": {}}',
    };
    const schemas = (files: Readonly<Record<string, string>>) => computed({ schemas: "s" }, world(files));
    expect(schemas(good)).toEqual(["yes", "yes it accepts 1 fixtures and refuses 1 (s/a.schema.json:)"]);
    expect(schemas({ ...good, "s/fixtures/a/invalid-none.json": '{"value": {"x": 1}}' })).toEqual([
      "no",
      "no it decides otherwise than its fixtures say: invalid-none.json (s/a.schema.json:)",
    ]);
    expect(schemas({ ...good, "s/fixtures/a/valid-one.json": "{}" })[0]).toBe("no");
    expect(schemas({ ...good, "s/fixtures/a/valid-one.json": "{" })[0]).toBe("no");
    expect(schemas({ ...good, "s/a.schema.json": '{"type": "nothing"}' })[0]).toBe("no");
    expect(schemas({ ...good, "s/b.schema.json": "{}" })).toContain(
      "no it has no valid and no invalid fixture (s/b.schema.json:)",
    );
    expect(schemas({})[0]).toBe("unknown");
  });

  it("holds where each page has an example", () => {
    const examples = (text: string) => computed({ examples: ["a.md"] }, world({ "a.md": text }));
    expect(examples("# A\n\n```sh\nls\n```\n")).toEqual(["yes", "yes 1 examples, the first here (a.md:3)"]);
    expect(examples("# A\n")[0]).toBe("no");
    expect(computed({ examples: ["a.md"] }, world())[0]).toBe("no");
  });
});

/** @requirement HAR-13 */
it("is written as a page, in which hostile text stays text", () => {
  const hygiene = { files: 1, open: [{ file: "<i>.ts", row: 2, message: "a|b\n](x) <script>\u202e" }] };
  const security: ReadinessSources = { hygiene: "clean" };
  const items = { security, logging: { requirements: ["EXE-15"] } };
  const page = readinessMarkdown(readiness({ schema: "lockkeeper/readiness/v1", items }, world({}, { hygiene })));
  expect(page).toContain("1 of 9 hold.");
  expect(page).toContain("| Logging | yes | 1 of 1 |\n| Configuration | unknown | 0 of 0 |");
  expect(page).toContain("- no: a&#124;b &#93;(x) &#60;script&#62;&#92;u&#123;202e&#125; (&#60;i&#62;.ts:2)\n");
  expect(page).toContain("## Coverage\n\nNothing is named that it could be computed from.\n");
  const many = { files: 1, open: Array.from({ length: 30 }, (_, row) => ({ file: "a", row, message: "x" })) };
  const rows = readiness({ schema: "lockkeeper/readiness/v1", items: { security } }, world({}, { hygiene: many }));
  expect(readinessMarkdown(rows)).toContain("- and 10 more\n");
});
