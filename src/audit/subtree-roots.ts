import { type Frontier, GrowingTree, type LeafRange, type TreeHash } from "./merkle.js";

/**
 * Computes the roots of subtrees of a growing tree while its leaves go by, in memory that grows with their number only.
 * What is before `base` comes as the full trees of its frontier, of which a subtree has all or none.
 */
export class SubtreeRoots {
  readonly #ranges: readonly { readonly range: LeafRange; readonly tree: GrowingTree }[];
  #next: number;

  constructor(ranges: readonly LeafRange[], base: Frontier) {
    this.#ranges = ranges.map((range) => ({ range, tree: new GrowingTree() }));
    this.#next = 0;
    let left = base.size;
    for (const root of base.roots) {
      let leaves = 1;
      while (leaves * 2 <= left) leaves *= 2;
      this.#add(root, leaves);
      left -= leaves;
    }
  }

  /** Takes the next leaf. */
  leaf(hash: TreeHash): void {
    this.#add(hash, 1);
  }

  /** The roots, in the order of the ranges; meaningful once every leaf of them went by. */
  roots(): readonly TreeHash[] {
    return this.#ranges.map(({ tree }) => tree.root());
  }

  #add(root: TreeHash, leaves: number): void {
    for (const { range, tree } of this.#ranges) {
      if (this.#next >= range.start && this.#next < range.end) tree.append(root, leaves);
    }
    this.#next += leaves;
  }
}
