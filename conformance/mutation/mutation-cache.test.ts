import { describe, expect, it } from "vitest";
import { type KeptResult, stillHolds } from "./mutation-cache.js";
import { digest, type RegoTrial } from "./rego-trials.js";

/** Trials that are called as given. */
function trialsOf(...names: readonly string[]): readonly RegoTrial[] {
  return names.map((sha256) => ({
    id: sha256,
    kind: "test",
    file: "policies/one/one_test.rego",
    row: 1,
    end_row: 1,
    requirements: [],
    trial: { path: `data.one_test.${sha256}` },
    covered: {},
    weight: 1,
    sha256,
  }));
}

/** Whether a result holds that is shown to stages of trials by their names. */
function holds(kept: Partial<KeptResult>, stages: readonly (readonly string[])[], shownTo = stages) {
  const names = [...new Set(stages.flat())];
  const places = new Map(names.map((name, place) => [name, place]));
  const plan = { covering: [], stages: stages.map((stage) => stage.map((name) => places.get(name) ?? -1)) };
  const whole = { status: "killed" as const, killers: [], asked: 1, stages: digest(JSON.stringify(shownTo)), ...kept };
  const result = stillHolds(whole, plan, trialsOf(...names), places);
  return result && { ...result, killed_by: result.killed_by.map((place) => names[place]) };
}

describe("what an earlier run showed", () => {
  it("is nothing where there was none", () => {
    expect(stillHolds(undefined, { covering: [], stages: [] }, [], new Map())).toBeUndefined();
  });

  it("holds while somebody who noticed is there for each requirement, whoever else came", () => {
    const killed = { status: "killed", killed_by: ["a"], asked: 1 };
    expect(holds({ killers: ["a"] }, [["a"], ["a", "b"]], [["a"], ["a"]])).toEqual(killed);
    expect(holds({ killers: ["a"] }, [["b"], ["b"]])).toBeUndefined();
  });

  it("is asked again where nobody noticed for a requirement that others cite by now", () => {
    const killed = { status: "killed", killed_by: ["a"], asked: 1 };
    expect(holds({ killers: ["a"] }, [["b"], ["a", "b"]])).toEqual(killed);
    expect(holds({ killers: ["a"] }, [["b"], ["a", "b"]], [["a", "b"]])).toBeUndefined();
  });

  it("holds of what nobody noticed while it is shown to the same", () => {
    const survived = { status: "survived", killed_by: [], asked: 1 };
    expect(holds({ status: "survived" }, [["a"]])).toEqual(survived);
    expect(holds({ status: "survived" }, [["a"]], [["b"]])).toBeUndefined();
  });

  it("holds of what is no mutant, whoever came", () => {
    for (const status of ["invalid", "equal"] as const)
      expect(holds({ status, why: "so" }, [["a"]], [["b"]])).toEqual({ status, killed_by: [], asked: 1, why: "so" });
  });
});
