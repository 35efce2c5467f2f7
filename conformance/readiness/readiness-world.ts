import { readdirSync } from "node:fs";
import { join } from "node:path";
import { err, ok, type Problem, parserOf, parseStrictJson, type Result, RunFacts } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { languageOf, listFiles, maxSourceBytes, readBounded, readJunit, type SourceFile } from "../evidence/index.js";
import { hygieneRulesOf, scanHygiene } from "../hygiene/index.js";
import { currentReport, textOfRepository } from "../regression/index.js";
import type { Specs } from "../spec/index.js";
import type { ReadinessWorld } from "./finding.js";
import type { ReadinessFile } from "./readiness-file.js";

const parseRun = parserOf(RunFacts);

/**
 * Collects what readiness is computed from: files, the last report if it is up to date, test results, and what the
 * hygiene rules find.
 *
 * @param today - `YYYY-MM-DD` in UTC
 * @returns on failure what is broken in the hygiene rules or in the test results
 */
export async function readinessWorld(
  config: Config,
  specs: Specs,
  file: ReadinessFile,
  today: string,
): Promise<Result<ReadinessWorld, readonly Problem[]>> {
  const { root, reports, evidence } = config;
  const textOf = textOfRepository(root);
  const current = await currentReport(config);
  const junit = file.results === undefined ? undefined : textOf(file.results);
  const tests = junit === undefined ? undefined : readJunit(junit, file.results);
  if (tests?.ok === false) return err([tests.error]);
  const rules = hygieneRulesOf(config);
  if (!rules.ok) return rules;
  const known = new Set(specs.requirements.map(({ id }) => id));
  const ignore = config.hygiene?.ignore ?? [];
  const scan = await scanHygiene({ root, rules: rules.value, waivers: specs.waivers, today, ignore, known });
  const unread = scan.problems.map(({ message, place }) => ({ file: place?.file ?? ".", row: 1, message }));
  const faults = scan.waiverFaults.map((message) => ({ file: `${config.specs}/waivers.yaml`, row: 1, message }));
  const node = nodeOf(textOf(`${reports}/run.json`));
  return ok({
    textOf,
    namesIn: (folder) => attempt(() => readdirSync(join(root, folder)).sort()),
    sources: sourcesOf(root, evidence.roots),
    reportFile: `${reports}/report.json`,
    ...(current.state === "fresh" ? { report: current.report } : {}),
    ...(tests === undefined || file.results === undefined
      ? {}
      : { results: { file: file.results, tests: tests.value } }),
    ...(node === undefined ? {} : { node }),
    hygiene: {
      files: scan.files,
      open: [...scan.findings.filter(({ waived }) => waived === undefined), ...faults, ...unread],
    },
  });
}

/** Texts of code and tests, so far as they can be read. */
function sourcesOf(root: string, roots: readonly string[]): SourceFile[] {
  const counts = (file: string) => languageOf(file) !== undefined;
  return listFiles(root, { roots, counts }).files.flatMap(({ file }) => {
    const bytes = attempt(() => readBounded(join(root, file), maxSourceBytes));
    return bytes === undefined ? [] : [{ file, text: bytes.toString("utf8") }];
  });
}

function nodeOf(text: string | undefined): string | undefined {
  const document = parseStrictJson(text ?? "", "run.json");
  const run = document.ok ? parseRun(document.value.value) : document;
  return run.ok ? run.value.node : undefined;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
