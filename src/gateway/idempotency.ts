import { hash } from "node:crypto";
import type { AnswerStore, KeptAnswer } from "./gateway-parts.js";

/** What a client may send as `Idempotency-Key`: visible ASCII, at most 255 characters. */
const keyForm = /^[\x21-\x7e]{1,255}$/;

/** Whether a header can be a key; what cannot is refused, for a client that sends one counts on it. */
export function isIdempotencyKey(header: unknown): header is string {
  return typeof header === "string" && keyForm.test(header);
}

/** Under which an answer is kept: whoever asks for it again must know key, token and body. */
export function answerKey(key: string, token: string, body: unknown): string {
  return hash("sha256", JSON.stringify([key, hash("sha256", token), JSON.stringify(body)]), "hex");
}

/** Answers larger than this are not kept; asking again is then refused as a replay. */
const keptBytes = 1024 * 1024;

/** Somebody asks: what gives them an answer of their own, and whether they may have one that is there already. */
export type Asking = { readonly run: () => Promise<KeptAnswer>; readonly mayHave: () => Promise<boolean> };

/**
 * Runs once for each key: who asks again while it runs is given the same answer, and who asks later the kept one, each only
 * if they may have it. Who may not is sent to run it themselves, where their credential is judged, and refused, as ever.
 * Only answers of what ran are shared and kept: a refusal has used nothing up, and may be another one next time.
 */
export function createOnce(store: AnswerStore, nowMs: () => number) {
  const running = new Map<string, Promise<KeptAnswer>>();
  const first = async (key: string, { run, mayHave }: Asking): Promise<KeptAnswer> => {
    const kept = await store.find(key);
    if (kept !== null) return (await mayHave()) ? kept : run();
    const answer = await run();
    if (answer.status === 200 && answer.body.length <= keptBytes) await store.keep(key, answer, nowMs());
    return answer;
  };
  return async (key: string, asking: Asking): Promise<KeptAnswer> => {
    for (let known = running.get(key); known !== undefined; known = running.get(key)) {
      const shared = await known;
      if (shared.status === 200) return (await asking.mayHave()) ? shared : asking.run();
    }
    const answer = first(key, asking).finally(() => running.delete(key));
    running.set(key, answer);
    return answer;
  };
}
