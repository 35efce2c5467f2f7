import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Report } from "../../src/index.js";
import { gitRepository } from "../git/index.js";
import { type SpecFile, specsOf } from "../spec/index.js";
import { againstBaseline, baselineRegressions } from "./against-baseline.js";
import { againstRef } from "./against-ref.js";
import { baselineText, updateHint } from "./baseline.js";
import { standingsOf } from "./standing.js";
import { type RepositoryExample, repositoryExample, requirementFile } from "./testdata/repository-example.js";
import { standingExample } from "./testdata/standing-example.js";

let repository: RepositoryExample;
beforeEach(() => {
  repository = repositoryExample();
});
afterEach(() => repository[Symbol.dispose]());

const specFile = "specs/requirements/exe.yaml";

function specsFrom(...texts: string[]) {
  const requirements = texts.map((text, index): SpecFile => ({ file: `${index}.yaml`, text }));
  const specs = specsOf({ requirements, suites: [], waivers: null });
  if (!specs.ok) throw new Error(specs.error.map(({ message }) => message).join("; "));
  return specs.value;
}

/** A report in which EXE-15 reached these rungs, with one test at src/a.test.ts:1. */
function reportOf(reached: string[]): Report {
  const { evidence: _, ...statement } = standingExample({ reached });
  const place = { kind: "test", name: "t", file: "src/a.test.ts", row: 1, end_row: 1, status: "pass" } as const;
  return {
    schema: "lockkeeper/report/v1",
    product: { name: "x", version: "0.1.0" },
    verdict: "PASS",
    exit_code: 0,
    reasons: [],
    profile: "embedded",
    seed: 1,
    only: [],
    inputs: {},
    totals: {
      requirements: {},
      checks: {},
      property_inputs: 0,
      interpreter_inputs: 0,
      disagreements: 0,
      bypasses: 0,
    },
    requirements: [{ ...statement, source: "x", status: "pass", demanded: "passed", gaps: [], evidence: [place] }],
    checks: [],
  };
}

const textOf = () => "it('t', …)";
const baselineOf = (reached: string[]) => baselineText(standingsOf(reportOf(reached), textOf));

/** What is named against a ref, and the notes. */
async function against(ref: string, spec: string, reached?: string[]) {
  const present = { specs: specsFrom(spec), ...(reached === undefined ? {} : { report: reportOf(reached) }) };
  const compared = await againstRef(repository.config, ref, present);
  if (!compared.ok) return compared.error.map(({ code, message }) => `${code}: ${message}`);
  return [...compared.value.regressions.map((r) => `${r.requirement} ${r.kind}`.trim()), ...compared.value.notes];
}

/** @requirement HAR-06 */
describe("against a commit", () => {
  it("compares what requirements said there with what they say now", async () => {
    repository.write({ [specFile]: requirementFile() });
    const commit = repository.commit();
    const note = "specs/baseline.json is not in that commit: rungs and evidence are not compared";
    expect(await against("main", requirementFile())).toEqual([note]);
    expect(await against(commit, requirementFile({ text: "Something else altogether." }))).toEqual([
      "EXE-15 reworded",
      note,
    ]);
    expect(await against("HEAD", requirementFile({ id: "EXE-16" }))).toEqual(["EXE-15 vanished", note]);
    expect(await against("HEAD", requirementFile({ level: "SHOULD", rev: 3 }))).toEqual(["EXE-15 level_lowered", note]);
  });

  it("compares rungs and evidence with the baseline there, whatever stands in the one here", async () => {
    const rungs = ["cited", "resolved", "passed"];
    repository.write({ [specFile]: requirementFile(), "specs/baseline.json": baselineOf(rungs) });
    repository.commit();
    repository.write({ "specs/baseline.json": baselineOf(["cited"]), "src/a.test.ts": textOf() });
    expect(await against("HEAD", requirementFile(), rungs)).toEqual([]);
    expect(await against("HEAD", requirementFile(), ["cited"])).toEqual(["EXE-15 rung_lost"]);
    expect(baselineRegressions(repository.config, reportOf(["cited"]))).toEqual([]);
    rmSync(join(repository.config.root, "specs/baseline.json"));
    const gone = await againstRef(repository.config, "HEAD", { specs: specsFrom(requirementFile()) });
    expect(gone.ok && gone.value.regressions).toEqual([
      {
        requirement: "",
        kind: "baseline",
        before: "specs/baseline.json was there",
        after: "it is gone",
        text: "the baseline: before specs/baseline.json was there; after it is gone",
      },
    ]);
  });

  it("finds the specs where the configuration there says, so that moving them hides nothing", async () => {
    repository.write({ "lockkeeper.yaml": "specs: old\n", "old/requirements/exe.yaml": requirementFile() });
    repository.commit();
    expect(await against("HEAD", requirementFile({ id: "EXE-16" }))).toContain("EXE-15 vanished");
  });

  it("notes a baseline there that was edited, and one that cannot be read", async () => {
    const edited = baselineOf(["cited", "resolved"]).replace('"resolved"', '"passed"');
    repository.write({ [specFile]: requirementFile(), "specs/baseline.json": edited, "src/a.test.ts": textOf() });
    repository.commit();
    expect(await against("HEAD", requirementFile(), ["cited"])).toEqual([
      "EXE-15 rung_lost",
      "specs/baseline.json of that commit was edited by hand",
    ]);
    repository.write({ "specs/baseline.json": "<<<<<<<" });
    repository.commit();
    expect(await against("HEAD", requirementFile(), ["cited"])).toEqual([
      "specs/baseline.json of that commit cannot be read: rungs and evidence are not compared",
    ]);
  });

  it("finds nothing worse where a commit had nothing of ours yet", async () => {
    repository.write({ "a.txt": "a" });
    repository.commit();
    expect(await against("HEAD", requirementFile())).toEqual([
      "that commit has no lockkeeper.yaml and no specification: all of it is new",
    ]);
  });

  it("refuses a name that is no commit, an option for one, and a commit without specs", async () => {
    repository.write({ "a.txt": "a" });
    repository.commit();
    for (const ref of ["nothing", "--all", "-h", "", "HEAD:a.txt", "HEAD\nHEAD"]) {
      expect(await against(ref, requirementFile())).toEqual([`usage/flag: git knows no commit called ${ref}`]);
    }
    repository.write({ "lockkeeper.yaml": "specs: specs\n" });
    repository.commit();
    expect(await against("HEAD", requirementFile())).toEqual(["usage/missing: no specification at that commit"]);
  });

  it("reads no symbolic link there, and starts nothing that the repository configures", async () => {
    repository.write({ "elsewhere.yaml": requirementFile({ id: "LNK-1" }), [specFile]: requirementFile() });
    symlinkSync("../../elsewhere.yaml", join(repository.config.root, "specs/requirements/link.yaml"));
    repository.commit();
    const marker = join(repository.config.root, "marker");
    repository.git("config", "core.fsmonitor", `touch ${marker}`);
    mkdirSync(join(repository.config.root, "folder"));
    const asked = gitRepository(repository.config.root);
    expect(await asked.filesAt("HEAD", "specs/requirements")).toEqual(["exe.yaml"]);
    expect(await asked.textAt("HEAD", "specs/requirements/link.yaml")).toBe(undefined);
    expect(await asked.textAt("HEAD", specFile)).toBe(requirementFile());
    expect(await asked.changedPaths()).toEqual([]);
    repository.write({ "new file": "" });
    expect(await asked.changedPaths()).toEqual(["new file"]);
  });
});

/** @requirement HAR-06 */
describe("a run with a baseline beside its specs", () => {
  const rungs = ["cited", "resolved", "passed"];
  const regressions = (report: Report) => baselineRegressions(repository.config, report);

  it("is told each regression, and nothing where nothing is worse or there is no baseline", () => {
    expect(regressions(reportOf(rungs))).toEqual([]);
    repository.write({ "specs/baseline.json": baselineOf(rungs), "src/a.test.ts": textOf() });
    expect(regressions(reportOf(rungs))).toEqual([]);
    expect(regressions(reportOf(["cited"]))).toEqual([
      "EXE-15 lost a rung: before passed; after cited (lost: resolved, passed)",
    ]);
    expect(regressions({ ...reportOf(rungs), requirements: [] }).join()).toMatch(/^EXE-15 vanished: before "The gate/);
  });

  it("is held to the requirements it judges alone", () => {
    repository.write({ "specs/baseline.json": baselineOf(rungs) });
    expect(regressions({ ...reportOf(rungs), only: ["EXE-16"], requirements: [] })).toEqual([]);
    expect(regressions({ ...reportOf(rungs), only: ["EXE-15"], requirements: [] })).toHaveLength(1);
  });

  it("names a baseline that was edited by hand, and nothing where it was not", () => {
    repository.write({ "src/a.test.ts": textOf() });
    const found = (text: string) => {
      const compared = againstBaseline(repository.config, reportOf(rungs), "b.json", text);
      return compared.ok ? compared.value : compared.error;
    };
    expect(found(baselineOf(rungs))).toEqual([]);
    const after = `edited by hand: its digest is not that of its content; ${updateHint}`;
    expect(found(baselineOf(rungs).replace('"rev":2', '"rev":1'))).toEqual([
      {
        requirement: "",
        kind: "baseline",
        before: "b.json as the command wrote it",
        after,
        text: `the baseline: before b.json as the command wrote it; after ${after}`,
      },
    ]);
  });

  it("fails on a baseline that was edited by hand or cannot be read", () => {
    repository.write({ "specs/baseline.json": baselineOf(rungs).replace('"rev":2', '"rev":1') });
    expect(regressions(reportOf(rungs))).toEqual([
      expect.stringContaining("edited by hand: its digest is not that of its content; look at what it accepts"),
    ]);
    repository.write({ "specs/baseline.json": "" });
    expect(regressions(reportOf(rungs))).toEqual([
      expect.stringMatching(/^specs\/baseline\.json cannot be read: .*lockkeeper baseline --update$/),
    ]);
  });
});
