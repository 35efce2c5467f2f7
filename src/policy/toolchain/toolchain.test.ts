import { afterAll, describe, expect, it } from "vitest";
import { formatProblem } from "../../model/index.js";
import { openToolchain, type SourceFile } from "./index.js";

const gate: SourceFile = {
  path: "gate.rego",
  text: `package gate

import data.lib.text

# METADATA
# title: Not granted
# description: A command needs a grant
# custom: {id: gate/not_granted, severity: high, requirements: [EXE-15]}
violations contains rego.metadata.rule().custom.id if {
	not granted
}

granted if {
	some name in data.names
	text.same(input.name, name)
}

# METADATA
# entrypoint: true
default allow := false

allow if count(violations) == 0
`,
};
const text: SourceFile = {
  path: "lib/text.rego",
  text: "package lib.text\n\nsame(a, b) if lower(a) == lower(b)\n\nmonday if time.weekday(input.now_ms * 1000000) == `Monday`\n",
};
const gateTest: SourceFile = {
  path: "gate_test.rego",
  text: `package gate_test

import data.gate

test_allow_named if gate.allow with input as {"name": "ANN"} with data.names as ["ann"]

test_deny_other if {
	print("checking", 1)
	gate.violations == {"nobody"} with input as {"name": "bob"} with data.names as ["ann"]
}
`,
};
const other: SourceFile = { path: "other.rego", text: "package other\n\nx := 1\n" };
const files = [gate, text, gateTest, other];
const broken: SourceFile = {
  path: "broken.rego",
  text: 'package broken\n\nallow if {\n\tinput.x == "ü"; input.y == nope\n}\n',
};

const toolchain = openToolchain();
afterAll(() => toolchain[Symbol.asyncDispose]());

/** Unwraps a success, or fails the test with the error. */
function value<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  expect(result).toMatchObject({ ok: true });
  if (!result.ok) throw new Error("unreachable");
  return result.value;
}

describe("check", () => {
  it("finds nothing in policies that are right", async () => {
    expect(value(await toolchain.check({ files }))).toEqual([]);
  });

  it("reports place, source line and a caret under the right character", async () => {
    const [problem] = value(await toolchain.check({ files: [broken] }));
    expect(problem).toMatchObject({ rego_code: "rego_unsafe_var_error", place: { file: "broken.rego", row: 4 } });
    expect(problem === undefined ? "" : formatProblem(problem)).toBe(
      [
        "broken.rego:4:18: var nope is unsafe [policy/invalid]",
        '   input.x == "ü"; input.y == nope',
        "                   ^",
      ].join("\n"),
    );
  });

  it("types the input by the schema that METADATA names", async () => {
    const typed = {
      path: "t.rego",
      text: "# METADATA\n# schemas:\n# - input: schema.input\npackage t\n\nx if input.nme\n",
    };
    const schema = { type: "object", additionalProperties: false, properties: { name: { type: "string" } } };
    const [problem] = value(await toolchain.check({ files: [typed], schemas: { "schema.input": schema } }));
    expect(problem?.message).toBe("undefined ref: input.nme");
    expect(problem?.hint).toContain('want (one of): ["name"]');
  });

  it("refuses a builtin that is not allowed", async () => {
    const clock = { path: "c.rego", text: "package c\n\nx := time.now_ns()\n" };
    const [problem] = value(await toolchain.check({ files: [clock], builtins: ["eq", "assign"] }));
    expect(problem).toMatchObject({
      message: "undefined function time.now_ns",
      hint: "time.now_ns is a builtin that the capabilities do not allow",
    });
  });
});

describe("compile", () => {
  it("answers a module, its entrypoints, its rules and the builtins it needs", async () => {
    const compiled = value(
      await toolchain.compile({ files: [gate, text], entrypoints: ["lib/text"], prune_unused: true }),
    );
    expect([...compiled.wasm.subarray(0, 4)]).toEqual([0, 97, 115, 109]);
    expect(compiled.entrypoints).toEqual(["lib/text", "gate/allow"]);
    expect(compiled.builtins).toEqual(["time.weekday"]);
    expect(compiled.rules).toEqual([
      {
        id: "gate/not_granted",
        requirements: ["EXE-15"],
        severity: "high",
        title: "Not granted",
        description: "A command needs a grant",
        package: "gate",
        rule: "violations",
        file: "gate.rego",
        row: 9,
        end_row: 11,
      },
    ]);
  });

  it("answers what is wrong when it cannot", async () => {
    expect(await toolchain.compile({ files: [broken], entrypoints: ["broken/allow"] })).toMatchObject({
      ok: false,
      error: { code: "policy/invalid", diagnostics: [{ place: { file: "broken.rego", row: 4 } }] },
    });
  });
});

describe("test", () => {
  it("tells per test how it went, where it failed, what it printed and which lines it reached", async () => {
    const run = value(await toolchain.test({ files, coverage: true }));
    expect(run.tests).toMatchObject([
      { name: "test_allow_named", status: "pass", fail: null, covered: { "lib/text.rego": [[3, 3]] } },
      { name: "test_deny_other", status: "fail", fail: { file: "gate_test.rego", row: 9 }, output: "checking 1" },
    ]);
    expect(run.coverage?.files["lib/text.rego"]).toEqual({ covered: [[3, 3]], not_covered: [[5, 5]] });
    expect(run.coverage?.percent).toBeLessThan(100);
  });

  it("runs only what is asked for, and loads only that", async () => {
    const named = value(await toolchain.test({ files, run: "allow", packages: ["gate"] }));
    expect(named.tests.map((test) => test.name)).toEqual(["test_allow_named"]);
    const unrelated = { path: "bad.rego", text: "package bad\n\nx := nope\n" };
    expect(value(await toolchain.test({ files: [...files, unrelated], packages: ["gate"] })).tests).toHaveLength(2);
  });
});

describe("the others", () => {
  it("formats", async () => {
    expect(value(await toolchain.format([{ path: "a.rego", text: "package a\nx:=1" }]))).toEqual([
      { path: "a.rego", text: "package a\n\nx := 1\n", changed: true },
    ]);
  });

  it("lists METADATA with the rows of what it speaks of", async () => {
    const [rule, entry] = value(await toolchain.annotations({ files }));
    expect(rule).toMatchObject({
      scope: "rule",
      rule: "violations",
      row: 5,
      end_row: 8,
      targets: [{ row: 9, end_row: 11 }],
    });
    expect(entry).toMatchObject({
      scope: "document",
      entrypoint: true,
      targets: [
        { row: 20, end_row: 20 },
        { row: 22, end_row: 22 },
      ],
    });
  });

  it("gives the syntax tree with places", async () => {
    const module = value(await toolchain.ast(other));
    expect(module).toMatchObject({ package: { location: { file: "other.rego", row: 1, col: 1 } } });
  });

  it("tells what a package needs and who needs it", async () => {
    expect(value(await toolchain.closure({ files, packages: ["lib.text"] }))).toEqual({
      files: ["lib/text.rego"],
      packages: ["lib.text"],
      dependents: ["gate", "gate_test"],
    });
  });

  it("evaluates many inputs, with lines, fired rules and steps", async () => {
    const policy = value(await toolchain.load({ files: [gate, text], data: { names: ["ann"] } }));
    const inputs = [{ name: "Ann" }, { name: "bob" }];
    const [allowed, denied] = value(await policy.evaluate({ path: "gate/allow", inputs, coverage: true, trace: true }));
    expect(allowed).toMatchObject({ defined: true, result: true });
    expect(denied).toMatchObject({ defined: true, result: false });
    expect(denied?.fired?.map((rule) => rule.id)).toContain("gate/not_granted");
    expect(denied?.trace?.find((event) => event.op === "fail")?.locals).toEqual({ a: '"bob"', b: '"ann"' });
    expect(value(await policy.evaluate({ path: "gate/nothing", inputs: [{}] }))).toEqual([
      { defined: false, result: null },
    ]);
    await policy.close();
    expect(await policy.evaluate({ path: "gate/allow", inputs })).toMatchObject({ ok: false });
  });

  it("answers the same, byte for byte, however often it is asked", async () => {
    const policy = value(await toolchain.load({ files: [gate, text], data: { names: ["ann"] } }));
    const ask = async () =>
      JSON.stringify(await policy.evaluate({ path: "gate", inputs: [{ name: "x" }], trace: true }));
    expect(await ask()).toBe(await ask());
  });
});
