import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSourceFiles, type Walk } from "./source-files.js";
import { evidenceInTypeScript } from "./typescript-evidence.js";

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
  const { files, problems } = readSourceFiles(root, { roots: ["src"], suffixes: [".ts"], ...walk });
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

  it("follows no symbolic link, to a file, to a folder or as a root", () => {
    write({ "out/secret.ts": "s", "src/a.ts": "a" });
    symlinkSync(join(root, "out/secret.ts"), join(root, "src/link.ts"));
    symlinkSync(join(root, "out"), join(root, "src/folder"));
    symlinkSync(join(root, "out"), join(root, "linked"));
    expect(read({})).toEqual([["src/a.ts"], []]);
    expect(read({ roots: ["linked"] })).toEqual([[], ["linked: a symbolic link is not followed"]]);
  });

  it("says what it does not read: a missing root, a file too large, a file too many", () => {
    write({ "src/a.ts": "12345", "src/b.ts": "1", "src/c.ts": "1", "src/d.ts": "1" });
    expect(read({ roots: ["no"] })).toEqual([[], ["no: there is no such file or folder"]]);
    expect(read({ maxFileBytes: 4, maxFiles: 2 })).toEqual([
      ["src/b.ts", "src/c.ts"],
      [
        "src/a.ts: the file is larger than 4 bytes, or no plain file",
        "src/d.ts: more than 2 files: this one and the rest are not read",
      ],
    ]);
  });

  it("resolves the evidence of 2 000 files that all cite, in seconds at the very worst", () => {
    const body = Array.from(
      { length: 30 },
      (_, n) => `/** @requirement EXE-15 */\nexport function f${n}(a: number) {\n  return a + ${n};\n}\n`,
    );
    write(Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`src/d${n % 20}/f${n}.ts`, body.join("")])));
    const started = performance.now();
    const { files } = readSourceFiles(root, { roots: ["src"], suffixes: [".ts"] });
    const places = files.flatMap((file) => evidenceInTypeScript(file, new Set(["EXE-15"])).places);
    const elapsed = performance.now() - started;
    expect(places).toHaveLength(60_000);
    expect(elapsed).toBeLessThan(10_000);
  });
});
