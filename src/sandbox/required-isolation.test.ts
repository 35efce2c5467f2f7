import { describe, expect, it } from "vitest";
import { fullIsolation, type IsolationKind } from "../model/index.js";
import { missingIsolation, refuseWithout } from "./required-isolation.js";

const required = (...requires: IsolationKind[]) => ({ profile: null, requires });
const less = { ...fullIsolation, net: false, disk: false };

// @requirement MEX-02
describe("the isolation that was decided for", () => {
  it("is told by what of it is missing, in order", () => {
    expect(missingIsolation(required("net", "user"), fullIsolation)).toEqual([]);
    expect(missingIsolation(required("user", "net", "disk"), less)).toEqual(["net", "disk"]);
  });

  it("lets nothing run where any of it is not in force", () => {
    expect(() => refuseWithout(required("user", "net"), less)).toThrow(/^isolation is not in force: net$/);
    expect(() => refuseWithout(required("disk", "net"), less)).toThrow(/^isolation is not in force: disk, net$/);
  });

  it("lets run where all of it is in force, whatever else is not", () => {
    expect(() => refuseWithout(required("user", "net"), fullIsolation)).not.toThrow();
    expect(() => refuseWithout(required("user"), less)).not.toThrow();
    expect(() => refuseWithout(required(), less)).not.toThrow();
  });
});
