import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { canonicalJson } from "../report/index.js";
import { loadSpecs, specsDigest } from "../spec/index.js";
import { judgeRun } from "../verdict/index.js";
import { verdictExample } from "../verdict/testdata/verdict-example.js";
import { currentReport, evidenceDigest, textOfRepository } from "./current-report.js";
import { type RepositoryExample, repositoryExample, requirementFile } from "./testdata/repository-example.js";

let repository: RepositoryExample;
beforeEach(() => {
  repository = repositoryExample();
  repository.write({
    "lockkeeper.yaml": "specs: specs\n",
    "specs/requirements/exe.yaml": requirementFile(),
    "policies/command/command.rego": "package command\n",
  });
});
afterEach(() => repository[Symbol.dispose]());

const configOf = () => {
  const { policies: _, ...config } = repository.config;
  return config;
};

/** Writes a report of what is there now. */
function writeReport(only: readonly string[] = []): void {
  const config = configOf();
  const specs = loadSpecs(join(config.root, "specs"), "specs");
  if (!specs.ok) throw new Error(specs.error.map(({ message }) => message).join("; "));
  const report = judgeRun(verdictExample({ only }));
  const evidence = evidenceDigest(config, report, textOfRepository(config.root));
  const inputs = { specs: specsDigest(specs.value), evidence };
  repository.write({ "reports/report.json": canonicalJson({ ...report, inputs }) });
}

async function state(config: Parameters<typeof currentReport>[0] = configOf()) {
  const current = await currentReport(config);
  return current.state === "stale" ? current.reasons.join("; ") : current.state;
}

/** @requirement HAR-06 */
it("goes by a report as long as specs, configuration, proofs and every cited file are as they were", async () => {
  expect(await state()).toBe("missing");
  writeReport();
  expect(await state()).toBe("fresh");
  repository.write({ "elsewhere.ts": "", "src/uncited.ts": "", "specs/baseline.json": "" });
  expect(await state()).toBe("fresh");
  const cited = "a file that it cites has changed since";
  for (const file of ["policies/command/command.rego", "lockkeeper.yaml", "specs/proof.json"]) {
    writeReport();
    repository.write({ [file]: "another text\n" });
    expect([file, await state()]).toEqual([file, cited]);
  }
  writeReport();
  rmSync(join(repository.config.root, "policies/command/command.rego"));
  expect(await state()).toBe(cited);
});

/** @requirement HAR-06 */
it("does not go by a report of other specs, of some requirements alone, or of other policies", async () => {
  writeReport();
  repository.write({ "specs/requirements/exe.yaml": requirementFile({ rev: 3 }) });
  expect(await state()).toBe("the specification has changed since");
  repository.write({ "specs/requirements/exe.yaml": "no spec" });
  expect(await state()).toBe("the specification cannot be read");
  repository.write({ "specs/requirements/exe.yaml": requirementFile() });
  writeReport(["EXE-15"]);
  expect(await state()).toBe("it judges 1 of the requirements alone");
  writeReport();
  expect(await state()).toBe("fresh");
  expect(await state(repository.config)).toMatch(/^the policies (have changed since|cannot be read)$/);
});

/** @requirement HAR-06 */
it("says where a report cannot be read, and takes no folder for one", async () => {
  for (const text of ["", "{}", '{"schema": 1}', "null"]) {
    repository.write({ "reports/report.json": text });
    expect(await state()).toBe("unreadable");
  }
  rmSync(join(repository.config.root, "reports"), { recursive: true });
  mkdirSync(join(repository.config.root, "reports/report.json"), { recursive: true });
  expect(await state()).toBe("missing");
  symlinkSync("nowhere", join(repository.config.root, "reports/link"));
  expect(textOfRepository(repository.config.root)("reports/link")).toBe(undefined);
});
