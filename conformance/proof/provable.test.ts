import { expect, it } from "vitest";
import type { CitedPlace } from "../evidence/index.js";
import type { SpecCase, SpecSuite } from "../spec/index.js";
import { provablesOf } from "./provable.js";
import { placeExample, provableExample, source, testTrial } from "./testdata/proof-example.js";

const { requirement } = provableExample();
const item: SpecCase = {
  id: "open-hours-001",
  suite: "open-hours",
  title: "refuses six",
  requirements: ["EXE-15"],
  file: "specs/attacks/open-hours.yaml",
  row: 5,
  end_row: 6,
  input: { request: { n: 6 } },
  expect: { decision: "deny", phase: "policy", violations: ["open/shut"] },
};
const casePlace: CitedPlace = {
  kind: "case",
  name: item.id,
  file: item.file,
  row: 5,
  end_row: 6,
  requirements: ["EXE-15"],
};
const { sha256: _, ...code } = placeExample();
const testPlace: CitedPlace = { ...code, kind: "test", name: testTrial.name, title: testTrial.title };

function of(
  places: readonly CitedPlace[],
  over: Partial<SpecCase> = {},
  base: Record<string, unknown> = { now_ms: 1 },
) {
  const suite: SpecSuite = {
    schema: "lockkeeper/suite/v1",
    title: "Opening hours",
    suite: "open-hours",
    requirements: ["EXE-15"],
    source: { name: "design card", version: "1", url: "https://a.example" },
    notes: {},
    base,
    file: item.file,
    cases: [{ ...item, ...over }],
  };
  const textOf = (file: string) => (file === "src/open.ts" ? source : file === item.file ? "a\n".repeat(9) : undefined);
  const [provable] = provablesOf({ requirements: [requirement], places, suites: [suite], textOf });
  if (provable === undefined) throw new Error("nothing is provable");
  return provable;
}

it("gathers places and trials with the hashes of what they are", () => {
  const provable = of([code, testPlace, casePlace]);
  expect(provable.places).toEqual([placeExample()]);
  expect(provable.trials.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    `test ${testTrial.name}`,
    "case open-hours-001",
  ]);
  expect(provable.trials[0]?.sha256).toBe(placeExample().sha256);
});

it("leaves out what is elsewhere, gone, unresolved, or of another requirement", () => {
  for (const over of [{ file: "src/gone.ts" }, { unresolved: "row 3 is a comment" }, { requirements: ["EXE-16"] }]) {
    expect(
      of([
        { ...code, ...over },
        { ...testPlace, ...over },
      ]),
    ).toMatchObject({ places: [], trials: [] });
  }
  expect(of([{ ...casePlace, name: "open-hours-009" }]).trials).toEqual([]);
  expect(of([{ ...code, kind: "attack" }])).toMatchObject({ places: [], trials: [] });
});

it("takes a case for another when it asks or expects something else, and not when its words or place change", () => {
  const hashOf = (over: Partial<SpecCase> = {}, base?: Record<string, unknown>) =>
    of([casePlace], over, base).trials[0]?.sha256;
  const sha256 = hashOf();
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(hashOf({ title: "refuses six o'clock", row: 50 })).toBe(sha256);
  expect(hashOf({ input: { request: { n: 5 } } })).not.toBe(sha256);
  expect(hashOf({ expect: { ...item.expect, violations: ["open/late"] } })).not.toBe(sha256);
  expect(hashOf({ skip: "for now" })).not.toBe(sha256);
  expect(hashOf({ xfail: "for now" })).not.toBe(sha256);
  expect(hashOf({}, { now_ms: 2 })).not.toBe(sha256);
});
