import { ok, type Problem, type Result } from "../model/index.js";
import type { Bundle } from "./bundle.js";
import { type Engine, openEngine } from "./engine.js";

/** Holds the policy in force, and puts another in its place without a request noticing. */
export type PolicyHost = {
  /**
   * The engine in force now. Whoever serves a request takes it once and keeps it to the end: it does not change, and it
   * lives as long as somebody holds it.
   */
  current(): Engine;
  /**
   * Puts another bundle in force once it is loaded whole. If it cannot be, the one in force stays. Reloads happen one
   * after another, in the order they were asked for.
   *
   * @returns the engine now in force, or why it is still the one before
   */
  reload(bundle: Bundle): Promise<Result<Engine, readonly Problem[]>>;
};

/** Opens a host on its first bundle; there is no host without a policy. */
export async function openPolicyHost(first: Bundle): Promise<Result<PolicyHost, readonly Problem[]>> {
  const opened = await openEngine(first);
  if (!opened.ok) return opened;
  let engine = opened.value;
  let queue: Promise<unknown> = Promise.resolve();
  return ok({
    current: () => engine,
    reload: (bundle) => {
      const next = queue.then(async () => {
        const loaded = await openEngine(bundle);
        if (loaded.ok) engine = loaded.value;
        return loaded;
      });
      queue = next;
      return next;
    },
  });
}
