import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { scanRepository } from "./scan-repository.js";
import { maxSourceBytes } from "./source-files.js";

let root = "";
const known = new Set(["LIM-1", "LIM-2"]);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-scan-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

const cache = () => join(root, ".lockkeeper/evidence.json");

async function scan(withCache = false, ids: ReadonlySet<string> = known, roots: readonly string[] = ["."]) {
  const { places, problems, sources } = await scanRepository({
    root,
    roots,
    ignore: [],
    known: ids,
    keep: (file) => file.endsWith(".keep"),
    ...(withCache ? { cache: cache() } : {}),
  });
  return {
    places: places.map(({ file, name, requirements }) => `${file} ${name} ${requirements.join(" ")}`),
    problems: problems.map(({ place, message }) => `${place?.file}: ${message}`),
    sources: [...sources.keys()],
  };
}

/** The clock stands an hour later: what was written now is old enough to be trusted. */
function anHourLater(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
}

const cited = "# @requirement LIM-1\ndef f(): pass\n";

// @requirement HAR-10
describe("scanning a repository", () => {
  it("finds what files of any language cite, and holds the texts of those and of what is to be kept", async () => {
    write({
      "a.py": cited,
      "b.py": "pass\n",
      "c.go": "package c\n// @requirement LIM-2\nfunc F() {}\n",
      "d.md": cited,
      "e.keep": "x",
    });
    expect(await scan()).toEqual({
      places: ["a.py f LIM-1", "c.go F LIM-2"],
      problems: [],
      sources: ["a.py", "c.go", "e.keep"],
    });
  });

  it("follows no link and reads no file that is too large", async () => {
    write({ "out/a.py": cited, "large.py": Buffer.alloc(maxSourceBytes + 1, "#") });
    symlinkSync(join(root, "out/a.py"), join(root, "link.py"));
    symlinkSync(join(root, "out"), join(root, "folder"));
    expect((await scan()).places).toEqual(["out/a.py f LIM-1"]);
    expect((await scan()).problems).toEqual([
      `large.py: the file is larger than ${maxSourceBytes} bytes, or no plain file`,
    ]);
  });

  it("reads a file of the largest size whole", async () => {
    write({ "a.keep": Buffer.alloc(maxSourceBytes, "#") });
    expect(await scan()).toEqual({ places: [], problems: [], sources: ["a.keep"] });
  });

  it("says which folder is not there, and finds what is in the others", async () => {
    write({ "src/a.py": cited });
    expect(await scan(false, known, ["none", "src"])).toEqual({
      places: ["src/a.py f LIM-1"],
      problems: ["none: there is no such file or folder"],
      sources: ["src/a.py"],
    });
  });

  it("reads bytes that are no text, and an empty file", async () => {
    write({
      "a.py": "",
      "b.py": Buffer.from([0xff, 0, 0xfe]),
      "c.rs": Buffer.from("\xff // @requirement LIM-1", "latin1"),
    });
    expect((await scan()).places).toEqual([]);
  });
});

// @requirement HAR-10
describe("scanning again", () => {
  it("gives the same, from what was kept", async () => {
    write({ "a.py": cited, "b.py": "pass\n", "c.py": "# @requirement LIM-9\ndef f(): pass\n", "e.keep": "x" });
    anHourLater();
    const first = await scan(true);
    const kept = readFileSync(cache(), "utf8");
    expect(await scan(true)).toEqual(first);
    expect(await scan()).toEqual(first);
    expect(readFileSync(cache(), "utf8")).toBe(kept);
    expect(statSync(cache()).mode & 0o077).toBe(0);
  });

  it("keeps a scan that found something else, and only such a one", async () => {
    write({ "a.py": cited, "b.py": "pass\n" });
    const kept = async () => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
      await scan(true);
      return readFileSync(cache(), "utf8");
    };
    const first = await kept();
    expect(await kept()).toBe(first);
    write({ "b.py": cited });
    const second = await kept();
    expect(second).toContain('"plain":[]');
    rmSync(join(root, "b.py"));
    expect(await kept()).not.toContain("b.py");
    expect(await kept()).toBe(await kept());
  });

  it.each<readonly [string, () => void, readonly string[]]>([
    ["a file that cites now", () => write({ "b.py": cited }), ["a.py f LIM-1", "b.py f LIM-1"]],
    ["a file that cites no more", () => write({ "a.py": "pass\n" }), []],
    ["a new file", () => write({ "c.py": cited }), ["a.py f LIM-1", "c.py f LIM-1"]],
    ["a file that is gone", () => rmSync(join(root, "a.py")), []],
    [
      "other words of the same length, under the same time",
      () => {
        const { atime, mtime } = statSync(join(root, "b.py"));
        write({ "b.py": cited.replace("LIM-1", "LIM-2") });
        utimesSync(join(root, "b.py"), atime, mtime);
      },
      ["a.py f LIM-1", "b.py f LIM-2"],
    ],
  ])("sees %s", async (_, change, places) => {
    write({ "a.py": cited, "b.py": cited.replace("@requirement", "@requirexxxx") });
    anHourLater();
    await scan(true);
    change();
    expect((await scan(true)).places).toEqual(places);
  });

  it("trusts no file that may have changed while it was read", async () => {
    write({ "a.py": "pass\n" });
    await scan(true);
    const kept: Record<string, unknown> = JSON.parse(readFileSync(cache(), "utf8"));
    write({ "a.py": cited });
    const { size, mtimeMs, ctimeMs, ino } = statSync(join(root, "a.py"));
    writeFileSync(cache(), JSON.stringify({ ...kept, facts: [size, mtimeMs, ctimeMs, ino] }));
    expect((await scan(true)).places).toEqual(["a.py f LIM-1"]);
    writeFileSync(
      cache(),
      JSON.stringify({ ...kept, facts: [size, mtimeMs, ctimeMs, ino], started_ms: Date.now() + 9000 }),
    );
    expect((await scan(true)).places).toEqual([]);
  });

  it("judges by the requirements of now", async () => {
    write({ "a.py": cited });
    anHourLater();
    await scan(true);
    expect((await scan(true, new Set(["LIM-2"]))).problems).toEqual([
      "a.py: LIM-1 is cited here, and no specification has it: is it LIM-2?",
    ]);
  });

  it.each<readonly [string, (text: string) => string]>([
    ["no JSON", () => "{"],
    ["of another shape", () => '{"schema":"lockkeeper/evidence-cache/v1"}'],
    ["of other readers", (text) => text.replace(/"key":"./, '"key":"x')],
    [
      "with what its text does not say",
      (text) => text.replace(/"sha256":"./, '"sha256":"x').replace('"name":"f"', '"name":"forged"'),
    ],
  ])("takes nothing from a cache that is %s", async (_, damage) => {
    write({ "a.py": cited });
    anHourLater();
    await scan(true);
    writeFileSync(cache(), damage(readFileSync(cache(), "utf8")));
    expect((await scan(true)).places).toEqual(["a.py f LIM-1"]);
  });

  it("takes nothing from a cache that others may write to", async () => {
    write({ "a.py": cited });
    anHourLater();
    await scan(true);
    const forged = readFileSync(cache(), "utf8").replace('"name":"f"', '"name":"forged"');
    writeFileSync(cache(), forged);
    expect((await scan(true)).places).toEqual(["a.py forged LIM-1"]);
    chmodSync(cache(), 0o666);
    expect((await scan(true)).places).toEqual(["a.py f LIM-1"]);
  });

  it("does without a cache that cannot be kept", async () => {
    write({ "a.py": cited, ".lockkeeper": "a file where the folder should be" });
    expect((await scan(true)).places).toEqual(["a.py f LIM-1"]);
  });
});
