import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Type, { type Static } from "typebox";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parserOf, parseStrictYaml } from "../src/index.js";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const closed = { additionalProperties: false } as const;
const Texts = Type.Record(Type.String(), Type.String());

/** What a composite action may hold, as far as ours uses it: an unknown key fails the reading. */
const Step = Type.Object(
  {
    name: Type.String(),
    id: Type.Optional(Type.String()),
    if: Type.Optional(Type.String()),
    shell: Type.Literal("bash"),
    "working-directory": Type.Optional(Type.String()),
    env: Type.Optional(Texts),
    run: Type.String(),
  },
  closed,
);
const Action = Type.Object(
  {
    name: Type.String(),
    description: Type.String(),
    inputs: Type.Record(
      Type.String(),
      Type.Object({ description: Type.String(), default: Type.Optional(Type.String()) }, closed),
    ),
    outputs: Type.Record(Type.String(), Type.Object({ description: Type.String(), value: Type.String() }, closed)),
    runs: Type.Object({ using: Type.Literal("composite"), steps: Type.Array(Step, { minItems: 1 }) }, closed),
  },
  closed,
);
const parseAction = parserOf(Action);

function readYaml(name: string): unknown {
  const document = parseStrictYaml(readFileSync(join(root, name), "utf8"), name);
  if (!document.ok) throw new Error(document.error.map(({ message }) => message).join("; "));
  return document.value.value;
}

function readAction(): Static<typeof Action> {
  const action = parseAction(readYaml("action.yml"));
  if (!action.ok) throw new Error(action.error.map(({ path, message }) => `${path} ${message}`).join("; "));
  return action.value;
}

/** The expressions that our action uses: names of its contexts, and comparisons with a text, joined by `&&`. */
function expand(text: string, context: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ ([^}]+) \}\}/g, (_, expression: string) => {
    const name = expression.trim();
    if (!(name in context)) throw new Error(`an expression that the test does not know: ${expression}`);
    return context[name] ?? "";
  });
}

function holds(condition: string | undefined, failed: boolean, context: Readonly<Record<string, string>>): boolean {
  if (condition === undefined) return !failed;
  const parts = (/^\$\{\{ (.*) \}\}$/.exec(condition)?.[1] ?? "").split(" && ");
  if (parts.shift() !== "!cancelled()") throw new Error(`a condition that the test does not know: ${condition}`);
  return parts.every((part) => {
    const [, name = "", operator, value] = /^(\S+) (==|!=) '(.*)'$/.exec(part) ?? [];
    if (!(name in context)) throw new Error(`a condition that the test does not know: ${part}`);
    return (context[name] === value) === (operator === "==");
  });
}

type Ran = { readonly name: string; readonly code: number | null; readonly output: string };

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "lockkeeper-action-"));
  cpSync(join(root, "scripts/testdata/action"), join(workspace, "repository"), { recursive: true });
  git("init", "-q", "-b", "main");
});
afterEach(() => rmSync(workspace, { recursive: true }));

const at = (path: string) => join(workspace, "repository", path);
const read = (path: string) => readFileSync(at(path), "utf8");
const edit = (path: string, from: string, to: string) => {
  expect(read(path)).toContain(from);
  writeFileSync(at(path), read(path).replace(from, to));
};

const cleanEnv = { PATH: process.env.PATH ?? "", HOME: tmpdir(), GIT_CONFIG_NOSYSTEM: "1", NO_COLOR: "1" };

function git(...args: string[]): string {
  const who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"];
  const env = { ...cleanEnv, GIT_CONFIG_GLOBAL: "/dev/null" };
  return execFileSync("git", ["-C", join(workspace, "repository"), ...who, ...args], { encoding: "utf8", env });
}

function commit(): void {
  git("add", "-A");
  git("commit", "-q", "-m", "a step");
}

function lockkeeper(...args: string[]) {
  const options = { cwd: join(workspace, "repository"), encoding: "utf8", env: cleanEnv } as const;
  return spawnSync(process.execPath, [join(root, "bin/lockkeeper.js"), ...args], options);
}

/** Runs the action's steps in order, as a runner does: in the documented shell, with the documented environment. */
function runAction(inputs: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}) {
  const action = readAction();
  const context: Record<string, string> = { "github.action_path": root, "github.token": "token-of-the-job" };
  for (const [name, { default: value = "" }] of Object.entries(action.inputs)) {
    context[`inputs.${name}`] = inputs[name] ?? expand(value, context);
  }
  const files = { GITHUB_OUTPUT: join(workspace, "output"), GITHUB_STEP_SUMMARY: join(workspace, "summary") };
  writeFileSync(files.GITHUB_STEP_SUMMARY, "");
  const ran: Ran[] = [];
  for (const step of action.runs.steps) {
    if (
      !holds(
        step.if,
        ran.some(({ code }) => code !== 0),
        context,
      )
    )
      continue;
    writeFileSync(files.GITHUB_OUTPUT, "");
    const script = join(workspace, "step.sh");
    writeFileSync(script, step.run);
    const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, expand(text, context)]));
    const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: join(workspace, "repository", expand(step["working-directory"] ?? ".", context)),
      env: { ...cleanEnv, ...env, GITHUB_ACTIONS: "true", CI: "true", ...files, ...own },
      encoding: "utf8",
    });
    ran.push({ name: step.name, code: status, output: `${stdout}${stderr}` });
    for (const [, name, value] of readFileSync(files.GITHUB_OUTPUT, "utf8").matchAll(/^([\w-]+)=(.*)$/gm)) {
      context[`steps.${step.id}.outputs.${name}`] = value ?? "";
    }
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, expand(value, context)] as const);
  const summary = readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
  return { ran, codes: ran.map(({ name, code }) => `${name} ${code}`), outputs: Object.fromEntries(outputs), summary };
}

beforeAll(() => {
  // Errors of types are for others to find; here it must have been built.
  spawnSync("npm", ["run", "-s", "build"], { cwd: root });
  expect(spawnSync(process.execPath, [join(root, "bin/lockkeeper.js"), "regress", "--help"]).status).toBe(0);
}, 120_000);

describe("the action", { timeout: 120_000 }, () => {
  it("keeps expressions out of its scripts, and uses no action of others", () => {
    const { steps } = readAction().runs;
    expect(steps.map(({ run }) => run).join("\n")).not.toContain("${{");
    expect(readFileSync(join(root, "action.yml"), "utf8")).not.toContain("uses:");
  });

  it("is described with the inputs and the hooks that there are", () => {
    const page = readFileSync(join(root, "docs/ci.md"), "utf8");
    const inputs = [...page.matchAll(/^\| `([a-z-]+)` +\| (?:`([^`]*)`)?/gm)].map(([, name, value]) => [
      name,
      value ?? "",
    ]);
    const own = Object.entries(readAction().inputs).map(([name, { default: value = "" }]) => [name, value]);
    expect(inputs).toEqual(own.map(([name, value = ""]) => [name, value.startsWith("${{") ? "" : value]));
    const used = /uses: OWNER\/lockkeeper@COMMIT\n +with:\n((?: +[a-z-]+: .*\n)+)/.exec(page)?.[1] ?? "";
    const names = [...used.matchAll(/^ +([a-z-]+):/gm)].map(([, name]) => name);
    expect(names).toEqual(["against", "upload-sarif"]);
    const ids = (text: string) => [...text.matchAll(/^ *- id: (.*)$/gm)].map(([, id]) => id);
    expect(ids(page)).toEqual(ids(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8")));
  });

  it("passes on a repository that holds, writes its reports and a summary", () => {
    expect(lockkeeper("baseline", "--update").stdout).toContain("specs/baseline.json written");
    commit();
    const { codes, outputs, summary } = runAction({ against: "main" });
    expect(codes).toEqual(["Install 0", "Conform 0", "Regress 0"]);
    expect(outputs).toEqual({ report: at("reports") });
    expect(summary).toContain("### Spec regression against main");
    expect(JSON.parse(read("reports/report.json"))).toMatchObject({ verdict: "PASS", exit_code: 0 });
  });

  it("fails on a regression against the committed baseline, and names it as an annotation", () => {
    lockkeeper("baseline", "--update");
    commit();
    edit("specs/requirements/sum.yaml", "level: MUST", "level: SHOULD");
    const { codes, ran, summary } = runAction();
    expect(codes).toEqual(["Install 0", "Conform 5"]);
    expect(ran.at(-1)?.output).toContain("SUM-1 is demanded less: before MUST; after SHOULD");
    expect(ran.at(-1)?.output).toMatch(/^::error .*SUM-1 is demanded less/m);
    expect(summary).not.toBe("");
  });

  it("fails on what the change's own baseline accepts, against the branch that it goes to", () => {
    lockkeeper("baseline", "--update");
    commit();
    edit("src/test_total.py", "# @requirement SUM-1\ndef test_adds_nothing", "def test_adds_nothing");
    expect(lockkeeper("baseline", "--update").stdout).toContain("accepts: SUM-1 lost evidence");
    const { codes, ran } = runAction({ against: "main" });
    expect(codes).toEqual(["Install 0", "Conform 0", "Regress 5"]);
    expect(ran.at(-1)?.output).toContain("evidence gone SUM-1");
    expect(ran.at(-1)?.output).toMatch(/^::error title=SUM-1%3A evidence gone::SUM-1 lost evidence: before test /m);
    expect(runAction().codes).toEqual(["Install 0", "Conform 0"]);
  });

  it("fails when a test fails or a ref is unknown, and takes hostile inputs for what they are", () => {
    commit();
    edit(
      "results/junit.xml",
      '"test_adds_nothing" time="0.001"/>',
      '"test_adds_nothing"><failure>no</failure></testcase>',
    );
    const against = "main$(touch marker); --help";
    const { codes } = runAction({ against, profile: "embedded" });
    expect(codes).toEqual(["Install 0", "Conform 2", "Regress 1"]);
    expect(runAction({ profile: "--help; true" }).codes).toEqual(["Install 0", "Conform 1"]);
    expect(() => read("marker")).toThrow();
  });

  it("runs in a folder of the workspace", () => {
    mkdirSync(at("inner"));
    for (const part of ["src", "specs", "results", "lockkeeper.yaml"]) {
      cpSync(at(part), at(`inner/${part}`), { recursive: true });
      rmSync(at(part), { recursive: true });
    }
    const { codes, outputs } = runAction({ path: "inner" });
    expect([codes, outputs]).toEqual([["Install 0", "Conform 0"], { report: at("inner/reports") }]);
  });

  it("uploads when it is asked to, also after a failure, and says what it lacks", () => {
    edit("specs/requirements/sum.yaml", "id: SUM-1", "id: SUM-2");
    const { codes, ran } = runAction({ "upload-sarif": "true" });
    expect(codes).toEqual(["Install 0", "Conform 2", "Upload SARIF 1"]);
    expect(ran.at(-1)?.output).toContain("not set: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_REF");
  });
});

describe("the hooks", { timeout: 120_000 }, () => {
  /** Runs the script as git does, with the repository's changes staged. */
  function hook() {
    git("add", "-A");
    const starter = join(workspace, "lockkeeper");
    writeFileSync(starter, `#!/bin/sh\nexec '${process.execPath}' '${root}/bin/lockkeeper.js' "$@"\n`);
    chmodSync(starter, 0o755);
    const options = { cwd: at("src"), encoding: "utf8", env: { ...cleanEnv, LOCKKEEPER: starter } } as const;
    const { status, stdout, stderr } = spawnSync("sh", [join(root, "scripts/pre-commit.sh")], options);
    return { status, output: `${stdout}${stderr}` };
  }

  it("let a commit through that makes nothing worse, also the first one", () => {
    expect(hook().status).toBe(0);
    lockkeeper("baseline", "--update");
    expect(hook()).toMatchObject({ status: 0, output: expect.stringContaining("no regression") });
    commit();
    expect(hook()).toEqual({ status: 0, output: "" });
    edit("specs/requirements/sum.yaml", "rev: 1", "rev: 2");
    edit("specs/requirements/sum.yaml", "MUST be right", "MUST be exact");
    expect(hook().status).toBe(0);
  });

  it("stop a commit that rewords a requirement, or whose specification cannot be read", () => {
    commit();
    edit("specs/requirements/sum.yaml", "MUST be right", "MUST be exact");
    expect(hook()).toMatchObject({ status: 5, output: expect.stringContaining("reworded SUM-1") });
    edit("specs/requirements/sum.yaml", "rev: 1", "rev: one");
    expect(hook()).toMatchObject({ status: 1, output: expect.stringContaining("specs/requirements/sum.yaml:7") });
  });

  it("check policies that are committed", () => {
    mkdirSync(at("policies/main"), { recursive: true });
    writeFileSync(at("policies/main/request.rego"), "package main\n\nallow := nothing\n");
    edit("lockkeeper.yaml", "specs: specs\n", "specs: specs\npolicies: policies\n");
    expect(hook()).toMatchObject({ status: 1, output: expect.stringContaining("policies/main/request.rego:3") });
  });

  it("are commands that this program has, for pre-commit as well", () => {
    const Hook = Type.Object(
      {
        id: Type.String({ pattern: "^lockkeeper-[a-z-]+$" }),
        name: Type.String(),
        description: Type.String(),
        entry: Type.String({ pattern: "^lockkeeper " }),
        language: Type.Literal("node"),
        files: Type.String(),
        pass_filenames: Type.Literal(false),
      },
      closed,
    );
    const hooks = parserOf(Type.Array(Hook, { minItems: 1 }))(readYaml(".pre-commit-hooks.yaml"));
    if (!hooks.ok) throw new Error(hooks.error.map(({ path, message }) => `${path} ${message}`).join("; "));
    for (const { entry, files } of hooks.value) {
      expect(() => new RegExp(files)).not.toThrow();
      const { status, stdout } = lockkeeper(...entry.split(" ").slice(1), "--help");
      expect([entry, status, stdout.split("\n")[0]]).toEqual([entry, 0, expect.stringMatching(/^Usage: lockkeeper /)]);
    }
  });
});
