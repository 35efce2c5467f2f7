import type { Logger } from "pino";
import type { Actor, Approvals, KillSwitchService } from "../approval/index.js";
import type { AuditLog } from "../audit/index.js";
import type { Authenticator, Gate, PolicySource, Recorder } from "../gate/index.js";
import type { Clock, Problem, Random, Result } from "../model/index.js";
import type { GatewayMetrics } from "./metrics.js";
import type { Unwaited } from "./unwaited.js";

/** Who a Bearer token says is asking. */
export type Caller = Actor;

/** What a request shows of who sends it: a Bearer token or none, or, where it shows no such thing, the older header. */
export type ShownCredential =
  | { readonly kind: "bearer"; readonly token: string | null }
  | { readonly kind: "pilot"; readonly pilotId: string };

/** Tells who asks for a route, such as `POST /pilot/cancel`. */
export type IdentifyCaller = (shown: ShownCredential, route: string) => Promise<Result<Caller, Problem>>;

/** What is taken for a command where a request does not say. */
export type CommandDefaults = { readonly profile: string; readonly workspace: string };

/** An answer that is kept for whoever asks again with the same key, token and body. */
export type KeptAnswer = { readonly status: number; readonly body: string };

/** Keeps answers by a hash of idempotency key, token and body, for a day at least. */
export interface AnswerStore {
  find(key: string): Promise<KeptAnswer | null>;
  keep(key: string, answer: KeptAnswer, nowMs: number): Promise<void>;
}

/** One thing that is looked at to say whether requests can be served. */
export type HealthCheck = { readonly name: string; readonly ok: boolean; readonly detail: string };

/** Everything a gateway is made of; whoever assembles a program hands in the real ones. */
export type GatewayParts = {
  readonly gate: Gate;
  /** The one that the gate asks, too. */
  readonly authenticator: Authenticator;
  /** What clients call this gateway, without a slash at its end; null where it is whatever they call it. */
  readonly publicUrl: string | null;
  readonly policies: PolicySource;
  readonly identify: IdentifyCaller;
  readonly approvals: Approvals;
  readonly unwaited: Unwaited;
  readonly killSwitch: KillSwitchService;
  readonly recorder: Recorder;
  readonly audit: Pick<AuditLog, "about">;
  /** Ends an execution that runs in this process. @returns whether it did run here */
  readonly stopExecution: (executionId: string) => boolean;
  readonly answers: AnswerStore;
  readonly defaults: CommandDefaults;
  readonly checks: () => Promise<readonly HealthCheck[]>;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
};
