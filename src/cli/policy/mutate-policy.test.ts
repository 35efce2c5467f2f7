import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import Type from "typebox";
import { afterEach, describe, expect, it } from "vitest";
import { readMutationReport } from "../../../conformance/mutation/index.js";
import { parserOf } from "../../model/index.js";
import { type MutateFlags, mutatePolicy } from "./mutate-policy.js";
import { type Files, failureOf, goodPolicy, policyFolder, recordingTerminal } from "./testdata/fixture.js";

const discards: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const discard of discards.splice(0)) await discard();
});

const requirements = `schema: lockkeeper/requirements/v1
title: A channel
sources:
  example: {title: An example, date: "2026-01-01"}
requirements:
  - id: EXE-15
    rev: 1
    level: MUST
    method: mutation
    text: The gate MUST refuse what comes on a closed channel.
    source: {doc: example, section: one}
    since: "0.1"
`;

const files: Files = {
  "lockkeeper.yaml": `schema: lockkeeper/config/v1
policies: policies
specs: specs
reports: reports
evidence: {roots: [policies], ignore: []}
`,
  "package.json": '{"name": "example", "version": "0.1.0"}',
  "specs/requirements/one.yaml": requirements,
};

/** A repository with the small policy that is in order, and changes to it. */
async function repository(changes: Files = {}) {
  const { dir, discard } = await policyFolder({ ...goodPolicy, ...changes });
  discards.push(discard);
  const root = dirname(dir);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const run = async (flags: Partial<MutateFlags> = {}) => {
    const terminal = recordingTerminal(true);
    const code = await mutatePolicy({ only: [], ...flags }, terminal, root);
    const told: unknown = JSON.parse(terminal.text());
    return { code, told };
  };
  return { root, run };
}

const strict: Files = {
  "main/more_test.rego": `package main_test

import data.main

test_whole_decision if {
	main.request == {
		"allow": false,
		"violations": [{
			"rule": "main/channel_closed",
			"message": "Not on this channel",
			"requirements": ["EXE-15"],
			"detail": {"channel": "closed"},
		}],
		"obligations": {
			"run": null,
			"isolation": {"profile": null, "requires": []},
			"limits": null,
			"consume": [],
			"filter": null,
		},
	} with input as {"subject": {"id": "ann"}, "channel": "closed"}
}

test_allow_says_nothing if {
	main.request.violations == [] with input as {"subject": {"id": "ann"}, "channel": "open"}
}
`,
};

function told({ told: text }: { readonly told: unknown }) {
  const parsed = parseTold(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const parseTold = parserOf(
  Type.Object({
    ok: Type.Boolean(),
    score: Type.Number(),
    mutants: Type.Integer(),
    killed: Type.Integer(),
    survived: Type.Integer(),
    no_coverage: Type.Integer(),
    timeout: Type.Integer(),
    equivalent: Type.Integer(),
    invalid: Type.Integer(),
    kept: Type.Integer(),
    on_must: Type.Integer(),
    seconds: Type.Number(),
    report: Type.String(),
    survivors: Type.Array(Type.String()),
  }),
);

describe("policy mutate", () => {
  it("exits with 3 where a line that a MUST cites has a survivor, and with 0 once a test notices it", async () => {
    const weak = await repository();
    expect(await weak.run({ only: ["EXE-15"] })).toMatchObject({
      code: 3,
      told: { ok: false, on_must: expect.any(Number) },
    });
    const sound = await repository(strict);
    expect(await sound.run({ only: ["EXE-15"] })).toMatchObject({
      code: 0,
      told: { ok: true, on_must: 0, survivors: [] },
    });
  }, 120_000);

  it("writes a report that names killers, and a page; a second run knows all of it", async () => {
    const { root, run } = await repository(strict);
    const first = await run();
    const text = await readFile(join(root, "reports/mutation/rego.json"), "utf8");
    const report = readMutationReport(text, "rego.json");
    if (!report.ok) throw new Error(JSON.stringify(report.error));
    const rego = report.value.files["policies/main/request.rego"];
    const negated = rego?.mutants.find(({ replacement }) => replacement === "!=");
    expect(negated).toMatchObject({
      status: "Killed",
      replacement: "!=",
      killedBy: [expect.stringMatching(/^data\.main_test\.test_/)],
    });
    expect(report.value.files["policies/main/people.yaml"]?.mutants).toContainEqual(
      expect.objectContaining({ mutatorName: "entry dropped", status: "Killed" }),
    );
    expect(await readFile(join(root, "reports/mutation/rego.html"), "utf8")).toContain("<mutation-test-report-app");
    const second = await run();
    expect(second.told).toMatchObject({ kept: rego === undefined ? 0 : expect.any(Number) });
    expect(await readFile(join(root, "reports/mutation/rego.json"), "utf8")).toBe(text);
    expect(second.code).toBe(first.code);
    const { mutants } = first.told as { mutants: number };
    expect(second.told).toMatchObject({ kept: mutants });
  }, 120_000);

  it("mutates only what differs from a commit, and ends with 7 where nothing does", async () => {
    const { root, run } = await repository();
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
        stdio: "pipe",
      });
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "one");
    expect(await failureOf(run({ since: "HEAD" }).then(({ code }) => code))).toMatchObject({ exit: 7 });
    expect(await failureOf(run({ since: "no-such-ref" }).then(({ code }) => code))).toMatchObject({ exit: 1 });
    const path = join(root, "policies/main/request.rego");
    const before = await readFile(path, "utf8");
    await writeFile(path, before.replace('input.channel == "closed"', 'input.channel in {"closed", "shut"}'));
    await run({ since: "HEAD" });
    const text = await readFile(join(root, "reports/mutation/rego.json"), "utf8");
    const report = readMutationReport(text, "rego.json");
    if (!report.ok) throw new Error(JSON.stringify(report.error));
    const rows = report.value.files["policies/main/request.rego"]?.mutants.map(({ location }) => location.start.line);
    expect(Math.min(...(rows ?? []))).toBeGreaterThanOrEqual(22);
  }, 120_000);

  it("says of an edited rule what it says once all is forgotten, whether mutants are noticed or not", async () => {
    const cases = [
      [strict, '"closed" == input.channel', 0],
      [strict, 'input.channel in {"closed", "shut"}', 1],
    ] as const;
    for (const [changes, edited, survivors] of cases) {
      const { root, run } = await repository(changes);
      await run();
      const path = join(root, "policies/main/request.rego");
      const before = await readFile(path, "utf8");
      await writeFile(path, before.replace('input.channel == "closed"', edited));
      const only = ["EXE-15"];
      const remembered = await run({ only });
      const forgotten = await run({ only, force: true });
      const { kept: _, seconds: __, ...first } = told(remembered);
      const { kept: ___, seconds: ____, ...second } = told(forgotten);
      expect(first).toEqual(second);
      expect(remembered.code).toBe(forgotten.code);
      expect(Math.sign(second.survived)).toBe(survivors);
    }
  }, 240_000);

  it("does not take a test's word that an edit broke", async () => {
    const { root, run } = await repository(strict);
    await run();
    const path = join(root, "policies/main/request.rego");
    const before = await readFile(path, "utf8");
    await writeFile(path, before.replace('input.channel == "closed"', 'input.channel == "shut"'));
    expect(await failureOf(run({ only: ["EXE-15"] }).then(({ code }) => code))).toMatchObject({
      exit: 2,
      text: expect.stringContaining("fails"),
    });
  }, 120_000);

  it("says which test fails before anything is broken", async () => {
    const { run } = await repository({ "main/bad_test.rego": "package main_test\n\ntest_wrong if 1 == 2\n" });
    expect(await failureOf(run().then(({ code }) => code))).toMatchObject({
      exit: 2,
      text: expect.stringContaining("bad_test.rego:3: data.main_test.test_wrong fails"),
    });
  }, 120_000);
});
