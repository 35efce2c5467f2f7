import { maxNoteLength } from "./signed-note.js";
import type { Witness } from "./witness.js";

/** How long a witness may take to answer, in milliseconds, unless said otherwise. */
const defaultTimeoutMs = 5000;

/**
 * An address that checkpoints are POSTed to as text, and whose GET answers with the newest, or 404 where there is none.
 * Redirects are not followed. Every failure rejects: a witness that cannot be asked must not look like one without checkpoints.
 */
export function httpWitness(url: string, timeoutMs = defaultTimeoutMs): Witness {
  const name = new URL(url).origin;
  const ask = (init: RequestInit) => fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
  return {
    name,
    publish: async (note) => {
      const answer = await ask({
        method: "POST",
        body: note,
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the witness ${name} answered ${answer.status}`);
    },
    latest: async () => {
      const answer = await ask({ method: "GET" });
      if (answer.ok) return boundedText(answer, name);
      await answer.body?.cancel();
      if (answer.status === 404) return null;
      throw new Error(`the witness ${name} answered ${answer.status}`);
    },
  };
}

async function boundedText(answer: Response, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > maxNoteLength) throw new Error(`the witness ${name} answered with more than ${maxNoteLength} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
