import type { Frontier, TreeHash } from "./merkle.js";

/** What a checkpoint says of a chain: its head at one number, and the root over all entries so far. */
export type Anchor = { readonly seq: number; readonly sha256: string; readonly root: TreeHash };

/** Where a chain may begin, because what was before is archived. */
export type Base = { readonly seq: number; readonly sha256: string; readonly frontier: Frontier };

/** What signed checkpoints say of one writer, both by number. */
export type KnownChain = { readonly anchors: readonly Anchor[]; readonly bases: readonly Base[] };

/** A writer of whom no checkpoint says anything. */
export const unknownChain: KnownChain = { anchors: [], bases: [] };
