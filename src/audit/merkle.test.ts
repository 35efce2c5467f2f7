import { describe, expect, it } from "vitest";
import {
  consistencyPath,
  emptyRoot,
  fromHex,
  fullTreesOf,
  GrowingTree,
  hexOf,
  inclusionPath,
  inclusionRanges,
  isConsistent,
  leafHash,
  leafOfSha256,
  nodeHash,
  rootFromInclusion,
  rootOfLeaves,
} from "./merkle.js";

/** Leaves and roots of the reference tests of Certificate Transparency. */
const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const leaves = inputs.map((hex) => leafHash(Buffer.from(hex, "hex")));

/** The definition of RFC 9162, 2.1.1, word for word. */
function mth(list: readonly string[]): string {
  if (list.length <= 1) return list[0] ?? emptyRoot;
  let k = 1;
  while (k * 2 < list.length) k *= 2;
  return nodeHash(mth(list.slice(0, k)), mth(list.slice(k)));
}

const many = Array.from({ length: 70 }, (_, at) => leafHash(Buffer.of(at)));

describe("roots", () => {
  it.each(roots.map((root, size) => ({ root, size })))(
    "is that of the reference for $size leaves",
    ({ root, size }) => {
      expect(hexOf(rootOfLeaves(leaves.slice(0, size)))).toBe(root);
    },
  );

  it("is that of the definition for every size up to 70", () => {
    for (let size = 0; size <= 70; size++) expect(rootOfLeaves(many, 0, size)).toBe(mth(many.slice(0, size)));
  });

  it("is the same where a tree goes on from its frontier, or is given full trees", () => {
    for (let size = 0; size <= 40; size++) {
      const first = new GrowingTree();
      for (const leaf of many.slice(0, size)) first.append(leaf);
      expect(first.frontier().roots).toHaveLength(fullTreesOf(size));
      const second = new GrowingTree(first.frontier());
      for (const leaf of many.slice(size)) second.append(leaf);
      expect([second.size, second.root()]).toEqual([70, mth(many)]);
    }
    const whole = new GrowingTree();
    whole.append(mth(many.slice(0, 32)), 32);
    whole.append(mth(many.slice(32, 64)), 32);
    whole.append(mth(many.slice(64, 68)), 4);
    for (const leaf of many.slice(68)) whole.append(leaf);
    expect(whole.root()).toBe(mth(many));
  });

  it("takes a SHA-256 for the 32 bytes that it is", () => {
    const sha256 = "ab".repeat(32);
    expect(leafOfSha256(sha256)).toBe(leafHash(Buffer.from(sha256, "hex")));
    expect(hexOf(fromHex(sha256))).toBe(sha256);
  });
});

describe("inclusion", () => {
  it("leads from every leaf of every size to the root, and to no other", () => {
    for (let size = 1; size <= 33; size++) {
      const list = many.slice(0, size);
      for (let index = 0; index < size; index++) {
        const path = inclusionPath(list, index);
        expect(rootFromInclusion(many[index] ?? "", index, size, path)).toBe(mth(list));
        expect(rootFromInclusion(many[(index + 1) % 70] ?? "", index, size, path)).not.toBe(mth(list));
      }
    }
  });

  it("is that of the example of RFC 9162, 2.1.5", () => {
    expect(inclusionRanges(0, 7)).toEqual([
      { start: 1, end: 2 },
      { start: 2, end: 4 },
      { start: 4, end: 7 },
    ]);
    expect(inclusionRanges(6, 7)).toEqual([
      { start: 4, end: 6 },
      { start: 0, end: 4 },
    ]);
  });

  it("refuses a path of another length and an index outside", () => {
    const path = inclusionPath(leaves, 3);
    expect(rootFromInclusion(leaves[3] ?? "", 3, 8, path)).toBeDefined();
    expect(rootFromInclusion(leaves[3] ?? "", 3, 8, path.slice(1))).toBeUndefined();
    expect(rootFromInclusion(leaves[3] ?? "", 3, 8, [...path, emptyRoot])).toBeUndefined();
    for (const index of [-1, 8, 0.5, Number.NaN]) {
      expect(rootFromInclusion(leaves[3] ?? "", index, 8, path)).toBeUndefined();
    }
  });
});

describe("consistency", () => {
  it("shows every size grown to every later one, and nothing else", () => {
    for (let later = 1; later <= 24; later++) {
      const list = many.slice(0, later);
      for (let earlier = 1; earlier <= later; earlier++) {
        const path = consistencyPath(list, earlier);
        const [old, now] = [earlier, later].map((size) => ({ size, root: mth(many.slice(0, size)) }));
        if (old === undefined || now === undefined) throw new Error("two heads");
        expect(isConsistent(old, now, path)).toBe(true);
        expect(isConsistent({ ...old, root: emptyRoot }, now, path)).toBe(false);
        expect(isConsistent(old, { ...now, root: emptyRoot }, path)).toBe(false);
        expect(isConsistent(old, now, [...path, emptyRoot])).toBe(false);
        if (path.length > 0) expect(isConsistent(old, now, path.slice(1))).toBe(false);
      }
    }
  });

  it("shows nothing of no leaves, nor of a tree that shrank", () => {
    const head = (size: number) => ({ size, root: mth(many.slice(0, size)) });
    expect(isConsistent(head(0), head(3), [])).toBe(false);
    expect(isConsistent(head(4), head(3), [])).toBe(false);
  });
});
