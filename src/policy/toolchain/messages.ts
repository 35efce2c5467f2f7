/** What the threads say to one another. */

/** How a worker comes by the compiled toolchain: from the committed file, or ready made from another worker. */
export type Start =
  | { readonly kind: "module"; readonly module: WebAssembly.Module }
  | { readonly kind: "artefact"; readonly artefact: Artefact; readonly cacheDir: string | undefined };

/** The committed toolchain: its bytes, or where they are, and the hashes that they must have (SHA-256, hex). */
export type Artefact = {
  readonly br: string | Uint8Array;
  readonly sha256: string;
  readonly sha256_br: string;
};

/** To a worker. */
export type Call = { readonly op: string; readonly body: string };

/** From a worker: once `ready` or `refused`, then one `answer` or `broken` for each call. */
export type FromWorker =
  | { readonly kind: "ready"; readonly module: WebAssembly.Module }
  | { readonly kind: "refused"; readonly message: string }
  | {
      readonly kind: "answer";
      readonly header: string;
      readonly blob: Uint8Array;
      readonly builtins: readonly string[];
    }
  | { readonly kind: "broken"; readonly message: string }
  | {
      readonly kind: "spent";
      readonly header: string;
      readonly blob: Uint8Array;
      readonly builtins: readonly string[];
    };

/**
 * Tells whether a message is ours.
 *
 * INVARIANT: only `worker.ts` posts to the port, and it posts `FromWorker` by type, so that its kind says the rest.
 */
export function isFromWorker(value: unknown): value is FromWorker {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** Tells whether a worker was started by us; the same invariant the other way round. */
export function isStart(value: unknown): value is Start {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** Tells whether a message asks for a call. */
export function isCall(value: unknown): value is Call {
  return typeof value === "object" && value !== null && "op" in value && "body" in value;
}
