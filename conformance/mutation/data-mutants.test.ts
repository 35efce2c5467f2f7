import { describe, expect, it } from "vitest";
import { type MutatedRule, parsePolicyTree } from "../../src/index.js";
import { changedData } from "./changed-data.js";
import { dataMutants } from "./data-mutants.js";
import type { RegoTrial } from "./rego-trials.js";
import { stagePlanner } from "./stages.js";

const schema = {
  type: "object",
  required: ["limits"],
  properties: { limits: { type: "object", properties: { low: { type: "integer", maximum: 8 } }, required: ["low"] } },
};

const testText = `package area_test

test_other if true

test_low if data.area.limits.low == 7

test_kinds if data.area.kinds == {"high": {}}
`;

function treeOf() {
  const file = (path: string, text: string) => ({ path: `policies/${path}`, bytes: new TextEncoder().encode(text) });
  const tree = parsePolicyTree({
    name: "policies",
    sha256: "0".repeat(64),
    files: [
      file("area/area_test.rego", testText),
      file("area/data.schema.json", JSON.stringify(schema)),
      file("area/area.yaml", "limits: {low: 7}\nkinds: {high: {}}\n"),
    ],
  });
  if (!tree.ok) throw new Error(JSON.stringify(tree.error));
  return tree.value;
}

const rule = (name: string, row: number, reads: readonly string[]): MutatedRule => ({
  file: "policies/area/area.rego",
  rule: row,
  name,
  package: "area",
  row,
  end_row: row,
  requirements: [],
  text: name,
  reads: [...reads],
});

const trial = (id: string, row: number, rows: readonly number[]): RegoTrial => ({
  id,
  kind: "test",
  file: "policies/area/area_test.rego",
  row,
  end_row: row,
  requirements: [],
  trial: { path: id },
  covered: { "policies/area/area.rego": rows.map((one): [number, number] => [one, one]) },
  weight: rows.length,
  sha256: id,
});

function mutantsOf(wanted = "area.yaml") {
  const rules = [
    rule("low", 1, ["data.area.limits.low"]),
    rule("any", 2, ["data.area.kinds[input.kind].alert"]),
    rule("unrelated", 3, ["data.area.limitsx"]),
  ];
  const trials = [trial("other", 3, [1, 2, 3]), trial("low", 5, [1]), trial("kinds", 7, [2]), trial("none", 3, [3])];
  const planned = dataMutants(treeOf(), rules, trials, stagePlanner(trials), ({ file }) => file.endsWith(wanted));
  const named = (places: readonly number[]) => places.map((place) => trials[place]?.id);
  return planned.map(({ text, operator, value, refused, plan }) => ({
    what: `${text} ${operator} ${JSON.stringify(value) ?? ""}`.trim(),
    refused,
    asked: named(plan.stages.flat()),
  }));
}

describe("dataMutants", () => {
  it("tells of what the schema refuses that such data is never read, and of nothing else", () => {
    const refused = mutantsOf().flatMap(({ what, refused }) => (refused === undefined ? [] : [what]));
    expect(refused).toEqual([
      "area.limits entry dropped",
      "area.limits.low entry dropped",
      "area.limits.low limit moved 14",
    ]);
    const taken = mutantsOf().flatMap(({ what, refused }) => (refused === undefined ? [what] : []));
    expect(taken).toEqual([
      "area.limits.low limit moved 8",
      "area.kinds entry dropped",
      "area.kinds.high entry dropped",
    ]);
  });

  it("makes none of files that are not wanted", () => {
    expect(mutantsOf("other.yaml")).toEqual([]);
    expect(mutantsOf()).not.toEqual([]);
  });

  it("asks the trials that run what reads the value, those that speak of it first", () => {
    const asked = new Map(mutantsOf().map(({ what, asked }) => [what, asked]));
    expect(asked.get("area.limits.low limit moved 8")).toEqual(["low", "other"]);
    expect(asked.get("area.kinds.high entry dropped")).toEqual(["kinds", "other"]);
  });
});

describe("changedData", () => {
  const data = { a: { list: [1, 2, 3], kept: { deep: true } }, b: 1 };

  it("sets and removes members of objects and lists, and leaves the data itself alone", () => {
    expect(changedData(data, { path: ["a", "list", 1] })).toEqual({ a: { list: [1, 3], kept: { deep: true } }, b: 1 });
    expect(changedData(data, { path: ["a", "list", 1], value: 9 }).a).toEqual({
      list: [1, 9, 3],
      kept: { deep: true },
    });
    expect(changedData(data, { path: ["a", "kept"] })).toEqual({ a: { list: [1, 2, 3] }, b: 1 });
    expect(data).toEqual({ a: { list: [1, 2, 3], kept: { deep: true } }, b: 1 });
  });

  it("changes nothing where the path leads nowhere", () => {
    for (const path of [["c"], ["a", "c", "d"], ["a", "list", 9], ["b", "c"]]) {
      expect(changedData(data, { path, value: 0 })).toEqual(data);
    }
  });
});
