import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  type CheckpointMaking,
  defaultOrigin,
  ed25519Signer,
  ed25519Verifier,
  fileWitness,
  findingText,
  httpWitness,
  makeCheckpoint,
  type Witness,
} from "../audit/index.js";
import { type KeySet, keyState, type SigningKey } from "../token/index.js";
import type { GatewayParts } from "./gateway-parts.js";
import type { Stores } from "./open-stores.js";
import { closeInterrupted } from "./recovery.js";
import type { GatewaySettings } from "./settings.js";

/**
 * How often leftovers of processes that died, approvals past their time, and what can count no more are looked for, in
 * milliseconds.
 */
const usualSweepMs = 15_000;

type Parts = Pick<GatewayParts, "logger" | "metrics" | "clock"> & {
  readonly approvals: Pick<GatewayParts["approvals"], "expireOverdue">;
};

/**
 * Starts what has to be done now and again. Disposing of it ends it, and waits for what is being done.
 *
 * @param root - what a witness's file is relative to
 */
export function startMaintenance(
  { checkpointEveryS, witness }: Pick<GatewaySettings["audit"], "checkpointEveryS" | "witness">,
  root: string,
  parts: Parts,
  stores: Stores,
  keys: () => KeySet,
  sweepMs = usualSweepMs,
): AsyncDisposable {
  const { logger } = parts;
  const witnesses = witness === null ? [] : [witnessOf(witness, root)];
  const every = repeat((error) => logger.error({ err: error }, "maintenance failed"));
  every(sweepMs, async () => {
    const closed = await closeInterrupted(stores, stores.ledger);
    if (closed.length > 0) logger.warn({ executions: closed }, "closed as interrupted");
    await parts.approvals.expireOverdue();
    await prune(stores, parts.clock.nowMs());
  });
  every(sweepMs, () => stores.catchUp());
  const mark = () => checkpoint(stores, making(keys(), witnesses, parts.clock.nowMs()), parts);
  if (checkpointEveryS > 0) every(checkpointEveryS * 1000, mark);
  return {
    [Symbol.asyncDispose]: async () => {
      await every.stop();
      // What came since the last one is vouched for, too: a log that is cut off while nothing runs is noticed.
      if (checkpointEveryS > 0)
        await mark().catch((error: unknown) => logger.error({ err: error }, "no last checkpoint"));
    },
  };
}

/** The most batches that are forgotten in one sweep: what is left then waits for the next. */
const maxBatches = 200;

/** Forgets what can count no more, batch by batch, with whoever waits for the store in between. */
async function prune(stores: Pick<Stores, "prune">, nowMs: number): Promise<void> {
  for (let batches = 0; batches < maxBatches; batches += 1) {
    if (!(await stores.prune(nowMs))) return;
    await setImmediate();
  }
}

/** Makes a checkpoint, if there is a key to sign it with. Another process that makes one at the same time wins or loses alone. */
async function checkpoint(
  { audit }: Pick<Stores, "audit">,
  how: CheckpointMaking | null,
  { logger, metrics }: Pick<Parts, "logger" | "metrics">,
): Promise<void> {
  if (how === null) return;
  const made = await makeCheckpoint(audit, how);
  if (!made.ok) {
    metrics.alert("audit");
    logger.error({ alert: "audit", findings: made.error.map(findingText) }, "the audit does not hold");
  } else if (made.value.untold.length > 0) logger.warn({ untold: made.value.untold }, "a witness could not be told");
}

function witnessOf(witness: NonNullable<GatewaySettings["audit"]["witness"]>, root: string): Witness {
  return "file" in witness ? fileWitness(resolve(root, witness.file)) : httpWitness(witness.url);
}

/** With what a checkpoint is signed, and what earlier ones may be signed by; null where there is no key. */
export function making({ keys }: KeySet, witnesses: readonly Witness[], nowMs: number): CheckpointMaking | null {
  const own = keys.filter(({ purpose }) => purpose === "checkpoint");
  const signing = own.find((key): key is SigningKey & { privateKey: NonNullable<SigningKey["privateKey"]> } => {
    return key.privateKey !== null && keyState(key, nowMs) === "current";
  });
  if (signing === undefined) return null;
  const verifiers = own.map(({ verifyKey }) => ed25519Verifier(verifyKey, defaultOrigin));
  return { signer: ed25519Signer(signing.privateKey, defaultOrigin), verifiers, witnesses, nowMs };
}

/** Does things every so often, one at a time each. */
function repeat(onFailure: (error: unknown) => void) {
  const timers: NodeJS.Timeout[] = [];
  const busy = new Set<Promise<void>>();
  const every = (ms: number, work: () => Promise<void>) => {
    let running = false;
    const once = async () => {
      if (running) return;
      running = true;
      const done = work().catch(onFailure);
      busy.add(done);
      await done;
      busy.delete(done);
      running = false;
    };
    const timer = setInterval(() => void once(), ms);
    timer.unref();
    timers.push(timer);
  };
  every.stop = async () => {
    for (const timer of timers) clearInterval(timer);
    await Promise.all(busy);
  };
  return every;
}
