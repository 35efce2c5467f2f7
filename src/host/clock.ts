import { randomBytes } from "node:crypto";
import type { Clock, Random } from "../model/index.js";

/** The machine's wall clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** The operating system's random bytes. */
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };
