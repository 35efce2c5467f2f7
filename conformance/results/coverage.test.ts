import { describe, expect, it } from "vitest";
import type { CitedPlace } from "../evidence/index.js";
import { readCoverage, withCoverage } from "./coverage.js";

function read(text: string) {
  const coverage = readCoverage(text, "build/c");
  if (!coverage.ok) return `${coverage.error.place?.file}:${coverage.error.place?.row ?? ""} ${coverage.error.message}`;
  return coverage.value.map(
    ({ file, hits }) => `${file} ${[...hits].map(([line, count]) => `${line}x${count}`).join(" ")}`,
  );
}

const xml = (lines: string, file = "a/b.go", before = "") =>
  `<?xml version="1.0"?>${before}<coverage><sources><source>/ci/x</source></sources><packages><package><classes><class filename="${file}"><methods/><lines>${lines}</lines></class></classes></package></packages></coverage>`;

// @requirement HAR-10
describe("reading coverage", () => {
  it("reads LCOV, of several files, with what is not read between", () => {
    const text =
      "TN:\nSF:./a.py\nFN:1,f\nDA:1,2\nDA:2,0,abc\nBRDA:1,0,0,-\nDA:1,3\nLF:2\nend_of_record\r\nSF:C:\\b.py\r\nDA:7,1\r\nend_of_record";
    expect(read(text)).toEqual(["a.py 1x5 2x0", "C:/b.py 7x1"]);
  });

  it("reads Cobertura, with the document type that its tools write", () => {
    const doctype = '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">';
    expect(
      read(xml('<line number="1" hits="2"/><line number="3" hits="0" branch="true"></line>', "a&amp;b.go", doctype)),
    ).toEqual(["a&b.go 1x2 3x0"]);
  });

  it.each([
    ["", "build/c: the report speaks of no file"],
    ["SF:a\nDA:1\n", "build/c:2 a line of coverage that is not DA:line,hits inside a file"],
    ["DA:1,1\n", "build/c:1 a line of coverage that is not DA:line,hits inside a file"],
    ["SF:a\nend_of_record\nDA:1,1\n", "build/c:3 a line of coverage that is not DA:line,hits inside a file"],
    ["SF:a\nDA:-1,1\n", "build/c:2 a line of coverage that is not DA:line,hits inside a file"],
    ["<html/>", "build/c: the report has no coverage"],
    ["<coverage/>", "build/c: the report has no coverage"],
    ["<coverage><packages/></coverage>", "build/c: the report speaks of no file"],
    ["<coverage>", "build/c: the report is not well-formed"],
    [xml('<line number="x" hits="2"/>'), "build/c: a line of a/b.go without number and hits"],
    [xml("", "a", '<!DOCTYPE coverage [<!ENTITY a "b">]>'), "build/c: the report has a document type of its own"],
    [
      xml("", "a", '<!DOCTYPE coverage SYSTEM "x"><!DOCTYPE coverage SYSTEM "x">'),
      "build/c: the report has a document type",
    ],
  ])("refuses %.60j", (text, message) => {
    expect(read(text)).toContain(message);
  });
});

// @requirement HAR-10
describe("coverage of cited code", () => {
  const code = (file: string, row = 1, end_row = 9): CitedPlace => ({
    kind: "code",
    name: "f",
    file,
    row,
    end_row,
    requirements: ["LIM-1"],
  });
  const hits = new Map([
    [1, 1],
    [2, 4],
    [4, 0],
    [5, 0],
    [6, 1],
    [20, 0],
  ]);
  const of = (places: readonly CitedPlace[], ...files: { file: string; sources?: readonly string[] }[]) =>
    withCoverage(
      places,
      files.map((one) => ({ hits, ...one })),
    ).map(({ executed, idle }) => (executed === undefined ? "nothing" : JSON.stringify([executed, idle])));
  const all = '[[{"from":1,"to":2},{"from":6,"to":6}],[{"from":4,"to":5}]]';

  it.each<readonly [string, { file: string; sources?: readonly string[] }]>([
    ["the same path", { file: "src/a.py" }],
    ["an absolute path", { file: "/home/ci/r/src/a.py" }],
    ["a path from a folder inside", { file: "a.py" }],
    ["a path from a source", { file: "a.py", sources: ["/ci/r/src"] }],
  ])("is found by %s", (_, file) => {
    expect(of([code("src/a.py")], file)).toEqual([all]);
  });

  it("is of the rows of each place alone, and of code alone", () => {
    expect(of([code("a.py", 4, 5), code("a.py", 1, 2), code("a.py", 7, 9)], { file: "a.py" })).toEqual([
      '[[],[{"from":4,"to":5}]]',
      '[[{"from":1,"to":2}],[]]',
      "nothing",
    ]);
    expect(of([{ ...code("a.py"), kind: "test" }, code("a.py")], { file: "a.py" })).toEqual(["nothing", all]);
    expect(of([{ ...code("tests/a.py"), kind: "test" }, code("src/a.py")], { file: "a.py" })).toEqual(["nothing", all]);
  });

  it("is nobody's where a short path may be two files', and the longer one's where it ends both", () => {
    const two = [code("x/a.py"), code("y/a.py")];
    expect(of(two, { file: "a.py" })).toEqual(["nothing", "nothing"]);
    expect(of(two, { file: "a.py", sources: ["/ci/y"] })).toEqual(["nothing", all]);
    expect(of([code("a.py"), code("x/a.py")], { file: "/ci/x/a.py" })).toEqual(["nothing", all]);
    expect(of([code("a.py")], { file: "xa.py" }, { file: "b/c.py" })).toEqual(["nothing"]);
  });

  it("is in the order of the rows, whatever the report's", () => {
    const unordered = { file: "a.py", hits: new Map([...hits].reverse()) };
    expect(withCoverage([code("a.py")], [unordered])).toEqual(withCoverage([code("a.py")], [{ file: "a.py", hits }]));
    expect(withCoverage([code("a.py")], [])).toEqual([code("a.py")]);
  });

  it("adds up over reports", () => {
    const again = withCoverage(
      [code("a.py", 4, 5)],
      [
        { file: "a.py", hits },
        { file: "/ci/a.py", hits: new Map([[4, 1]]) },
      ],
    );
    expect(again[0]).toMatchObject({ executed: [{ from: 4, to: 4 }], idle: [{ from: 5, to: 5 }] });
  });
});
