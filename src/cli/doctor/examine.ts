import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { openKeys, openPolicies, openStores } from "../../gateway/index.js";
import { systemClock } from "../../host/index.js";
import { type Problem, printable } from "../../model/index.js";
import { createSandbox } from "../../sandbox/index.js";
import { type GatewayConfig, gatewayConfig } from "../serve/gateway-config.js";
import type { ConfigFlags } from "../serve.js";
import type { Terminal } from "../terminal.js";

/** What one check found. `needed`: without it a gateway does not start, or runs nothing. */
export type Finding = {
  readonly check: string;
  readonly state: "ok" | "missing" | "note";
  readonly detail: string;
  readonly hint?: string;
};

/**
 * Looks at everything a gateway needs, and prints what it found.
 *
 * @requirement EXE-27
 */
export async function examine(flags: ConfigFlags, terminal: Terminal): Promise<number> {
  const config = await gatewayConfig(flags.config);
  const checks = [runtime, clock, keys, policies, stores, workspace, isolation];
  const findings: Finding[] = [];
  for (const check of checks) {
    terminal.progress(`looking at ${check.name}`);
    findings.push(...(await check(config)));
  }
  terminal.progress("");
  const missing = findings.filter(({ state }) => state === "missing").length;
  if (terminal.json) terminal.out(JSON.stringify({ ok: missing === 0, findings }));
  else print(findings, terminal);
  return missing === 0 ? 0 : 2;
}

const marks = { ok: "ok     ", missing: "MISSING", note: "note   " } as const;
const styles = { ok: "green", missing: "red", note: "yellow" } as const;

function print(findings: readonly Finding[], terminal: Terminal): void {
  for (const { check, state, detail, hint } of findings) {
    terminal.out(`${terminal.paint(styles[state], marks[state])} ${check.padEnd(10)} ${printable(detail)}`);
    if (hint !== undefined) terminal.out(`        hint: ${printable(hint)}`);
  }
}

async function runtime(): Promise<Finding[]> {
  const { node } = process.versions;
  const isNew = Number(node.split(".")[0]) >= 24;
  return [{ check: "node", state: isNew ? "ok" : "missing", detail: node }];
}

/** Tokens live for seconds: a clock that is years off refuses them all. The build's own date is a lower bound. */
async function clock(): Promise<Finding[]> {
  const now = new Date(systemClock.nowMs());
  const { mtimeMs } = await stat(new URL(import.meta.url));
  const isBehind = now.getTime() + 24 * 3_600_000 < mtimeMs;
  const hint = isBehind ? { hint: "the clock is behind this program's own files: set it, and keep it by NTP" } : {};
  return [{ check: "clock", state: isBehind ? "missing" : "ok", detail: now.toISOString(), ...hint }];
}

async function keys({ settings, root }: GatewayConfig): Promise<Finding[]> {
  const opened = await openKeys(settings, root, systemClock);
  if (!opened.ok) return opened.error.map((problem) => asMissing("keys", problem));
  const current = opened.value.current().keys.filter(({ replaced_ms }) => replaced_ms === null);
  const told = current.map(({ purpose, alg }) => `${purpose} (${alg})`).join(", ");
  return [{ check: "keys", state: "ok", detail: told }];
}

async function policies({ settings, root }: GatewayConfig): Promise<Finding[]> {
  const opened = await openPolicies(settings, root);
  if (!opened.ok) return opened.error.map((problem) => asMissing("policies", problem));
  const { sha256 } = opened.value.current();
  return [{ check: "policies", state: "ok", detail: `bundle ${sha256.slice(0, 16)}` }];
}

async function stores({ settings, root }: GatewayConfig): Promise<Finding[]> {
  const opened = await openStores(settings, resolve(root, settings.data), { writer: "doctor", clock: systemClock });
  if (!opened.ok) return opened.error.map((problem) => asMissing("store", problem));
  await using store = opened.value;
  return (await store.checks()).map(({ name, ok, detail }) => ({
    check: name,
    state: ok ? "ok" : "missing",
    detail: `${detail} (${settings.store}, audit in ${settings.audit.storage})`,
  }));
}

async function workspace({ settings, root }: GatewayConfig): Promise<Finding[]> {
  const folder = resolve(root, settings.workspace);
  const isThere = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isThere)
    return [{ check: "workspace", state: "missing", detail: `${folder} is not there`, hint: `mkdir ${folder}` }];
  const closed = process.getuid?.() === 0 ? await closedTo(folder) : undefined;
  if (closed === undefined) return [{ check: "workspace", state: "ok", detail: folder }];
  const hint = `chmod o+x ${closed}, or keep the workspace elsewhere`;
  return [
    { check: "workspace", state: "missing", detail: `commands run as somebody else, who cannot enter ${closed}`, hint },
  ];
}

/** The first folder on the way that only its owner may enter. */
async function closedTo(folder: string): Promise<string | undefined> {
  const { mode } = await stat(folder);
  const above = dirname(folder) === folder ? undefined : await closedTo(dirname(folder));
  return above ?? ((mode & 0o001) === 0 ? folder : undefined);
}

async function isolation({ settings }: GatewayConfig): Promise<Finding[]> {
  if (process.platform !== "linux") {
    return [
      { check: "isolation", state: "missing", detail: "execution needs Linux; policy and conformance work here" },
    ];
  }
  try {
    const { uid, gid } = settings.sandbox;
    await using sandbox = await createSandbox({ user: { uid, gid } });
    const kinds = Object.entries(sandbox.isolation());
    const [held, open] = [kinds.filter(([, holds]) => holds), kinds.filter(([, holds]) => !holds)];
    const names = (list: typeof kinds) => list.map(([kind]) => kind).join(", ");
    const found: Finding = {
      check: "isolation",
      state: held.length > 0 ? "ok" : "missing",
      detail: names(held) || "none",
    };
    const lacking: Finding = { check: "isolation", state: "note", detail: `not in force: ${names(open)}` };
    return open.length === 0 ? [found] : [found, lacking];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ check: "isolation", state: "missing", detail, hint: "apt-get install bubblewrap" }];
  }
}

function asMissing(check: string, { message, hint }: Problem): Finding {
  return { check, state: "missing", detail: message, ...(hint === undefined ? {} : { hint }) };
}
