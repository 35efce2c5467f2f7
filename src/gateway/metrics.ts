import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Outcome } from "../gate/index.js";
import { reasonOf } from "./answers.js";

/** What is counted; names and labels as Prometheus scrapes them. */
export type GatewayMetrics = {
  readonly registry: Registry;
  /** An execution was answered after so many milliseconds. */
  execution(outcome: Outcome, ms: number): void;
  /** A decision was asked for over the decision API. */
  decision(entrypoint: string, allow: boolean, rules: readonly string[], ms: number): void;
  /** A credential or a role was refused. */
  refusal(reason: string): void;
  /** Something happened that people are to look at. */
  alert(kind: string): void;
  running(change: 1 | -1): void;
  /** Whether each store answers. */
  health(name: string, ok: boolean): void;
};

const latencySeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Counters of one gateway. No label holds who asked or what was run: a page of metrics tells how much, never who. */
export function createMetrics(): GatewayMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "lockkeeper_" });
  const registers = [registry];
  const executions = new Counter({
    name: "lockkeeper_executions_total",
    help: "Attempts to execute, by outcome",
    labelNames: ["outcome"],
    registers,
  });
  const rules = new Counter({
    name: "lockkeeper_violations_total",
    help: "Violations, by rule",
    labelNames: ["rule"],
    registers,
  });
  const refusals = new Counter({
    name: "lockkeeper_security_refusals_total",
    help: "Refused credentials and roles, by reason",
    labelNames: ["reason"],
    registers,
  });
  const alerts = new Counter({
    name: "lockkeeper_alerts_total",
    help: "What people are to look at, by kind",
    labelNames: ["kind"],
    registers,
  });
  const decisions = new Counter({
    name: "lockkeeper_decisions_total",
    help: "Decisions, by entrypoint and answer",
    labelNames: ["entrypoint", "decision"],
    registers,
  });
  const seconds = new Histogram({
    name: "lockkeeper_execution_seconds",
    help: "Time to answer an execution, the command's own life included",
    labelNames: ["outcome"],
    buckets: latencySeconds,
    registers,
  });
  const decisionSeconds = new Histogram({
    name: "lockkeeper_decision_seconds",
    help: "Time to decide",
    labelNames: ["entrypoint"],
    buckets: latencySeconds,
    registers,
  });
  const running = new Gauge({ name: "lockkeeper_running", help: "Executions that run now", registers });
  const healthy = new Gauge({
    name: "lockkeeper_healthy",
    help: "Whether a part answers: 1 or 0",
    labelNames: ["part"],
    registers,
  });
  return {
    registry,
    execution: (outcome, ms) => {
      const name = outcome.kind === "refused" ? "refused" : outcome.end.outcome;
      executions.inc({ outcome: name });
      seconds.observe({ outcome: name }, ms / 1000);
      if (outcome.kind !== "refused") return;
      for (const { rule } of outcome.violations) rules.inc({ rule });
      countRefusal(refusals, reasonOf(outcome.violations));
    },
    decision: (entrypoint, allow, violated, ms) => {
      decisions.inc({ entrypoint, decision: allow ? "allow" : "deny" });
      decisionSeconds.observe({ entrypoint }, ms / 1000);
      for (const rule of violated) rules.inc({ rule });
    },
    alert: (kind) => alerts.inc({ kind }),
    refusal: (reason) => countRefusal(refusals, reason),
    running: (change) => running.inc(change),
    health: (name, ok) => healthy.set({ part: name }, ok ? 1 : 0),
  };
}

/**
 * Counts a refusal under its reason; undefined where what was refused is no credential and no role.
 *
 * @requirement EXE-12
 */
function countRefusal(refusals: Counter<"reason">, reason: string | undefined): void {
  if (reason !== undefined) refusals.inc({ reason });
}
