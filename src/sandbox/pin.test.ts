import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashOf, openProgramStore, type PinnedProgram, type ProgramStore, pinProgram } from "./pin.js";
import { swapper, swaps } from "./testdata/swaps.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

let folder: string;
let store: ProgramStore;
let program: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-pin-"));
  store = await openProgramStore(join(folder, "store"));
  program = join(folder, "program");
  writeFileSync(program, "good", { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const visible = ["/usr", "/bin"];
const pin = (path: string, expected: string | null = null) => pinProgram(store, path, visible, expected);
const copy = async (pinned: Promise<PinnedProgram | string>) => {
  const value = await pinned;
  if (typeof value === "string" || value.kind !== "copied") throw new Error(JSON.stringify(value));
  return value;
};

// @requirement SBX-07
describe("pinning a program", () => {
  it("takes what only root can change as it is, by the path that was decided upon", async () => {
    expect(await pin("/usr/bin/env")).toEqual({ kind: "visible", path: "/usr/bin/env" });
    expect(await pin("/bin/sh")).toEqual({ kind: "visible", path: "/bin/sh" });
    expect(await pinProgram(store, "/usr/bin/env", ["/nowhere"], null)).toEqual({
      kind: "bound",
      path: "/usr/bin/env",
    });
    expect(readdirSync(store.folder)).toEqual([]);
  });

  it("copies anything else, named by the hash of what was copied, for nobody to write to", async () => {
    const pinned = await copy(pin(program));
    expect(pinned).toEqual({
      kind: "copied",
      source: join(store.folder, sha256("good")),
      name: "program",
      sha256: sha256("good"),
    });
    expect(readFileSync(pinned.source, "utf8")).toBe("good");
    expect(statSync(pinned.source).mode & 0o7777).toBe(0o555);
    await copy(pin(program));
    expect(readdirSync(store.folder)).toEqual([sha256("good")]);
  });

  it("compares with the hash that was decided upon, wherever the program is", async () => {
    expect((await copy(pin(program, sha256("good")))).sha256).toBe(sha256("good"));
    expect(await pin(program, sha256("other"))).toContain("is not the program that was decided upon");
    expect(readdirSync(store.folder)).toEqual([sha256("good")]);
    expect(await pin("/usr/bin/env", await hashOf("/usr/bin/env"))).toMatchObject({ kind: "visible" });
    expect(await pin("/usr/bin/env", sha256("other"))).toContain("is not the program");
  });

  it("refuses what is no program, and leaves nothing of it", async () => {
    chmodSync(program, 0o644);
    expect(await pin(program)).toContain("is not executable");
    expect(await pin(join(folder, "nowhere"))).toContain("cannot be read");
    expect(await pin(folder)).toContain("is no program");
    expect(readdirSync(store.folder)).toEqual([]);
  });

  it("keeps a copy while its program is swapped for another", async () => {
    const before = await copy(pin(program));
    writeFileSync(program, "evil");
    expect(readFileSync(before.source, "utf8")).toBe("good");
    expect((await copy(pin(program))).sha256).toBe(sha256("evil"));
  });

  it("keeps the newest copies only", async () => {
    for (let index = 0; index < 260; index++) {
      writeFileSync(program, `program ${index}`);
      await copy(pin(program));
    }
    const kept = readdirSync(store.folder);
    expect(kept.length).toBe(256);
    expect(kept).not.toContain(sha256("program 3"));
    expect(kept).toContain(sha256("program 4"));
  });

  it.each(swaps)("a thousand times, while it is swapped by %s: what runs is what was hashed", async (how) => {
    const contents = ["good", "evil"].map((one) => `${one}\n`.repeat(3000));
    const swap = swapper(how, program, contents);
    const known = new Map(contents.map((content) => [sha256(content), content]));
    for (let round = 0; round < 1000; round++) {
      const pinned = copy(pin(program));
      swap();
      const { source, sha256: hash } = await pinned;
      // A half-written program may be copied; its hash is then the half-written one's.
      const bytes = readFileSync(source);
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(hash);
      const good = known.keys().next().value ?? "";
      const decided = await pin(program, good);
      if (typeof decided !== "string" && decided.kind === "copied") {
        expect(readFileSync(decided.source, "utf8")).toBe(contents[0]);
      }
    }
  });
});

it("reads a hash", async () => {
  expect(await hashOf(program)).toBe(sha256("good"));
  symlinkSync(program, join(folder, "link"));
  expect(await hashOf(join(folder, "link"))).toBe(sha256("good"));
  renameSync(program, `${program}-away`);
  await expect(hashOf(program)).rejects.toThrow("ENOENT");
});
