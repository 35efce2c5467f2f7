import { describe, expect, it } from "vitest";
import type { RequirementProof } from "../../src/index.js";
import type { Mutant } from "../mutation/index.js";
import type { Provable } from "./provable.js";
import { recordProof } from "./record.js";
import { placesStanding, standingProofs } from "./standing.js";
import {
  caseTrial,
  mutantExample,
  mutationExample,
  placeExample,
  provableExample,
  testTrial,
} from "./testdata/proof-example.js";

const recordOf = (provable: Provable, ...mutants: Partial<Mutant>[]): RequirementProof =>
  recordProof(provable, undefined, [mutationExample(mutants.map((one) => mutantExample(one)))]);
const killed = recordOf(provableExample(), {}, { killedBy: ["open-hours-001"] });
const stateOf = (provable: Provable, ...recorded: RequirementProof[]) =>
  standingProofs([provable], recorded).map(({ state }) => state)[0];
const changed = "f".repeat(64);

// @requirement HAR-03
describe("a recorded proof", () => {
  it("stands while the cited lines and the trials that noticed are as they were", () => {
    expect(stateOf(provableExample(), killed)).toBe("killed");
  });

  it("stands when lines move, and when trials come or go that noticed nothing", () => {
    const moved = provableExample({ places: [placeExample({ row: 30, end_row: 32 })] });
    expect(stateOf(moved, killed)).toBe("killed");
    const more = provableExample({
      trials: [testTrial, caseTrial, { ...testTrial, name: "another", sha256: changed }],
    });
    expect(stateOf(more, killed)).toBe("killed");
    expect(stateOf(provableExample({ trials: [testTrial] }), recordOf(provableExample(), {}))).toBe("killed");
  });

  it.each<[string, Partial<Provable>]>([
    ["the cited lines changed", { places: [placeExample({ sha256: changed })] }],
    ["a test that noticed changed", { trials: [{ ...testTrial, sha256: changed }, caseTrial] }],
    ["a case that noticed changed", { trials: [testTrial, { ...caseTrial, sha256: changed }] }],
    ["a test that noticed no longer cites it", { trials: [caseTrial] }],
    ["a case of that name became a test", { trials: [testTrial, { ...caseTrial, kind: "test" }] }],
    ["a test that noticed moved to another file", { trials: [{ ...testTrial, file: "src/b.test.ts" }, caseTrial] }],
  ])("is stale when %s", (_, over) => {
    expect(stateOf(provableExample(over), killed)).toBe("stale");
  });

  it("is missing for a place that it does not speak of", () => {
    expect(stateOf(provableExample())).toBe("missing");
    for (const over of [{ name: "isShut" }, { file: "src/shut.ts" }, { kind: "rule" as const }]) {
      const places = [placeExample(), placeExample(over)];
      expect(stateOf(provableExample({ places }), killed)).toBe("missing");
    }
    const other = { ...killed, id: "EXE-16" };
    expect(stateOf(provableExample(), other)).toBe("missing");
  });

  it("is missing where every mutant is the same by structure: nothing was noticed", () => {
    const rule = provableExample({ places: [placeExample({ kind: "rule" })] });
    expect(stateOf(rule, recordOf(rule, { status: "Ignored" }))).toBe("missing");
    expect(stateOf(rule, recordOf(rule, { status: "Ignored" }, {}))).toBe("killed");
  });

  it("survived when one mutant did, and is no better than its worst place", () => {
    const survived = recordOf(provableExample(), {}, { status: "Survived" });
    expect(stateOf(provableExample(), survived)).toBe("survived");
    const both = provableExample({ places: [placeExample(), placeExample({ name: "isShut" })] });
    expect(stateOf(both, survived)).toBe("survived");
    const stale = provableExample({ places: [placeExample({ sha256: changed }), placeExample({ name: "isShut" })] });
    expect(stateOf(stale, killed)).toBe("stale");
  });

  it("is asked for only where mutation is the method and something is cited", () => {
    const measured = provableExample();
    expect(
      standingProofs([{ ...measured, requirement: { ...measured.requirement, method: "measurement" } }], []),
    ).toEqual([]);
    expect(standingProofs([provableExample({ places: [] })], [killed])).toEqual([]);
  });

  it("is told with every place, its rows as they are now, and who noticed", () => {
    const survivor = { status: "Survived" as const, replacement: "n < 7" };
    const proof = recordOf(provableExample(), {}, survivor);
    const places = [
      placeExample({ row: 30, end_row: 32 }),
      placeExample({ name: "isShut", file: "src/a.ts" }),
      placeExample({ kind: "rule", name: "z", file: "z.rego" }),
    ];
    const [standing] = standingProofs([provableExample({ places })], [proof]);
    expect(standing).toEqual({
      requirement: "EXE-15",
      state: "survived",
      result: {
        state: "survived",
        killed: 1,
        survived: 1,
        equivalent: 0,
        places: [
          { ...nothing, kind: "rule", name: "z", file: "z.rego", row: 3, end_row: 5 },
          { ...nothing, kind: "code", name: "isShut", file: "src/a.ts", row: 3, end_row: 5 },
          {
            kind: "code",
            name: "isOpen",
            file: "src/open.ts",
            row: 30,
            end_row: 32,
            state: "survived",
            killed: 1,
            survived: 1,
            covered: 1,
            equivalent: 0,
            killers: [{ trial: testTrial.name, mutants: 1 }],
            mutants: [
              {
                row: 31,
                mutator: "EqualityOperator",
                replacement: "n < 7",
                why: "no trial noticed it",
                diff: "-   return n > 7;\n+   return n < 7;",
              },
              { row: 31, mutator: "EqualityOperator", replacement: "n >= 7", killed_by: testTrial.name },
            ],
          },
        ],
      },
    });
  });
});

const nothing = { state: "missing", killed: 0, survived: 0, covered: 0, equivalent: 0, killers: [], mutants: [] };

describe("recording", () => {
  it("keeps what stands and was not tried again, with its trials where they are now", () => {
    const first = { ...testTrial, file: "a.test.ts" };
    const places = [placeExample(), placeExample({ name: "isShut", file: "src/shut.ts" })];
    const provable = provableExample({ places, trials: [first, testTrial, caseTrial] });
    const again = recordProof(provable, killed, [
      {
        ...mutationExample([]),
        files: { "src/shut.ts": { ...fileOf("src/open.ts"), mutants: [mutantExample({ killedBy: ["9"] })] } },
        testFiles: { "a.test.ts": { tests: [{ id: "9", name: testTrial.name }] } },
      },
    ]);
    expect(again.trials.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
      "case specs/attacks/open-hours.yaml",
      "test a.test.ts",
      "test src/open.test.ts",
    ]);
    expect(again.places.map(({ file, killers }) => ({ file, killers }))).toEqual([
      {
        file: "src/open.ts",
        killers: [
          { trial: 0, mutants: 1 },
          { trial: 2, mutants: 1 },
        ],
      },
      { file: "src/shut.ts", killers: [{ trial: 1, mutants: 1 }] },
    ]);
    expect(placesStanding(provable, again).map(({ state }) => state)).toEqual(["killed", "killed"]);
  });

  it("leaves out what neither stands nor was tried", () => {
    const stale = provableExample({ places: [placeExample({ sha256: changed })] });
    expect(recordProof(stale, killed, [])).toMatchObject({ places: [], trials: [] });
    const tests = provableExample({ trials: [{ ...testTrial, sha256: changed }, caseTrial] });
    expect(recordProof(tests, killed, []).places).toEqual([]);
    expect(recordProof(provableExample(), undefined, []).places).toEqual([]);
    expect(recordProof(provableExample(), killed, [])).toEqual(killed);
  });

  it("replaces what was tried again, and leaves measurements alone", () => {
    const measurements = [{ name: "b", file: "bench/b.ts", sha256: changed, figures: [] }];
    const again = recordProof(provableExample(), { ...killed, measurements }, [
      mutationExample([mutantExample({ status: "Survived" })]),
    ]);
    expect(again).toMatchObject({ places: [{ killed: 0, survived: 1 }], trials: [], measurements });
  });
});

function fileOf(name: string) {
  const file = mutationExample([]).files[name];
  if (file === undefined) throw new Error(`${name} is not there`);
  return file;
}
