import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listFiles, type Walk } from "./source-files.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-files-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

function read(walk: Partial<Walk>) {
  const counts = (file: string) => file.endsWith(".ts");
  const { files, problems } = listFiles(root, { roots: ["src"], counts, ...walk });
  return [files.map((one) => one.file), problems.map((one) => `${one.place?.file}: ${one.message}`)];
}

describe("reading a repository's files", () => {
  it("reads what counts, sorted, and nothing that is ignored", () => {
    write({
      "src/b.ts": "b",
      "src/a/z.ts": "z",
      "src/c.md": "",
      "src/testdata/x.ts": "",
      "src/node_modules/y.ts": "",
      "lib/o.ts": "",
    });
    expect(read({ ignore: ["**/testdata"] })).toEqual([["src/a/z.ts", "src/b.ts"], []]);
    expect(read({ roots: ["src/b.ts", "lib", "lib"] })).toEqual([["lib/o.ts", "src/b.ts"], []]);
  });

  it("leaves out a folder with all that is in it, whether a glob names it or what is in it", () => {
    write({ "src/a.ts": "", "src/out/b.ts": "", "src/out/.c/d.ts": "", "src/outer/e.ts": "", "src/f.gen.ts": "" });
    for (const glob of ["src/out", "src/out/**", "**/out/**", "**/out"]) {
      expect(read({ ignore: [glob, "**/*.gen.ts"] })).toEqual([["src/a.ts", "src/outer/e.ts"], []]);
    }
    expect(read({ roots: ["src/out/.c", "src/outer"], ignore: ["src/out/**"] })).toEqual([["src/outer/e.ts"], []]);
  });

  it("follows no symbolic link, to a file, to a folder or as a root", () => {
    write({ "out/secret.ts": "s", "src/a.ts": "a" });
    symlinkSync(join(root, "out/secret.ts"), join(root, "src/link.ts"));
    symlinkSync(join(root, "out"), join(root, "src/folder"));
    symlinkSync(join(root, "out"), join(root, "linked"));
    expect(read({})).toEqual([["src/a.ts"], []]);
    expect(read({ roots: ["linked"] })).toEqual([[], ["linked: a symbolic link is not followed"]]);
  });

  it("says what it does not read: a missing root, one outside, a file too many", () => {
    write({ "src/a.ts": "12345", "src/b.ts": "1", "src/c.ts": "1", "src/d.ts": "1" });
    expect(read({ roots: ["no"] })).toEqual([[], ["no: there is no such file or folder"]]);
    expect(read({ roots: ["../x"] })).toEqual([[], ["../x: a path that leads out of the repository is not followed"]]);
    expect(read({ maxFiles: 2 })).toEqual([
      ["src/a.ts", "src/b.ts"],
      ["src/c.ts: more than 2 files: this one and the rest are not read"],
    ]);
  });

  it("takes the whole repository for a root, and each file once", () => {
    write({ "src/a.ts": "", "b.ts": "", ".lockkeeper/cache/c.ts": "" });
    expect(read({ roots: [".", "./src/", "src/a.ts"] })).toEqual([["b.ts", "src/a.ts"], []]);
  });
});
