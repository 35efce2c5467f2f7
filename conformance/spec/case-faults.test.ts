import { expect, it } from "vitest";
import type { Case } from "../../src/index.js";
import { caseFaults } from "./case-faults.js";
import { problemsIn, readWith, suiteFile, twin } from "./testdata/spec-texts.js";

const base = ["notes: {}", "base: {now_ms: 1}"];

/** Reads a suite with one more case; gives what is wrong with that case, without its place. */
function faultsOf(input: string, expected: string, more = "", top: readonly string[] = base): readonly string[] {
  const item = `  - {id: words-002, title: says something, ${more}input: ${input}, expect: ${expected}}`;
  return problemsIn(readWith(suiteFile([twin, item], top))).map((line) => {
    expect(line).toMatch(/^words\.yaml:\d+:\d+: words-002 .* \[spec\/invalid\]$/);
    return line.replace(/^.*: words-002 /, "").replace(" [spec/invalid]", "");
  });
}

const allow = "{decision: allow}";
const refused = "{decision: deny, phase: policy, violations: [command/not_allowed]}";

it.each<[string, string, string]>([
  ["a command", "{command: ls, profile: build, repeat: 3}", allow],
  ["an argv", "{argv: [ls], profile: build, repeat: 3}", refused],
  ["a request", "{request: {now_ms: 2}}", refused],
  ["an output", "{output: {now_ms: 2}}", "{decision: allow, treatment: tokenise}"],
  ["a parser's offset", "{command: a|b}", "{decision: deny, phase: parse, offset: 1}"],
  ["words that no execve takes", "{argv: [ls]}", "{decision: deny, phase: parse}"],
  ["a sandbox's refusal", "{command: id}", "{decision: deny, phase: sandbox}"],
  ["a standard output", "{command: echo a}", '{decision: allow, stdout: "a\\n"}'],
])("takes %s", (_, input, expected) => {
  expect(faultsOf(input, expected)).toEqual([]);
});

const one = "needs exactly one of command, argv, request, output and access";
it.each<[string, string, string, string[]]>([
  ["no input", "{}", allow, [one]],
  ["two inputs", "{command: ls, argv: [ls]}", allow, [one]],
  ["a request and an output", "{request: {}, output: {}}", refused, [one]],
  [
    "a profile of a request",
    "{request: {}, profile: build}",
    refused,
    ["has a profile, which only a command can have"],
  ],
  ["a repeated output", "{output: {}, repeat: 2}", allow, ["has a repeat, which only a command can have"]],
  [
    "an allow with a phase",
    "{command: ls}",
    "{decision: allow, phase: parse}",
    ["is allowed, so nothing stops it in a phase"],
  ],
  ["a deny without a phase", "{command: ls}", "{decision: deny}", ["is denied and does not say in which phase"]],
  [
    "a deny by policy without violations",
    "{command: ls}",
    "{decision: deny, phase: policy}",
    ["is denied by policy and does not name the violations"],
  ],
  [
    "violations of the parser",
    "{command: a|b}",
    "{decision: deny, phase: parse, violations: [command/not_allowed]}",
    ["has violations without the phase policy"],
  ],
  [
    "a request to parse",
    "{request: {}}",
    "{decision: deny, phase: parse}",
    ["has the phase parse and no command to parse"],
  ],
  [
    "an offset in an argv",
    "{argv: [ls]}",
    "{decision: deny, phase: parse, offset: 1}",
    ["has an offset in words that are not parsed"],
  ],
  [
    "an offset of the policy",
    "{command: ls}",
    "{decision: deny, phase: policy, violations: [command/not_allowed], offset: 1}",
    ["has an offset without the phase parse"],
  ],
  ["a stdout of a request", "{request: {}}", '{decision: allow, stdout: ""}', ["has a stdout and runs nothing"]],
  [
    "a stdout of a deny",
    "{command: a|b}",
    '{decision: deny, phase: parse, stdout: ""}',
    ["has a stdout and runs nothing"],
  ],
  [
    "a treatment of a command",
    "{command: ls}",
    "{decision: allow, treatment: pass}",
    ["has a treatment and no output"],
  ],
])("refuses %s", (_, input, expected, faults) => {
  expect(faultsOf(input, expected)).toEqual(faults);
});

it.each(["request", "output", "access"])("refuses a case of %s where the suite has no base", (entry) => {
  const faults = faultsOf(`{${entry}: {}}`, entry === "request" ? refused : allow, "", ["notes: {}"]);
  expect(faults).toEqual(["patches a base that its suite does not have"]);
});

// @requirement HAR-04
it.each(["withdrawn", "xfail", "skip"])("refuses to leave out the reason of %s", (key) => {
  expect(faultsOf("{command: ls}", allow, `${key}: " ", `)).toEqual([`is ${key} without a reason`]);
});

// @requirement HAR-04
it("says of each reason whether it is there, and at which key", () => {
  const item: Case = {
    id: "words-001",
    title: "says something",
    input: { command: "ls" },
    expect: { decision: "allow" },
  };
  const faults = (over: Partial<Case>) => caseFaults({ ...item, ...over }, {});
  expect(faults({})).toEqual([]);
  expect(faults({ skip: "needs a terminal" })).toEqual([]);
  expect(faults({ skip: "\t" })).toEqual([{ path: ["skip"], message: "is skip without a reason" }]);
  expect(faults({ withdrawn: "gone", xfail: "", skip: "later" })).toEqual([
    { path: ["xfail"], message: "is xfail without a reason" },
    { path: ["xfail"], message: "is withdrawn and xfail and skip at once" },
  ]);
});

it("refuses a case that is withdrawn and skipped at once", () => {
  const faults = faultsOf("{command: ls}", allow, "withdrawn: one reason, skip: another reason, ");
  expect(faults).toEqual(["is withdrawn and skip at once"]);
});
