import type { OutputFilter, OutputStream } from "../gate/index.js";

/** The most that is held back, in bytes: a longer line is cut where no token goes on, and no key is as long. */
const heldBytes = 64 * 1024;

/** What a token or key may be made of, at the end of what has come so far. */
const unfinished = /[A-Za-z0-9._~+/=-]{0,8192}$/;

/**
 * The filter of outputs until there is a better one: whole lines go through `redact`, so that what is cut in two by chunks is
 * seen; what is open (a line without its end, a private key without its end) is held back. Bytes that are no text pass as they are.
 *
 * @param redact - replaces secrets in ASCII, and leaves everything else
 * @requirement EXE-16
 */
export function redactingFilter(redact: (text: string) => string): OutputFilter {
  return {
    open: () => redactingStream(redact),
    action: (action) => ({
      ...action,
      argv: action.argv.map(redact),
      env: Object.fromEntries(Object.entries(action.env).map(([name, value]) => [name, redact(value)])),
    }),
    text: redact,
  };
}

/** Works on bytes as Latin-1, one character each, so that what is not replaced comes out as it went in. */
function redactingStream(redact: (text: string) => string): OutputStream {
  let held = "";
  const letOut = (count: number): Uint8Array => {
    const out = redact(held.slice(0, count));
    held = held.slice(count);
    return Buffer.from(out, "latin1");
  };
  return {
    push: (chunk) => {
      held += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
      return letOut(finishedLength(held));
    },
    end: () => letOut(held.length),
  };
}

/** How much of what is held can be let out: to the last line's end, and not into a private key that is still open. */
function finishedLength(held: string): number {
  const lines = held.lastIndexOf("\n") + 1;
  const end = lines > 0 || held.length <= heldBytes ? lines : held.length - (unfinished.exec(held)?.[0].length ?? 0);
  const key = held.lastIndexOf("-----BEGIN ", end);
  const isClosed = held.slice(0, end).includes("-----END ", key);
  const isOpen = key !== -1 && !isClosed && held.length - key <= heldBytes;
  return isOpen ? Math.min(end, key) : end;
}
