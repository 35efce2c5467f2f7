import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  err,
  isRecord,
  ok,
  openBundle,
  type Problem,
  packageRoot,
  parserOf,
  parseStrictJson,
  type Result,
  RunFacts,
} from "../../src/index.js";
import type { Config } from "../config/index.js";
import { gitRepository } from "../git/index.js";
import { readReport, sha256, textOfRepository } from "../regression/index.js";
import { canonicalJson } from "../report/index.js";
import { loadSpecs, specsDigest } from "../spec/index.js";
import type { AttestedFacts } from "./statements.js";

const parseRun = parserOf(RunFacts);

/**
 * Finds out everything that is said of a report, from the repository as it is now and the last report in it: nothing is
 * taken over from an attestation.
 *
 * @returns on failure what is missing or broken; `usage/missing` where there is no report or no commit
 * @requirement HAR-11
 */
export async function gatherFacts(config: Config): Promise<Result<AttestedFacts, readonly Problem[]>> {
  const name = `${config.reports}/report.json`;
  const text = textOfRepository(config.root)(name);
  const hint = "run lockkeeper conform";
  if (text === undefined) return err([{ code: "usage/missing", message: "no report", place: { file: name }, hint }]);
  const report = readReport(text, name);
  if (!report.ok) return report;
  const specs = loadSpecs(join(config.root, config.specs), config.specs);
  if (!specs.ok) return specs;
  const commit = await commitOf(config);
  if (!commit.ok) return err([commit.error]);
  const bundle = await bundleOf(config);
  if (!bundle.ok) return bundle;
  const reportSha256 = sha256(text);
  return ok({
    report: report.value,
    reportSha256,
    ...commit.value,
    specs: specsDigest(specs.value),
    corpus: sha256(canonicalJson(specs.value.suites)),
    waivers: sha256(canonicalJson(specs.value.waivers)),
    tools: { ...ownVersions(), ...runVersions(config, reportSha256) },
    ...bundle.value,
  });
}

/**
 * The commit that is signed for, and whether anything differs from it. What the harness itself writes does not count as
 * a change.
 *
 * @requirement HAR-11
 */
async function commitOf(config: Config): Promise<Result<Pick<AttestedFacts, "commit" | "dirty">, Problem>> {
  const repository = gitRepository(config.root);
  const head = await repository.commitOf("HEAD");
  const changed = await repository.changedPaths();
  if (!head.ok || changed === undefined) {
    const hint = "a report is signed for a commit: commit first";
    return err({ code: "usage/missing", message: "there is no commit here", place: { file: config.root }, hint });
  }
  const ours = [`${config.reports}/`, ".lockkeeper/"];
  return ok({ commit: head.value, dirty: changed.some((path) => !ours.some((folder) => path.startsWith(folder))) });
}

/**
 * What the policies compile to, from the cache that every build has, or compiled now.
 *
 * @requirement HAR-11
 */
async function bundleOf({
  root,
  policies,
}: Config): Promise<Result<Pick<AttestedFacts, "bundle">, readonly Problem[]>> {
  if (policies === undefined) return ok({});
  const cache = join(root, ".lockkeeper", "cache", "bundles");
  const bundle = await openBundle({ policies: join(root, policies), cache });
  if (!bundle.ok) return bundle;
  const { files } = bundle.value.manifest.metadata.lockkeeper;
  return ok({ bundle: { sha256: bundle.value.sha256, wasm: files["policy.wasm"], data: files["data.json"] } });
}

/** Versions of this program and of the OPA in it. */
function ownVersions(): Record<string, string> {
  const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(packageRoot(), ...path), "utf8"));
  const [own, toolchain] = [read("package.json"), read("toolchain", "rego.wasm.json")];
  return {
    lockkeeper: isRecord(own) ? String(own.version) : "unknown",
    opa: isRecord(toolchain) ? String(toolchain.opa) : "unknown",
  };
}

/**
 * Versions of what ran, from the facts of the run, if they are of this very report.
 *
 * @requirement HAR-11
 */
function runVersions(config: Config, reportSha256: string): Record<string, string> {
  const name = `${config.reports}/run.json`;
  const text = textOfRepository(config.root)(name);
  if (text === undefined) return {};
  const document = parseStrictJson(text, name);
  const run = document.ok ? parseRun(document.value.value) : document;
  if (!run.ok || run.value.report_sha256 !== reportSha256) return {};
  return { node: run.value.node, platform: run.value.platform };
}
