import { describe, expect, it } from "vitest";
import { maxListedMutants } from "../../src/index.js";
import type { Mutant } from "../mutation/index.js";
import { provePlace } from "./prove-place.js";
import {
  caseTrial,
  mutantExample,
  mutationExample,
  placeExample,
  source,
  testTrial,
} from "./testdata/proof-example.js";

const trials = [testTrial, caseTrial];
const prove = (...mutants: Partial<Mutant>[]) =>
  provePlace(placeExample(), trials, mutationExample(mutants.map((one) => mutantExample(one))));

// @requirement HAR-03
describe("a mutant of a cited line", () => {
  it("is killed when a test that cites the requirement noticed it", () => {
    expect(prove({})).toEqual({
      kind: "code",
      name: "isOpen",
      file: "src/open.ts",
      sha256: placeExample().sha256,
      killed: 1,
      survived: 0,
      covered: 0,
      equivalent: 0,
      killers: new Map([[testTrial, 1]]),
      mutants: [{ row: 2, mutator: "EqualityOperator", replacement: "n >= 7", killer: testTrial }],
    });
  });

  it("is killed when a case noticed it, which has its own id", () => {
    expect(prove({ killedBy: ["open-hours-001"] })?.killers).toEqual(new Map([[caseTrial, 1]]));
  });

  it("survives when only others noticed: a test of another requirement, or of the same name in another file", () => {
    const why = "only trials that do not cite the requirement noticed it";
    expect(prove({ killedBy: ["1"] })).toMatchObject({ killed: 0, survived: 1, covered: 1, mutants: [{ why }] });
    expect(prove({ killedBy: ["2"], coveredBy: ["2"] })).toMatchObject({ survived: 1, covered: 0, mutants: [{ why }] });
    expect(prove({ killedBy: ["1", "0"] })).toMatchObject({ killed: 1, survived: 0 });
  });

  it("takes for a killer who ran the line, where a tool does not tell killers", () => {
    const { killedBy: _, ...untold } = mutantExample();
    const proven = provePlace(placeExample(), trials, mutationExample([untold]));
    expect(proven).toMatchObject({ killed: 1, survived: 0 });
    const { coveredBy: __, ...nobody } = untold;
    expect(provePlace(placeExample(), trials, mutationExample([nobody]))).toMatchObject({ killed: 0, survived: 1 });
  });

  it.each<[string, Partial<Mutant>, object]>([
    ["that nobody noticed", { status: "Survived", killedBy: [] }, { why: "no trial noticed it", covered: 1 }],
    ["that nobody ran", { status: "NoCoverage", coveredBy: [] }, { why: "no trial ran it", covered: 0 }],
    ["that was not tried", { status: "Pending" }, { why: "it was not tried", covered: 0 }],
    [
      "that a comment asks to ignore",
      { status: "Ignored", statusReason: "Ignored because of a comment" },
      { why: "it was left out: Ignored because of a comment", covered: 0 },
    ],
    [
      "that is ignored without a reason",
      { status: "Ignored" },
      { why: "it was left out: no reason is given", covered: 0 },
    ],
    [
      "that never ends, and that others ran",
      { status: "Timeout", coveredBy: ["1"] },
      { why: "it never ends, and no trial that cites the requirement ran it", covered: 0 },
    ],
  ])("%s survives, with its diff", (_, over, { why, covered }: { why?: string; covered?: number }) => {
    const diff = "-   return n > 7;\n+   return n >= 7;";
    expect(prove(over)).toMatchObject({ killed: 0, survived: 1, covered, equivalent: 0, mutants: [{ why, diff }] });
  });

  it("that never ends is killed when a test that cites the requirement ran it", () => {
    const { killedBy: _, ...endless } = mutantExample({ status: "Timeout" });
    const { coveredBy: __, ...unseen } = endless;
    expect(provePlace(placeExample(), trials, mutationExample([endless]))).toMatchObject({ killed: 1, survived: 0 });
    expect(provePlace(placeExample(), trials, mutationExample([unseen]))).toMatchObject({ killed: 0, survived: 1 });
  });

  it("of a rule that is the same by structure is equivalent, and counts neither way", () => {
    const place = placeExample({ kind: "rule" });
    const report = mutationExample([
      mutantExample({ status: "Ignored", statusReason: "the same after normalisation" }),
    ]);
    expect(provePlace(place, trials, report)).toMatchObject({
      kind: "rule",
      killed: 0,
      survived: 0,
      equivalent: 1,
      mutants: [{ row: 2, mutator: "EqualityOperator", replacement: "n >= 7" }],
    });
  });

  it("that does not compile or start is none", () => {
    expect(prove({ status: "CompileError" }, { status: "RuntimeError" })).toBeUndefined();
    expect(prove({ status: "CompileError" }, {})).toMatchObject({ killed: 1, survived: 0, mutants: [{}] });
  });
});

// @requirement HAR-03
describe("a report", () => {
  it("says nothing of lines that are not as they were, or of another file", () => {
    const report = mutationExample([mutantExample()]);
    expect(provePlace(placeExample({ sha256: "0".repeat(64) }), trials, report)).toBeUndefined();
    expect(provePlace(placeExample({ file: "src/other.ts" }), trials, report)).toBeUndefined();
    const changed = mutationExample([mutantExample()], source.replace("7", "8"));
    expect(provePlace(placeExample(), trials, changed)).toBeUndefined();
  });

  it("speaks of the mutants between the first and the last row", () => {
    const at = (line: number) => mutantExample({ location: { start: { line, column: 1 }, end: { line, column: 2 } } });
    const proven = provePlace(placeExample(), trials, mutationExample([2, 3, 5, 6].map(at)));
    expect(proven?.mutants.map(({ row }) => row)).toEqual([1, 3]);
    expect(provePlace(placeExample(), trials, mutationExample([2, 6].map(at)))).toBeUndefined();
  });

  it("without tests proves nothing by tests", () => {
    const { testFiles: _, ...report } = mutationExample([mutantExample()]);
    expect(provePlace(placeExample(), trials, report)).toMatchObject({ killed: 0, survived: 1 });
  });

  it("is told survivors first, by place, and no more of them than are listed", () => {
    const at = (line: number, column: number, over: Partial<Mutant>) =>
      mutantExample({ location: { start: { line, column }, end: { line, column: column + 1 } }, ...over });
    const survived = { status: "Survived" as const };
    const proven = provePlace(
      placeExample(),
      trials,
      mutationExample([
        at(3, 1, {}),
        at(5, 1, survived),
        at(4, 9, { ...survived, mutatorName: "B" }),
        at(4, 9, { ...survived, mutatorName: "A", replacement: "2" }),
        at(4, 9, { ...survived, mutatorName: "A", replacement: "1" }),
        at(4, 2, survived),
      ]),
    );
    expect(proven?.mutants.map((one) => `${one.row} ${one.mutator} ${one.replacement}`)).toEqual([
      "2 EqualityOperator n >= 7",
      "2 A 1",
      "2 A 2",
      "2 B n >= 7",
      "3 EqualityOperator n >= 7",
      "1 EqualityOperator n >= 7",
    ]);
    const many = Array.from({ length: maxListedMutants + 5 }, (_, n) => mutantExample({ replacement: `${n}` }));
    const bounded = provePlace(placeExample(), trials, mutationExample(many));
    expect(bounded).toMatchObject({ killed: maxListedMutants + 5 });
    expect(bounded?.mutants).toHaveLength(maxListedMutants);
    expect(bounded?.killers.get(testTrial)).toBe(maxListedMutants + 5);
  });

  it("counts a mutant for the trial that notices most, whoever comes first", () => {
    const second = { ...testTrial, name: "isOpen > is fast", title: ["isOpen > is ", ""] };
    const proven = provePlace(
      placeExample(),
      [testTrial, second],
      mutationExample([
        mutantExample({ killedBy: ["0", "1"] }),
        mutantExample({ killedBy: ["0"] }),
        mutantExample({ killedBy: ["1", "0"] }),
        mutantExample({ status: "Survived" }),
      ]),
    );
    expect(proven?.killers).toEqual(new Map([[testTrial, 3]]));
    const tied = provePlace(
      placeExample(),
      [testTrial, second],
      mutationExample([mutantExample({ killedBy: ["0", "1"] })]),
    );
    expect([...(tied?.killers.keys() ?? [])]).toEqual([second]);
  });

  it("is bounded, whatever it holds", () => {
    const long = "x".repeat(100_000);
    const [mutant] =
      prove({ status: "Ignored", mutatorName: long, replacement: long, statusReason: long })?.mutants ?? [];
    expect(mutant?.mutator.length).toBe(100);
    expect(mutant?.replacement.length).toBe(200);
    expect(mutant?.why?.length).toBe(200);
    expect(mutant?.diff?.length).toBe(2000);
    const { replacement: _, ...bare } = mutantExample({ status: "Survived", description: "drops the body" });
    const [told] = provePlace(placeExample(), trials, mutationExample([bare]))?.mutants ?? [];
    expect(told).toMatchObject({ replacement: "drops the body", diff: "-   return n > 7;\n+ drops the body" });
    const { description: __, ...silent } = bare;
    expect(provePlace(placeExample(), trials, mutationExample([silent]))?.mutants[0]?.replacement).toBe("");
    expect(provePlace(placeExample({ name: long }), trials, mutationExample([bare]))?.name.length).toBe(500);
  });
});
