import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sha256 } from "../regression/index.js";
import {
  type RepositoryExample,
  repositoryExample,
  requirementFile,
} from "../regression/testdata/repository-example.js";
import { canonicalJson } from "../report/index.js";
import { judgeRun } from "../verdict/index.js";
import { verdictExample } from "../verdict/testdata/verdict-example.js";
import { gatherFacts } from "./attested-facts.js";

let repository: RepositoryExample;
const reportText = canonicalJson(judgeRun(verdictExample()));
const run = {
  schema: "lockkeeper/run/v1",
  report_sha256: sha256(reportText),
  started_at: "2026-03-01T00:00:00Z",
  duration_ms: 1,
  node: "v24.0.0",
  platform: "linux-x64",
  phases: [],
};
beforeEach(() => {
  repository = repositoryExample();
  repository.write({
    ".gitignore": "reports/\n.lockkeeper/\n",
    "specs/requirements/exe.yaml": requirementFile(),
    "reports/report.json": reportText,
    "reports/run.json": canonicalJson(run),
  });
});
afterEach(() => repository[Symbol.dispose]());

async function gather() {
  const { policies: _, ...config } = repository.config;
  const facts = await gatherFacts(config);
  if (facts.ok) return facts.value;
  throw new Error(facts.error.map(({ code, message }) => `${code}: ${message}`).join());
}

/** @requirement HAR-11 */
it("finds the commit, the hash of the report and the versions of its run, and notices what no commit holds", async () => {
  const commit = repository.commit();
  const facts = await gather();
  expect(facts).toMatchObject({
    commit,
    dirty: false,
    reportSha256: sha256(reportText),
    tools: {
      node: "v24.0.0",
      platform: "linux-x64",
      opa: expect.stringMatching(/^\d/),
      lockkeeper: expect.any(String),
    },
  });
  expect(facts.report.verdict).toBe("PASS");
  expect(facts).not.toHaveProperty("bundle");
  repository.write({ "new.txt": "" });
  expect((await gather()).dirty).toBe(true);
});

/** @requirement HAR-11 */
it("holds a folder of a larger repository to the whole commit, but for what the harness itself writes in it", async () => {
  const { policies: _, ...config } = repository.config;
  const inner = { ...config, root: join(config.root, "inner") };
  for (const file of ["specs/requirements/exe.yaml", "reports/report.json", "reports/run.json"]) {
    repository.write({ [`inner/${file}`]: readFileSync(join(config.root, file), "utf8") });
  }
  repository.write({ ".gitignore": "" });
  repository.git("add", "specs", ".gitignore", "inner/specs");
  repository.git("commit", "-q", "-m", "a step");
  const dirty = async () => {
    const facts = await gatherFacts(inner);
    return facts.ok ? facts.value.dirty : facts.error;
  };
  rmSync(join(config.root, "reports"), { recursive: true });
  expect(await dirty()).toBe(false);
  repository.write({ "outside.txt": "" });
  expect(await dirty()).toBe(true);
});

/** @requirement HAR-11 */
it("has another digest for other specs, and takes no versions from a run of another report", async () => {
  repository.commit();
  const before = await gather();
  repository.write({ "specs/requirements/exe.yaml": requirementFile({ rev: 3 }) });
  const after = await gather();
  expect(after.specs).not.toBe(before.specs);
  expect([after.corpus, after.waivers]).toEqual([before.corpus, before.waivers]);
  for (const text of [canonicalJson({ ...run, report_sha256: "0".repeat(64) }), "{", "{}"]) {
    repository.write({ "reports/run.json": text });
    expect((await gather()).tools).not.toHaveProperty("node");
  }
  rmSync(join(repository.config.root, "reports/run.json"));
  expect(Object.keys((await gather()).tools)).toEqual(["lockkeeper", "opa"]);
});

/** @requirement HAR-11 */
it("finds the bundle that the policies compile to, by its hash and the hashes of what is in it", async () => {
  const policy = "package main\n\n# METADATA\n# entrypoint: true\nrequest := data.main.answer\n";
  const bundles = join(repository.config.root, ".lockkeeper", "cache", "bundles");
  const bundle = async (answer: number) => {
    repository.write({ "policies/main/request.rego": policy, "policies/main/data.yaml": `answer: ${answer}\n` });
    const facts = await gatherFacts(repository.config);
    return facts.ok ? facts.value.bundle : facts.error;
  };
  repository.commit();
  const first = await bundle(1);
  const [folder = ""] = readdirSync(bundles);
  const hashOf = (file: string) => sha256(readFileSync(join(bundles, folder, file)));
  expect(first).toEqual({ sha256: folder, wasm: hashOf("policy.wasm"), data: hashOf("data.json") });
  expect(await bundle(2)).toEqual({
    sha256: readdirSync(bundles).find((name) => name !== folder),
    wasm: hashOf("policy.wasm"),
    data: expect.not.stringContaining(hashOf("data.json")),
  });
});

/** @requirement HAR-11 */
it("signs nothing over specs or policies that cannot be read", async () => {
  repository.commit();
  expect(await gatherFacts(repository.config)).toMatchObject({ ok: false, error: [{ code: "internal/io" }] });
  repository.write({ "specs/requirements/exe.yaml": "no spec" });
  await expect(gather()).rejects.toThrow("schema/invalid");
});

/** @requirement HAR-11 */
it("finds nothing to sign where there is no commit, no report, or one that cannot be read", async () => {
  const { policies: _, ...config } = repository.config;
  const hint = "a report is signed for a commit: commit first";
  const message = "there is no commit here";
  const place = { file: config.root };
  expect(await gatherFacts(config)).toEqual({ ok: false, error: [{ code: "usage/missing", message, place, hint }] });
  repository.commit();
  repository.write({ "reports/report.json": "{}" });
  await expect(gather()).rejects.toThrow("schema/invalid");
  repository.git("rm", "-rq", "--cached", ".");
  expect(await gatherFacts({ ...config, reports: "elsewhere" })).toMatchObject({
    ok: false,
    error: [
      {
        code: "usage/missing",
        message: "no report",
        place: { file: "elsewhere/report.json" },
        hint: "run lockkeeper conform",
      },
    ],
  });
});

/** @requirement HAR-11 */
it("signs nothing where git knows the commit and cannot say what differs from it", async () => {
  repository.commit();
  expect((await gather()).dirty).toBe(false);
  repository.write({ ".git/index": "no index" });
  await expect(gather()).rejects.toThrow("usage/missing: there is no commit here");
});
