import { expect, it } from "vitest";
import { mergeCoverage, percentOf, rangeText } from "./merge-coverage.js";

it("counts a line as reached where any run reached it, and joins neighbouring rows", () => {
  const merged = mergeCoverage([
    { files: { a: { covered: [[1, 2]], not_covered: [[3, 5]] } }, percent: 40 },
    {
      files: { a: { covered: [[4, 4]], not_covered: [[1, 3]] }, b: { covered: [], not_covered: [[7, 7]] } },
      percent: 20,
    },
  ]);
  expect(merged.files).toEqual({
    a: {
      covered: [
        [1, 2],
        [4, 4],
      ],
      not_covered: [
        [3, 3],
        [5, 5],
      ],
    },
    b: { covered: [], not_covered: [[7, 7]] },
  });
  expect(merged.percent).toBe(50);
});

it("takes a file without lines, and no file at all, for reached", () => {
  expect(percentOf({ covered: [], not_covered: [] })).toBe(100);
  expect(mergeCoverage([]).percent).toBe(100);
});

it("writes ranges as people do", () => {
  expect(
    rangeText([
      [3, 5],
      [9, 9],
    ]),
  ).toBe("3-5, 9");
});
