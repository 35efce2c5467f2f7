import { describe, expect, it } from "vitest";
import { theOneSpec } from "./current-spec.js";

const files = ["a.md", "b.md", "c.md", "d.md", "e.md", "f.md"];

/** @requirement MEX-14 */
describe("of the specs that SPEC_CURRENT names", () => {
  it("the one that is there is current", () => {
    expect(theOneSpec(["a.md", "b.md"], (path) => path === "b.md")).toEqual({ ok: true, value: "b.md" });
  });

  it("none is where none is there, or none is named", () => {
    expect(theOneSpec([], () => true)).toEqual({ ok: false, error: { message: "it names no spec" } });
    expect(theOneSpec(files, () => false)).toEqual({
      ok: false,
      error: { message: "what it names is not there: a.md, b.md, c.md, d.md, e.md" },
    });
  });

  it("none is where several are there", () => {
    expect(theOneSpec(files, () => true)).toEqual({
      ok: false,
      error: {
        message: "it names more than one spec: a.md, b.md, c.md, d.md, e.md",
        hint: "name the current one",
      },
    });
  });
});
