import { describe, expect, it } from "vitest";
import { lawsOf, wrongWriters } from "./writer-faults.js";
import { writers } from "./writer-laws.js";

/** @requirement HAR-09 */
describe("the laws of writers", () => {
  it.each(Object.entries(writers))("hold of %s", (name, writer) => {
    expect(
      lawsOf(name)
        .filter((law) => !law.holds(writer))
        .map(({ id }) => id),
    ).toEqual([]);
  });

  it("notice every planted writer", () => {
    const unnoticed = wrongWriters.filter(({ writer, laws }) => laws.every((law) => law.holds(writer)));
    expect(unnoticed.map(({ id }) => id)).toEqual([]);
  });

  it("each notice one, so that none of them holds whatever happens", () => {
    const idle = lawsOf("json").filter((law) =>
      wrongWriters.every(({ writer, laws }) => !laws.includes(law) || law.holds(writer)),
    );
    expect(idle.map(({ id }) => id)).toEqual([]);
  });
});
