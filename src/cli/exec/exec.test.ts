import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { AuditEntry, isRecord, parserOf, parseStrictJson } from "../../model/index.js";
import type { ExecFlags } from "../exec.js";
import type { Terminal } from "../terminal.js";
import { execute } from "./execute.js";

const policy = `package main

# METADATA
# title: May this run?
# entrypoint: true
request := {
	"allow": count(violations) == 0,
	"violations": [v | some v in violations],
	"obligations": obligations,
}

default obligations := {"run": null, "isolation": {"profile": null, "requires": []}, "limits": null, "consume": [], "filter": null}

obligations := {
	"run": {"path": data.main.programs[input.action.argv[0]], "env": {"ONLY": "this"}, "risk": "low"},
	"isolation": {"profile": "open", "requires": []},
	"limits": {
		"wall_ms": object.get(input.action.limits, "wall_ms", 5000), "cpu_ms": 5000, "memory_bytes": 100000000,
		"output_bytes": 100000, "disk_bytes": 0, "processes": 10, "open_files": 100,
	},
	"consume": [],
	"filter": null,
} if {
	count(violations) == 0
}

# METADATA
# title: The program is not on the list
# custom: {id: main/not_listed, requirements: [EXE-15]}
violations contains {
	"rule": rego.metadata.rule().custom.id,
	"message": rego.metadata.rule().title,
	"requirements": rego.metadata.rule().custom.requirements,
	"detail": {"program": input.action.argv[0], "subject": input.subject.id, "cwd": input.action.cwd},
} if {
	not data.main.programs[input.action.argv[0]]
}
`;

let policies: string;
let here: string;
beforeAll(async () => {
  here = await realpath(await mkdtemp(join(tmpdir(), "lockkeeper-exec-")));
  policies = join(here, "policies");
  await mkdir(join(policies, "main"), { recursive: true });
  await writeFile(join(policies, "main", "request.rego"), policy);
  await writeFile(
    join(policies, "main", "programs.yaml"),
    "programs: {echo: /bin/echo, shell: /bin/sh, env: /usr/bin/env, gone: /bin/gone}\n",
  );
}, 60_000);

/** Runs in this process and gives the exit code and the parsed answer. */
async function json(command: string | readonly string[], flags: Partial<ExecFlags> = {}) {
  const lines: string[] = [];
  const notes: string[] = [];
  const terminal: Terminal = {
    out: (line) => lines.push(line),
    note: (line) => notes.push(line),
    progress: () => undefined,
    paint: (_, text) => text,
    json: true,
    colour: false,
  };
  const all: ExecFlags = {
    profile: "readonly",
    env: {},
    policies,
    cwd: here,
    audit: join(here, "audit.jsonl"),
    ...flags,
  };
  const code = await execute(command, all, terminal);
  const answer = parseStrictJson(lines.join("\n"), "answer");
  if (!answer.ok || !isRecord(answer.value.value)) throw new Error(lines.join("\n"));
  return { code, answer: answer.value.value, notes };
}

describe("lockkeeper exec", () => {
  it("runs what the rules allow, with the environment that they give and no other", async () => {
    const { code, answer } = await json(["env"]);
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      success: true,
      outcome: "exited",
      exit_code: 0,
      stdout: "ONLY=this\n",
      violations: [],
    });
  });

  it("parses a text itself, and runs no shell", async () => {
    expect((await json("echo 'a  b' \"c\"")).answer.stdout).toBe("a  b c\n");
    const marker = join(here, "marker");
    const { code, answer } = await json(`echo a; /usr/bin/touch ${marker}`);
    expect([code, answer.success, answer.phase]).toEqual([126, false, "parse"]);
    await expect(readFile(marker)).rejects.toThrow("ENOENT");
    expect((await json(["echo", "a;b", "$(id)"])).answer.stdout).toBe("a;b $(id)\n");
  });

  it("says which rule refused, at which line, and who asked", async () => {
    const { code, answer } = await json(["rm", "-rf", "."]);
    expect(code).toBe(126);
    expect(answer).toMatchObject({
      success: false,
      error: "The program is not on the list",
      exit_code: null,
      violations: [
        {
          rule: "main/not_listed",
          requirements: ["EXE-15"],
          detail: { program: "rm", subject: userInfo().username, cwd: here },
          file: expect.stringMatching(/policies\/main\/request\.rego$/),
          row: 30,
        },
      ],
    });
  });

  it("gives the command's own exit code, 128 and more for a signal, 124 and 125 for its limits", async () => {
    expect((await json(["shell", "-c", "exit 7"])).code).toBe(7);
    expect((await json(["shell", "-c", "kill -TERM $$"])).code).toBe(143);
    const slow = await json(["shell", "-c", "sleep 60"], { timeoutMs: 100 });
    expect([slow.code, slow.answer.outcome, slow.answer.success]).toEqual([124, "timeout", false]);
    const loud = await json(["shell", "-c", "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyy; done"]);
    expect([loud.code, loud.answer.outcome]).toEqual([125, "output_limit"]);
    expect((await json(["gone"])).code).toBe(126);
  });

  it("gives output that is not UTF-8 in base64", async () => {
    const { answer } = await json(["shell", "-c", "printf '\\377\\376'"]);
    expect(answer).toMatchObject({ stdout: "//4=", stdout_encoding: "base64", stderr: "" });
  });

  it("records the intent and the end of each execution, and each refusal", async () => {
    const audit = join(here, "audit-of-two.jsonl");
    await json(["echo", "one"], { audit });
    await json(["rm"], { audit });
    const parse = parserOf(AuditEntry);
    const entries = (await readFile(audit, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => parse(JSON.parse(line)));
    expect(entries).toMatchObject([
      { ok: true, value: { kind: "intent", decision: "allow", channel: "local", action: { argv: ["echo", "one"] } } },
      { ok: true, value: { kind: "end", outcome: "exited", exit_code: 0 } },
      { ok: true, value: { kind: "intent", decision: "deny", violations: [{ rule: "main/not_listed" }] } },
    ]);
  });

  it("runs nothing that it cannot record or log", async () => {
    const marker = join(here, "unrecorded");
    for (const flags of [{ audit: "/dev/full" }, { decisionLog: "/dev/full" }]) {
      const { code, answer, notes } = await json(["shell", "-c", `: > ${marker}`], flags);
      expect([code, answer.success]).toEqual([126, false]);
      expect(notes.join("\n")).toContain("ENOSPC");
    }
    await expect(readFile(marker)).rejects.toThrow("ENOENT");
  });

  it("logs decisions as OPA does", async () => {
    const decisionLog = join(here, "decisions.jsonl");
    await json(["echo"], { decisionLog });
    await json(["rm"], { decisionLog });
    const events = (await readFile(decisionLog, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    const event = (argv0: string, allow: boolean) => ({
      decision_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      bundles: { lockkeeper: { revision: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      path: "main/request",
      input: { action: { argv: [argv0] } },
      result: { allow },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(events).toMatchObject([event("echo", true), event("rm", false)]);
  });

  it("takes neither policies nor bundles nor a link to write to from the folder it is run in", async () => {
    const hostile = await realpath(await mkdtemp(join(tmpdir(), "lockkeeper-hostile-")));
    await mkdir(join(hostile, "policies", "main"), { recursive: true });
    await writeFile(join(hostile, "policies", "main", "request.rego"), "package main\n\nrequest := nonsense\n");
    await writeFile(join(hostile, "lockkeeper.yaml"), "schema: lockkeeper/config/v1\npolicies: policies\n");
    await mkdir(join(hostile, ".lockkeeper"));
    await symlink(here, join(hostile, ".lockkeeper", "audit"));
    const { code, stderr } = await program(hostile, ["--policies", policies, "--", "echo", "hi"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("it is a symbolic link")]);
    const ran = await program(hostile, ["--policies", policies, "--audit", "audit.jsonl", "--", "echo", "hi"]);
    expect(ran).toEqual({ code: 0, stdout: "hi\n", stderr: "" });
  });
});

/** Runs the real program in a process of its own. */
function program(
  cwd: string,
  args: readonly string[],
  stdin = "",
  meanwhile: (child: ChildProcess) => Promise<void> = async () => undefined,
) {
  const file = fileURLToPath(new URL("./testdata/program.ts", import.meta.url));
  const loader = join(dirname(fileURLToPath(import.meta.resolve("tsx"))), "esm", "index.mjs");
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, ["--import", loader, file, "exec", ...args], { cwd });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.end(stdin);
    void meanwhile(child);
    child.on("close", (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

describe("the program", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("told to stop by %s, stops what it runs and records the end", async (signal, code) => {
    const audit = join(here, `audit-${signal}.jsonl`);
    const marker = join(here, `survived-${signal}`);
    const script = `(sleep 1; : > ${marker}) & echo started > ${marker}-started; sleep 60`;
    const ran = program(
      here,
      ["--policies", policies, "--audit", audit, "--", "shell", "-c", script],
      "",
      async (child) => {
        while (!existsSync(`${marker}-started`)) await new Promise((resume) => setTimeout(resume, 20));
        child.kill(signal);
      },
    );
    expect((await ran).code).toBe(code);
    expect(await readFile(audit, "utf8")).toContain('"outcome":"stopped"');
    await new Promise((resume) => setTimeout(resume, 1200));
    expect(existsSync(marker)).toBe(false);
  });

  it("prints what the command prints, each to its own stream, and leaves with its code", async () => {
    const script = "cat; echo to stderr >&2; exit 3";
    expect(await program(here, ["--policies", policies, "--stdin", "--", "shell", "-c", script], "given\n")).toEqual({
      code: 3,
      stdout: "given\n",
      stderr: "to stderr\n",
    });
  });

  it("says what was refused, without a stack", async () => {
    const { code, stdout, stderr } = await program(here, ["--policies", policies, "--", "rm", "a\u001b[2Jb"]);
    expect([code, stdout]).toEqual([126, ""]);
    expect(stderr).toMatch(
      /^refused: main\/not_listed: The program is not on the list \(EXE-15\)\n {2}at policies\/main\/request\.rego:30\n/,
    );
    expect(stderr).toMatch(/execution [\w-]{22}: nothing ran\n$/);
  });

  it.each([
    [[], "give the command once"],
    [["-c", "echo", "--", "echo"], "give the command once"],
    [["--cwd", "/nowhere", "--", "echo"], "no such folder: /nowhere"],
    [["--policies", "/nowhere", "--", "echo"], "no such file or directory"],
  ])("says what is wrong with %j", async (args, message) => {
    const all = args.includes("--policies") ? args : ["--policies", policies, ...args];
    const { code, stderr } = await program(here, all);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).not.toContain("    at ");
  });
});
