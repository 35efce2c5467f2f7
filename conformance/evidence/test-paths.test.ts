import { describe, expect, it } from "vitest";
import type { CitedPlace } from "./cited-place.js";
import type { TestResult } from "./junit-results.js";
import type { PackageOf } from "./test-paths.js";
import { withTestResults } from "./test-results.js";

const packageOf: PackageOf = (_, manifest) =>
  manifest === "go.mod" ? { name: "example.com/m", folder: "" } : { name: "my-crate", folder: "crates/c" };

function cited(file: string, ...path: string[]): CitedPlace {
  return { kind: "test", name: path.join("."), file, row: 1, end_row: 1, requirements: ["LIM-1"], path };
}

function statuses(places: readonly CitedPlace[], ...results: Partial<TestResult>[]): readonly string[] {
  const full = results.map((one) => ({ file: "", name: "", status: "pass" as const, ...one }));
  return withTestResults(places, full, packageOf).map(({ status, detail = "" }) => `${status}: ${detail}`);
}

const none = "unverified: no test result was found for it";
const open = "unverified: its result may as well be that of another cited test";

// @requirement HAR-10
describe("results of tests that are named by a path", () => {
  const method = cited("tests/test_a.py", "TestB", "test_c");
  const plain = cited("tests/test_a.py", "test_c");
  it.each<readonly [CitedPlace, string, Partial<TestResult>]>([
    [method, "pytest's", { file: "tests.test_a.TestB", name: "test_c" }],
    [method, "pytest's, with parameters", { file: "tests.test_a.TestB", name: "test_c[1.5-a::b]" }],
    [method, "pytest's from a folder inside", { file: "test_a.TestB", name: "test_c" }],
    [plain, "pytest's with the file apart", { file: "tests.test_a", name: "test_c", source: "tests/test_a.py" }],
    [
      plain,
      "CTRF's with pytest's id",
      { file: "tests/test_a.py", source: "tests/test_a.py", name: "tests/test_a.py::test_c" },
    ],
    [
      method,
      "CTRF's with suites",
      { file: "/ci/tests/test_a.py", source: "/ci/tests/test_a.py", suites: ["TestB"], name: "test_c" },
    ],
    [cited("a/a_test.go", "TestA"), "gotestsum's", { file: "example.com/m/a", name: "TestA" }],
    [cited("a/a_test.go", "TestA"), "gotestsum's, relative", { file: "m/a", name: "TestA/small" }],
    [cited("a_test.go", "TestA"), "gotestsum's of the root", { file: "example.com/m", name: "TestA" }],
    [cited("crates/c/src/a.rs", "tests", "b"), "nextest's", { file: "my-crate", name: "a::tests::b" }],
    [cited("crates/c/src/a/mod.rs", "tests", "b"), "nextest's of a folder", { file: "my-crate", name: "a::tests::b" }],
    [cited("crates/c/src/lib.rs", "tests", "b"), "nextest's of the root", { file: "my-crate", name: "tests::b" }],
    [cited("crates/c/src/main.rs", "b"), "nextest's of the program", { file: "my-crate::bin/my-crate", name: "b" }],
    [cited("crates/c/tests/d.rs", "b"), "nextest's of another binary", { file: "my-crate::d", name: "b" }],
    [cited("crates/c/tests/d.rs", "b"), "rstest's", { file: "my-crate::d", name: "b::case_1_small" }],
    [cited("A.java", "com", "example", "ATest", "b"), "surefire's", { file: "com.example.ATest", name: "b(int)[2]" }],
    [
      cited("A.java", "com", "example", "ATest", "In", "b"),
      "surefire's of a class inside",
      { file: "com.example.ATest$In", name: "b" },
    ],
  ])("%j is met by %s", (place, _, result) => {
    expect(statuses([place], result)).toEqual(["pass: "]);
  });

  it.each<readonly [CitedPlace, string, Partial<TestResult>]>([
    [method, "another class", { file: "tests.test_a.TestX", name: "test_c" }],
    [method, "another file", { file: "tests.test_x.TestB", name: "test_c" }],
    [method, "a word's end", { file: "xtests.test_a.TestB", name: "test_c" }],
    [method, "another source", { file: "tests.test_a.TestB", name: "test_c", source: "tests/other.py" }],
    [plain, "its name alone", { file: "", name: "test_c" }],
    [cited("a_test.go", "TestA"), "a package below", { file: "example.com/m/a", name: "TestA" }],
    [cited("crates/c/src/lib.rs", "tests", "b"), "a module below", { file: "my-crate", name: "a::tests::b" }],
    [cited("crates/c/tests/d.rs", "b"), "another binary", { file: "my-crate::e", name: "b" }],
  ])("%j is not met by %s", (place, _, result) => {
    expect(statuses([place], result)).toEqual([none]);
  });

  it("fails when one set of parameters fails", () => {
    const at = { file: "tests.test_a" };
    expect(
      statuses([plain], { ...at, name: "test_c[1]" }, { ...at, name: "test_c[2]", status: "fail", detail: "no" }),
    ).toEqual(["fail: test_c[2]: no"]);
  });

  it("gives what ends two cited tests to neither, and what is exactly one's to that one", () => {
    const two = [cited("tests/test_a.py", "test_c"), cited("b/tests/test_a.py", "test_c")];
    expect(statuses(two, { file: "test_a", name: "test_c" })).toEqual([open, open]);
    expect(statuses(two, { file: "tests.test_a", name: "test_c" })).toEqual(["pass: ", none]);
    expect(statuses(two, { file: "b.tests.test_a", name: "test_c" })).toEqual([none, "pass: "]);
    const classes = [cited("test_a.py", "A", "test_c"), cited("test_a.py", "B", "test_c")];
    const bare = { file: "test_a.py", source: "test_a.py", name: "test_c" };
    expect(statuses(classes, bare)).toEqual([open, open]);
    expect(statuses(classes, { ...bare, name: "test_a.py::A::test_c" })).toEqual(["pass: ", none]);
  });
});
