import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../host/index.js";
import type { Terminal } from "../terminal.js";
import { checkLines, checkOne } from "./check-command.js";
import { parseCorpusLine } from "./corpus-line.js";

let cwd: string;
beforeAll(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "lockkeeper-check-")));
});
afterAll(() => rm(cwd, { recursive: true }));

function terminal(json: boolean) {
  const lines: string[] = [];
  const notes: string[] = [];
  const shown: Terminal = {
    out: (line) => lines.push(line),
    note: (line) => notes.push(line),
    progress: () => undefined,
    paint: (_, text) => text,
    json,
    colour: false,
  };
  return { shown, lines, notes };
}

const flags = () => ({ profile: "readonly", cwd, policies: join(packageRoot(), "policies") });

describe("one command", () => {
  it("is explained with what would run", async () => {
    const { shown, lines } = terminal(false);
    expect(await checkOne("ls -la", flags(), shown)).toBe(0);
    expect(lines.slice(0, 3)).toEqual(["allow  ls -la", '  argv       ["ls","-la"]', "  runs       /usr/bin/ls"]);
  });

  it("is refused with the rule, its requirement and its line", async () => {
    const { shown, lines } = terminal(true);
    expect(await checkOne("find . -delete", flags(), shown)).toBe(2);
    const answer: unknown = JSON.parse(lines.join());
    expect(answer).toMatchObject({
      command: "find . -delete",
      allow: false,
      phase: "policy",
      argv: ["find", ".", "-delete"],
      violations: [
        {
          rule: "command/unknown_option",
          requirements: ["EXE-15"],
          file: expect.stringMatching(/policies\/command\/options\.rego$/),
          row: expect.any(Number),
          detail: { argument: "-delete", position: 2 },
        },
      ],
    });
  });

  it("that does not parse shows where, and nothing that could drive a terminal", async () => {
    const { shown, lines } = terminal(false);
    expect(await checkOne("ls \u001b[31m;id", flags(), shown)).toBe(2);
    expect(lines.join("\n")).toContain("command:1:4");
    expect(lines.join("\n")).not.toContain("\u001b");
  });
});

describe("a corpus", () => {
  it("gets one answer a line, in order, and a decision log where asked", async () => {
    const { shown, lines, notes } = terminal(true);
    const input = Readable.from(['"ls"\n', '\n{"command": "ls;id"}\n{"argv": ["cat", "a b"]}\n']);
    const decisionLog = join(cwd, "decisions.jsonl");
    expect(await checkLines(input, { ...flags(), decisionLog }, shown)).toBe(0);
    expect(lines.map((line) => JSON.parse(line).allow)).toEqual([true, false, true]);
    expect(notes).toEqual(["2 allowed, 1 refused"]);
    const logged = (await readFile(decisionLog, "utf8")).trimEnd().split("\n");
    expect(logged.map((line) => JSON.parse(line).result.allow)).toEqual([true, true]);
  });

  it("ends at a line that cannot be read, with its number", async () => {
    const { shown } = terminal(true);
    await expect(checkLines(Readable.from(['"ls"\n{"cmd": "x"}\n']), flags(), shown)).rejects.toMatchObject({
      problems: [{ code: "schema/invalid", place: { file: "standard input", row: 2 } }],
    });
    await expect(checkLines(Readable.from([]), flags(), shown)).rejects.toMatchObject({
      problems: [{ code: "usage/missing" }],
    });
  });

  it("may be written in three ways, and no key may stand twice", () => {
    expect(parseCorpusLine('"ls -la"', 1)).toEqual({ ok: true, value: { command: "ls -la" } });
    expect(parseCorpusLine('{"argv": ["ls"], "profile": "build"}', 1)).toEqual({
      ok: true,
      value: { command: ["ls"], profile: "build" },
    });
    expect(parseCorpusLine('{"command": "ls", "command": "id"}', 7)).toMatchObject({
      error: { code: "json/syntax", place: { row: 7 } },
    });
    expect(parseCorpusLine("ls", 7)).toMatchObject({ error: { place: { row: 7 } } });
    expect(parseCorpusLine("[]", 7)).toMatchObject({ error: { code: "schema/invalid" } });
  });
});
