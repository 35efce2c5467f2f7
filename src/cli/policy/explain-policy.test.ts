import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluatePolicy } from "./evaluate-policy.js";
import { explainPolicy } from "./explain-policy.js";
import { failureOf, goodPolicy, policyFolder, recordingTerminal, writeFiles } from "./testdata/fixture.js";

/** Grants in several ways, each of which can fail in another manner. */
const grants = `package main

# METADATA
# entrypoint: true
entry := {"allow": true} if {
	open
	admitted
	not banned
	count(objections) == 0
} else := {"allow": false}

open if input.door == "open"

admitted if {
	some role in input.roles
	role.level > data.main.least
}

admitted if input.key == data.main.key

admitted if is_known(input.name)

is_known(name) if {
	some person in data.main.people
	lower(person) == name
}

banned if input.name == "mallory"

objections contains {"rule": "main/loud"} if input.loud
`;

let dir: string;
let discard: () => Promise<void>;
beforeAll(async () => {
  const made = await policyFolder({
    ...goodPolicy,
    "main/entry.rego": grants,
    "main/owed.rego":
      "package main\n\n# METADATA\n# entrypoint: true\nowed := {`path`: program.path} if {\n\tis_string(input.program)\n}\n\ndefault program := null\n\nprogram := data.main.programs[input.program]\n",
    "main/people.yaml": "people: [ann, bob]\nkey: sesame\nleast: 3\nprograms: {ls: {path: /bin/ls}}\n",
    "main/data.schema.json": "{}",
  });
  dir = made.dir;
  discard = made.discard;
});
afterAll(() => discard());

let inputs = 0;
async function inputFile(input: unknown): Promise<string> {
  const name = `input-${inputs++}.json`;
  await writeFiles(join(dir, ".."), { [name]: typeof input === "string" ? input : JSON.stringify(input) });
  return join(dir, "..", name);
}

async function explain(entrypoint: string, input: unknown): Promise<string[]> {
  const terminal = recordingTerminal();
  expect(await explainPolicy(entrypoint, { policies: dir, input: await inputFile(input) }, terminal)).toBe(0);
  return terminal.lines.map((line) => line.replaceAll(`${dir}/main/`, ""));
}

describe("policy explain", () => {
  it("says which rule objected, where it stands and what it saw, and which grant did not hold and why", async () => {
    expect(await explain("main/request", { subject: { id: "eve" }, channel: "closed" })).toEqual([
      "DENY by main/request",
      "",
      "These rules object; an allow needs all of them to fall silent:",
      "  main/channel_closed: Not on this channel [EXE-15]",
      "    request.rego:22  violations contains {",
      '    saw {"channel":"closed"}',
      "",
      "What was missing for an allow:",
      "  main.allow is not true: request.rego:10  allow if {",
      "    main.granted is not true: request.rego:15  granted if input.subject.id in data.main.people",
      "      request.rego:15  this does not hold: input.subject.id in data.main.people",
      '          where input.subject.id = "eve"',
      '          where data.main.people = ["ann","bob"]',
    ]);
  });

  it("names what allowed", async () => {
    expect(await explain("main/entry", { door: "open", key: "sesame" })).toEqual([
      "ALLOW by main/entry",
      "",
      "What allowed it:",
      '  main.entry: entry.rego:5  entry := {"allow": true} if {',
      '    main.open: entry.rego:12  open if input.door == "open"',
      "    main.admitted: entry.rego:19  admitted if input.key == data.main.key",
    ]);
  });

  it("tells each way that a rule could have held, with the values of its variables", async () => {
    const lines = await explain("main/entry", { door: "open", key: "wrong", name: "eve", roles: [{ level: 2 }] });
    expect(lines.slice(3)).toEqual([
      '  main.entry is not true: entry.rego:5  entry := {"allow": true} if {',
      "    main.admitted is not true; any of its 3 bodies would do:",
      "      entry.rego:14  admitted if {",
      "        entry.rego:16  this does not hold: role.level > data.main.least",
      "            where role.level = 2",
      "            where data.main.least = 3",
      "      entry.rego:19  admitted if input.key == data.main.key",
      "        entry.rego:19  this does not hold: input.key == data.main.key",
      '            where input.key = "wrong"',
      '            where data.main.key = "sesame"',
      "      entry.rego:21  admitted if is_known(input.name)",
      "        entry.rego:21  this does not hold: is_known(input.name)",
      '            where input.name = "eve"',
    ]);
  });

  it("tells of a body that the rule index ruled out, of a rule that holds and should not, and of objections", async () => {
    const shut = await explain("main/entry", { door: "shut", key: "sesame", name: "mallory", loud: true });
    expect(shut.slice(4)).toEqual([
      '    main.open is not true: entry.rego:12  open if input.door == "open"',
      '      entry.rego:12  this does not hold: input.door == "open"',
      '          where input.door = "shut"',
      "    entry.rego:8  this does not hold: not banned",
      '        because of entry.rego:28  banned if input.name == "mallory"',
    ]);
    const loud = await explain("main/entry", { door: "open", key: "sesame", loud: true });
    expect(loud.slice(4)).toEqual([
      "    entry.rego:9  this does not hold: count(objections) == 0",
      "        because of main/loud",
    ]);
  });

  it("goes into the parts of a value that cannot be made, also where a default says that there is nothing", async () => {
    const lines = await explain("main/owed", { program: "absent" });
    expect(lines).toEqual([
      "UNDEFINED by main/owed",
      "",
      "What was missing for an allow:",
      "  main.owed is not true: owed.rego:5  owed := {`path`: program.path} if {",
      "    main.program is not true: owed.rego:11  program := data.main.programs[input.program]",
    ]);
  });

  it("says that the engine refuses an answer that is no decision", async () => {
    await writeFiles(dir, { "main/tool.rego": "package main\n\ntool := {`allow`: true}\n" });
    const lines = await explain("main/tool", {});
    expect(lines.slice(0, 3)).toEqual([
      "DENY by main/tool",
      "",
      `The rules answer, but the engine refuses what is no decision: must have required property 'violations': "violations"`,
    ]);
  });

  it("tells the same as one JSON document", async () => {
    const terminal = recordingTerminal(true);
    const input = await inputFile({ subject: { id: "ann" }, channel: "closed" });
    expect(await explainPolicy("main/request", { policies: dir, input }, terminal)).toBe(0);
    expect(terminal.lines).toHaveLength(1);
    expect(JSON.parse(terminal.text())).toMatchObject({
      ok: true,
      entrypoint: "main/request",
      allow: false,
      decision: { allow: false },
      objections: [{ rule: "main/channel_closed", requirements: ["EXE-15"], places: [{ row: 22 }] }],
      missing: [{ kind: "rule", rule: "main.allow", ways: [{ missing: [{ kind: "objections" }] }] }],
    });
  });

  it("refuses a rule that is not there, and input that is no object or no JSON, at its place", async () => {
    const input = await inputFile({});
    const unknown = explainPolicy("main/nothing", { policies: dir, input }, recordingTerminal());
    expect(await failureOf(unknown)).toMatchObject({ exit: 1, codes: ["engine/entrypoint"] });
    const cases: [unknown, string][] = [
      ["[1]", "engine/input"],
      ['{"a": }', "json/syntax"],
      ['{"a": 1, "a": 2}', "json/syntax"],
    ];
    for (const [text, code] of cases) {
      const file = await inputFile(text);
      const failure = await failureOf(
        explainPolicy("main/request", { policies: dir, input: file }, recordingTerminal()),
      );
      expect(failure).toMatchObject({ exit: 1, codes: [code] });
      expect(failure.text).toContain(`${file}:1:`);
    }
    const absent = explainPolicy("main/request", { policies: dir, input: "absent.json" }, recordingTerminal());
    expect((await failureOf(absent)).text).toContain("absent.json: no such file");
  });
});

describe("policy eval", () => {
  async function evaluate(entrypoint: string, engine: string, input: unknown) {
    const terminal = recordingTerminal(true);
    const options = { policies: dir, engine, input: await inputFile(input) };
    const code = await evaluatePolicy(entrypoint, options, terminal);
    return { code, answer: JSON.parse(terminal.text()) };
  }
  const closed = { subject: { id: "ann" }, channel: "closed" };

  it("gives the compiled policy's decision", async () => {
    const { code, answer } = await evaluate("main/request", "wasm", closed);
    expect(code).toBe(0);
    expect(answer).toMatchObject({ allow: false, violations: [{ rule: "main/channel_closed" }] });
  });

  it("gives the interpreter's answer, of any document", async () => {
    expect(await evaluate("main/granted", "interpreter", closed)).toEqual({ code: 0, answer: true });
  });

  it("compares both, and exits with 2 where they differ", async () => {
    expect(await evaluate("main/request", "both", closed)).toMatchObject({ code: 0, answer: { agree: true } });
    // The engine holds answers to the contract; the interpreter gives whatever a policy says.
    await writeFiles(dir, { "main/alert.rego": "package main\n\n# METADATA\n# entrypoint: true\nalert := 7\n" });
    expect(await evaluate("main/alert", "both", {})).toMatchObject({
      code: 2,
      answer: { agree: false, wasm: { violations: [{ rule: "engine/decision" }] }, interpreter: 7 },
    });
  });

  it("says that a document is undefined, that an entrypoint is not there, and where an evaluation broke", async () => {
    const input = await inputFile({ n: 1 });
    const ask = (entrypoint: string, engine: string) =>
      failureOf(evaluatePolicy(entrypoint, { policies: dir, engine, input }, recordingTerminal()));
    expect(await ask("main/nothing", "interpreter")).toMatchObject({ exit: 1, codes: ["engine/undefined"] });
    expect(await ask("main/nothing", "wasm")).toMatchObject({ exit: 1, codes: ["engine/entrypoint"] });
    await writeFiles(dir, { "main/two.rego": "package main\n\ntwo := 1 if input.n\n\ntwo := 2 if input.n\n" });
    const broke = await ask("main/two", "interpreter");
    expect(broke).toMatchObject({ exit: 1, codes: ["engine/threw"] });
    expect(broke.text).toContain(`${dir}/main/two.rego:`);
  });
});
