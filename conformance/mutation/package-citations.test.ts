import { expect, it } from "vitest";
import { citedBy, citedByPackages } from "./package-citations.js";

const annotations = [
  { package: "one_test", scope: "package", custom: { requirements: ["REQ-2", "REQ-1", 3] } },
  { package: "one_test", scope: "rule", custom: { requirements: ["REQ-9"] } },
  { package: "two_test", scope: "package", custom: { requirements: "REQ-9" } },
  { package: "two_test", scope: "package" },
];

it("a test cites what it says itself, and what its package says in whichever file", () => {
  const cited = { "data.one_test.test_a": ["REQ-3", "REQ-1"], ...citedByPackages(annotations) };
  expect(cited).toEqual({ "data.one_test.test_a": ["REQ-3", "REQ-1"], "data.one_test.": ["REQ-2", "REQ-1"] });
  expect(citedBy("data.one_test.test_a", "one_test", cited)).toEqual(["REQ-1", "REQ-2", "REQ-3"]);
  expect(citedBy("data.one_test.test_b", "one_test", cited)).toEqual(["REQ-1", "REQ-2"]);
  expect(citedBy("data.two_test.test_a", "two_test", cited)).toEqual([]);
});
