import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../host/index.js";
import { parseCapabilities } from "./capabilities.js";
import { chunkData } from "./data-chunks.js";
import { openToolchain, type Toolchain } from "./toolchain/index.js";
import { WasmPolicy } from "./wasm-policy.js";

/**
 * Each builtin that policies may use, in an expression over `input`, within the domain that `capabilities.json` states.
 * Sets are sorted, because the compiled module writes them in no order.
 */
const calls: Readonly<Record<string, readonly string[]>> = {
  abs: ["abs(input.n)"],
  and: ["sort({v | some v in input.c} & {v | some v in input.d})"],
  "array.concat": ["array.concat(input.c, input.d)"],
  "array.reverse": ["array.reverse(input.c)"],
  "array.slice": ["array.slice(input.c, input.i, input.j)"],
  "base64.encode": ["base64.encode(input.t)"],
  assign: ["x if x := input.x"],
  concat: ["concat(input.s, input.strs)", "concat(input.t, input.strs)"],
  contains: ["contains(input.s, input.t)"],
  count: ["count(input.c)", "count(input.s)"],
  endswith: ["endswith(input.s, input.t)"],
  eq: ["x if { x = input.x; x = input.y }"],
  equal: ["input.x == input.y"],
  format_int: ["format_int(input.int32, 10)", "format_int(input.int32, 16)"],
  "graph.reachable": ["sort(graph.reachable({s: input.strs | some s in input.strs}, [input.t]))"],
  gt: ["input.x > input.y"],
  gte: ["input.x >= input.y"],
  indexof: ["indexof(input.s, input.needle)"],
  "internal.member_2": ["true if input.x in input.c", "true if input.t in input.strs"],
  "internal.member_3": ["true if input.k, input.x in input.c"],
  "internal.template_string": ['$"{input.t}:{input.w}"'],
  intersection: ["sort(intersection({{v | some v in input.c}, {v | some v in input.d}}))"],
  is_array: ["is_array(input.x)"],
  is_boolean: ["is_boolean(input.x)"],
  is_null: ["is_null(input.x)"],
  is_number: ["is_number(input.x)"],
  is_object: ["is_object(input.x)"],
  is_set: ["is_set(input.x)"],
  is_string: ["is_string(input.x)"],
  "json.marshal": ["json.marshal(input.plain)"],
  lower: ["lower(input.ascii)"],
  lt: ["input.x < input.y"],
  lte: ["input.x <= input.y"],
  max: ["max(input.c)"],
  min: ["min(input.c)"],
  minus: ["input.n - input.m", "sort({v | some v in input.c} - {v | some v in input.d})"],
  mul: ["input.n * input.m"],
  neq: ["input.x != input.y"],
  "numbers.range": ["numbers.range(input.i, input.j)"],
  "object.filter": ["object.filter(input.o, input.strs)"],
  "object.get": ["object.get(input.o, input.t, input.x)", "object.get(input.o, input.strs, input.x)"],
  "object.keys": ["sort(object.keys(input.o))"],
  "object.remove": ["object.remove(input.o, input.strs)"],
  "object.union": ["object.union(input.o, input.p)"],
  "object.union_n": ["object.union_n([input.o, input.p])"],
  or: ["sort({v | some v in input.c} | {v | some v in input.d})"],
  plus: ["input.n + input.m"],
  "regex.is_valid": ["regex.is_valid(input.pattern)"],
  "regex.match": ["regex.match(input.pattern, input.s)"],
  "rego.metadata.rule": ["rego.metadata.rule().title"],
  rem: ["input.n % input.m"],
  replace: ['replace(input.s, "a", input.t)', 'replace(input.s, "🦀", "")'],
  sort: ["sort(input.c)"],
  split: ["split(input.s, input.t)"],
  startswith: ["startswith(input.s, input.t)"],
  substring: ["substring(input.s, input.w, input.j)"],
  sum: ["sum(input.whole)"],
  to_number: ["to_number(input.digits)", "format_int(to_number(input.digits), 10) == input.digits"],
  trim: ["trim(input.s, input.t)"],
  trim_left: ["trim_left(input.s, input.t)"],
  trim_prefix: ["trim_prefix(input.s, input.t)"],
  trim_right: ["trim_right(input.s, input.t)"],
  trim_space: ["trim_space(input.s)"],
  trim_suffix: ["trim_suffix(input.s, input.t)"],
  type_name: ["type_name(input.x)"],
  union: ["sort(union({{v | some v in input.c}, {v | some v in input.d}}))"],
  upper: ["upper(input.ascii)"],
};

const small = fc.integer({ min: -3, max: 8 });
const whole = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  fc.constantFrom(0, 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1)),
);
const text = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "ab",
    " a ",
    "\t\n",
    "ä",
    "ß",
    "İ",
    "🦀",
    "a🦀b",
    "\u0000",
    "a/b/c",
    "\u00a0x\u2003",
    "1",
    "-1",
  ),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const any = fc.oneof(
  whole,
  fc.constantFrom(0.5, -1.5, 1e21),
  text,
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
);
const patterns = [
  ...["^a", "a|b", "[a-z]+", "(", "\\d+", "^\\s*$", "\\p{L}", "(?i)ab", "a{2,3}", ".", "\\bab\\b", "[^a]", "(?s)."],
  ...["a**", "[[:alpha:]]", "\\pN", "\\Qa.b\\E", "(?=a)", "^$", "(?P<n>a)", "\\x{61}", "^[\\w./-]{1,20}$"],
];
const inputs = fc.record({
  ...{ x: any, y: any, k: fc.oneof(fc.nat(3), text), n: fc.oneof(whole, any), m: fc.oneof(whole, any) },
  ...{ i: small, j: small, w: fc.nat(8), s: fc.oneof(text, any), t: text, needle: text.filter((one) => one !== "") },
  ...{
    strs: fc.array(text, { maxLength: 5 }),
    whole: fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), { maxLength: 5 }),
  },
  c: fc.oneof(fc.array(any, { maxLength: 6 }), any),
  d: fc.array(any, { maxLength: 6 }),
  o: fc.dictionary(text, any, { maxKeys: 5 }),
  p: fc.dictionary(text, any, { maxKeys: 5 }),
  ascii: fc.string({ maxLength: 8 }),
  plain: fc.string({ maxLength: 8 }).filter((one) => !/[<>&]/.test(one)),
  int32: fc.integer(),
  digits: fc.oneof(fc.nat().map(String), fc.constantFrom("", "x", "0", "1 ", " 1")),
  pattern: fc.oneof(
    fc.constantFrom(...patterns),
    fc.string({ maxLength: 6 }).filter((one) => !one.includes("\\")),
  ),
});

/** A module whose `out` holds the value of every call that has one. */
const module = `package main

# METADATA
# entrypoint: true
request := out
${Object.entries(calls)
  .flatMap(([name, list]) => list.map((call, index) => ({ key: JSON.stringify(`${name} ${index}`), call })))
  .map(({ key, call }) => {
    const [value, condition] = call.split(" if ");
    return condition === undefined
      ? `\n# METADATA\n# title: a title\nout[${key}] := v if v := ${value}\n`
      : `\nout[${key}] := ${value} if ${condition.replace(/^\{ (.*) \}$/, "{\n\t$1\n}").replace("; ", "\n\t")}\n`;
  })
  .join("")}`;

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

let toolchain: Toolchain;
beforeAll(() => {
  toolchain = openToolchain({ deadlineMs: 120_000 });
});
afterAll(() => toolchain[Symbol.asyncDispose]());

async function compiled(source: string): Promise<WasmPolicy> {
  const result = await toolchain.compile({ files: [{ path: "a.rego", text: source }] });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  expect(result.value.builtins).toEqual([]);
  const wasm = new Uint8Array(result.value.wasm);
  const policy = new WasmPolicy(new WebAssembly.Module(wasm), wasm.length, 0);
  await policy.load(chunkData(new TextEncoder().encode("{}")));
  return policy;
}

describe("the builtins that policies may use", () => {
  it("are those that are compared here", () => {
    const file = join(packageRoot(), "policies", "capabilities.json");
    expect(parseCapabilities(readFileSync(file, "utf8"), file)).toEqual({ ok: true, value: Object.keys(calls).sort() });
  });

  it("are in the module, and answer there what the interpreter answers", async () => {
    const policy = await compiled(module);
    const loaded = await toolchain.load({ files: [{ path: "a.rego", text: module }] });
    if (!loaded.ok) throw new Error(loaded.error.message);
    const sample = fc
      .sample(inputs, { seed: 11, numRuns: 1000 })
      .map((value): unknown => JSON.parse(JSON.stringify(value)));
    const answers = await loaded.value.evaluate({ path: "main/request", inputs: sample });
    if (!answers.ok) throw new Error(answers.error.message);
    const id = policy.entrypoints.get("main/request") ?? -1;
    const seen = new Set<string>();
    for (const [index, input] of sample.entries()) {
      const [mine]: readonly { result: Record<string, unknown> }[] = JSON.parse(
        policy.evaluate(id, JSON.stringify(input)),
      );
      // As JSON, where the two zeros are one number.
      expect(asJson(mine?.result)).toEqual(asJson(answers.value[index]?.result));
      for (const key of Object.keys(mine?.result ?? {})) seen.add(key);
    }
    // Every call gave a value at least once: comparing nothing with nothing proves nothing.
    expect([...seen].sort()).toEqual(
      Object.entries(calls)
        .flatMap(([name, list]) => list.map((_, n) => `${name} ${n}`))
        .sort(),
    );
  });
});
