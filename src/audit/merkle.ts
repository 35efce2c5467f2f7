import { hash } from "node:crypto";

/**
 * Merkle trees as RFC 9162 has them, over SHA-256. A hash is held as 32 characters of one byte each (`latin1`): that is what
 * the one-shot `hash` gives and takes fastest, and verifying a log asks for two a line. `hexOf` and `fromHex` are for the edges.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1
 */
export type TreeHash = string;

const leafInput = Buffer.alloc(33);
const nodeInput = Buffer.alloc(65).fill(1, 0, 1);

/** The root of a tree without leaves. */
export const emptyRoot: TreeHash = hash("sha256", "", "binary");

/** The leaf of some bytes: SHA-256 over 0x00 and the bytes. */
export function leafHash(data: Uint8Array): TreeHash {
  return hash("sha256", Buffer.concat([Buffer.of(0), data]), "binary");
}

/** The leaf whose bytes are a SHA-256, given in hexadecimal. */
export function leafOfSha256(sha256: string): TreeHash {
  leafInput.write(sha256, 1, "hex");
  return hash("sha256", leafInput, "binary");
}

/** The node over two others: SHA-256 over 0x01, the left and the right one. */
export function nodeHash(left: TreeHash, right: TreeHash): TreeHash {
  nodeInput.write(left, 1, "latin1");
  nodeInput.write(right, 33, "latin1");
  return hash("sha256", nodeInput, "binary");
}

/** As lower-case hexadecimal digits. */
export function hexOf(value: TreeHash): string {
  return Buffer.from(value, "latin1").toString("hex");
}

/** From 64 hexadecimal digits. */
export function fromHex(hex: string): TreeHash {
  return Buffer.from(hex, "hex").toString("latin1");
}

/**
 * All that is needed of a tree to let it grow: how many leaves it has, and the roots of the full trees that it is made of,
 * the largest first; at most 53.
 */
export type Frontier = { readonly size: number; readonly roots: readonly TreeHash[] };

export const emptyFrontier: Frontier = { size: 0, roots: [] };

/** A tree that grows leaf by leaf, in memory that grows with the logarithm of its size only. */
export class GrowingTree {
  #size: number;
  readonly #roots: TreeHash[];

  constructor(from: Frontier = emptyFrontier) {
    this.#size = from.size;
    this.#roots = [...from.roots];
  }

  /** @param leaves - how many `root` is the root of, where it is that of a full tree: a power of two that divides `size` */
  append(root: TreeHash, leaves = 1): void {
    let merged = root;
    for (let full = this.#size / leaves; full % 2 === 1; full = (full - 1) / 2) {
      merged = nodeHash(this.#roots.pop() ?? "", merged);
    }
    this.#roots.push(merged);
    this.#size += leaves;
  }

  /** Appends the leaf whose bytes are a SHA-256, given in hexadecimal. */
  appendSha256(sha256: string): void {
    this.append(leafOfSha256(sha256));
  }

  get size(): number {
    return this.#size;
  }

  frontier(): Frontier {
    return { size: this.#size, roots: [...this.#roots] };
  }

  root(): TreeHash {
    return rootOf(this.#roots);
  }
}

/** The root of the tree that these full trees, the largest first, make. */
export function rootOf(roots: readonly TreeHash[]): TreeHash {
  return roots.length === 0 ? emptyRoot : roots.reduceRight((right, left) => nodeHash(left, right));
}

/** How many full trees a tree of this many leaves is made of: the ones of its binary form. */
export function fullTreesOf(size: number): number {
  let count = 0;
  for (let left = size; left > 0; left = Math.floor(left / 2)) count += left % 2;
  return count;
}

/** Leaves from `start` up to and without `end`, from 0. */
export type LeafRange = { readonly start: number; readonly end: number };

/** The subtrees whose roots are the inclusion proof of one leaf, in the proof's order. RFC 9162, 2.1.3.1. */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/**
 * The root that a leaf and its inclusion proof lead to; undefined where the proof has not the form that index and size ask
 * for. RFC 9162, 2.1.3.2.
 */
export function rootFromInclusion(
  leaf: TreeHash,
  index: number,
  size: number,
  path: readonly TreeHash[],
): TreeHash | undefined {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) return undefined;
  const ranges = inclusionRanges(index, size);
  if (ranges.length !== path.length) return undefined;
  return path.reduce((node, sibling, at) => {
    const { start = 0 } = ranges[at] ?? {};
    return start > index ? nodeHash(node, sibling) : nodeHash(sibling, node);
  }, leaf);
}

/** The inclusion proof of one of these leaves. */
export function inclusionPath(leaves: readonly TreeHash[], index: number): readonly TreeHash[] {
  return inclusionRanges(index, leaves.length).map(({ start, end }) => rootOfLeaves(leaves, start, end));
}

/** The root over some of these leaves. */
export function rootOfLeaves(leaves: readonly TreeHash[], start = 0, end = leaves.length): TreeHash {
  const tree = new GrowingTree();
  for (let at = start; at < end; at++) tree.append(leaves[at] ?? "");
  return tree.root();
}

/**
 * The proof that the tree over all these leaves is the one over the first `earlier` of them, grown. RFC 9162, 2.1.4.1.
 *
 * @param earlier - at least 1, at most the number of leaves, for which the proof is empty
 */
export function consistencyPath(leaves: readonly TreeHash[], earlier: number): readonly TreeHash[] {
  const path: TreeHash[] = [];
  let [start, end, whole] = [0, leaves.length, true];
  while (earlier - start < end - start) {
    const middle = start + splitOf(end - start);
    if (earlier <= middle) {
      path.push(rootOfLeaves(leaves, middle, end));
      end = middle;
    } else {
      path.push(rootOfLeaves(leaves, start, middle));
      start = middle;
      whole = false;
    }
  }
  return whole ? path.reverse() : [rootOfLeaves(leaves, start, end), ...path.reverse()];
}

/** One size of a tree and the root it then had. */
export type TreeHead = { readonly size: number; readonly root: TreeHash };

/** Whether a proof shows that `later` is `earlier`, grown. RFC 9162, 2.1.4.2. */
export function isConsistent(earlier: TreeHead, later: TreeHead, path: readonly TreeHash[]): boolean {
  if (earlier.size < 1 || earlier.size > later.size) return false;
  if (earlier.size === later.size) return path.length === 0 && earlier.root === later.root;
  const full = Number.isInteger(Math.log2(earlier.size));
  const [first, ...rest] = full ? [earlier.root, ...path] : path;
  let [fn, sn] = [earlier.size - 1, later.size - 1];
  while (fn % 2 === 1) [fn, sn] = [(fn - 1) / 2, Math.floor(sn / 2)];
  if (first === undefined) return false;
  let [fr, sr] = [first, first];
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [nodeHash(sibling, fr), nodeHash(sibling, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      sr = nodeHash(sr, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && fr === earlier.root && sr === later.root;
}
