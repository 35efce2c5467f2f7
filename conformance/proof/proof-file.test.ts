import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RequirementProof } from "../../src/index.js";
import { parseProofs, proofText, readProofs, writeProofs } from "./proof-file.js";
import { recordProof } from "./record.js";
import { mutantExample, mutationExample, provableExample } from "./testdata/proof-example.js";

const proof = recordProof(provableExample(), undefined, [
  mutationExample([mutantExample(), mutantExample({ status: "Survived" })]),
]);
const problemsOf = (text: string) => {
  const parsed = parseProofs(text, "specs/proof.json");
  return parsed.ok ? [] : parsed.error.map(({ message }) => message);
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-proof-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the file of proofs", () => {
  it("reads back as it was written, and is the same bytes whatever the order", async () => {
    const path = join(folder, "specs", "proof.json");
    const other: RequirementProof = { ...proof, id: "HAR-01" };
    expect(await writeProofs(path, [other, proof])).toEqual({ ok: true, value: undefined });
    expect(await readProofs(path, "specs/proof.json")).toEqual({ ok: true, value: [proof, other] });
    expect(readFileSync(path, "utf8")).toBe(proofText([proof, other]));
  });

  it("that is not there proves nothing", async () => {
    expect(await readProofs(join(folder, "none.json"), "specs/proof.json")).toEqual({ ok: true, value: [] });
  });

  it("that cannot be read or written is a problem, not an empty proof", async () => {
    const read = await readProofs(folder, "specs/proof.json");
    expect(read).toMatchObject({ ok: false, error: [{ code: "internal/io", place: { file: "specs/proof.json" } }] });
    writeFileSync(join(folder, "file"), "");
    expect(await writeProofs(join(folder, "file", "proof.json"), [])).toMatchObject({
      ok: false,
      error: { code: "internal/io" },
    });
  });

  it.each<[string, string | RegExp, (one: RequirementProof) => unknown]>([
    [
      "a trial that is not listed",
      "EXE-15: isOpen names a trial that is not listed",
      (one) => ({ ...one, trials: [] }),
    ],
    [
      "a killer that is not listed",
      "EXE-15: isOpen names a trial that is not listed",
      (one) => ({ ...one, places: one.places.map((at) => ({ ...at, killers: [{ trial: 1, mutants: 1 }] })) }),
    ],
    [
      "more killed than anybody noticed",
      "EXE-15: the counts of isOpen differ",
      (one) => ({ ...one, places: one.places.map((at) => ({ ...at, killed: 2 })) }),
    ],
    [
      "survivors that are not counted",
      "EXE-15: the counts of isOpen differ",
      (one) => ({ ...one, places: one.places.map((at) => ({ ...at, survived: 0 })) }),
    ],
    ["a key that nobody writes", /additional properties/, (one) => ({ ...one, approved: true })],
  ])("is refused with %s", (_, message, spoil) => {
    const text = JSON.stringify({ schema: "lockkeeper/proof/v1", requirements: [spoil(proof)] });
    expect(problemsOf(text)).toEqual([expect.stringMatching(message)]);
  });

  it("is refused with a requirement that stands twice, a key that does, or no JSON at all", () => {
    const requirements = [proof, proof];
    expect(problemsOf(JSON.stringify({ schema: "lockkeeper/proof/v1", requirements }))).toEqual([
      "EXE-15 stands twice",
    ]);
    expect(problemsOf('{"schema": "lockkeeper/proof/v1", "requirements": [], "requirements": []}')).toHaveLength(1);
    for (const text of ["", "null", "[]", "{", proofText([proof]).slice(0, -9)]) {
      expect(problemsOf(text)).not.toEqual([]);
    }
  });
});
