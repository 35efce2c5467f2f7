import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoppingExecutor } from "../../gate/index.js";
import { systemClock, systemRandom } from "../../host/index.js";
import type { Clock } from "../../model/index.js";
import { type Algorithm, createToken, type KeySet, newKey, type Purpose, privateJwks, purposes } from "../../token/index.js";
import { createLogger } from "../redacted-log.js";
import { type GatewayEnvironment, readSettings } from "../settings.js";
import { type RunningGateway, startGateway } from "../start-gateway.js";

/** A gateway on ports of its own, in a folder of its own, with keys of its own. */
export interface TestGateway extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly folder: string;
  readonly keys: KeySet;
  readonly lines: readonly string[];
  /** A Bearer token for somebody in a role. */
  bearer(id: string, role: string): Promise<string>;
  /** Asks; gives status, headers and the parsed body. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answered>;
  /** Asks for an approval of a command as an agent, approves it as somebody else, and mints its token. */
  approved(command: string | readonly string[], more?: object): Promise<{ approval_id: string; token: string }>;
  execute(body: object, token: string | null, headers?: Record<string, string>): Promise<Answered>;
}

export type AskOptions = {
  readonly bearer?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};

// biome-ignore lint/suspicious/noExplicitAny: what a test looks into is what the test says
export type Answered = { readonly status: number; readonly headers: Headers; readonly body: any };

export type TestGatewayOptions = {
  readonly executor: StoppingExecutor;
  readonly folder?: string;
  readonly environment?: GatewayEnvironment;
  readonly clock?: Clock;
  readonly alg?: Algorithm;
  readonly keys?: KeySet;
  readonly yaml?: string;
};

export function newKeys(alg: Algorithm = "EdDSA", clock: Clock = systemClock): KeySet {
  const keyFor = (purpose: Purpose) => newKey(purpose === "checkpoint" ? "EdDSA" : alg, purpose, clock.nowMs(), systemRandom);
  return { keys: purposes.map(keyFor) };
}

export async function startTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const { executor, environment = {}, clock = systemClock, alg = "EdDSA" } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "lockkeeper-gateway-")));
  const keys = options.keys ?? newKeys(alg, clock);
  await mkdir(join(folder, "workspace"), { recursive: true });
  // Commands run as somebody else, who has to get to their workspace.
  await chmod(folder, 0o711);
  const text = options.yaml ?? "";
  const settings = readSettings(text, "lockkeeper.yaml", {
    LOCKKEEPER_PORT: "0",
    LOCKKEEPER_KEYS_JSON: JSON.stringify(privateJwks(keys)),
    ...environment,
  });
  if (!settings.ok) throw new Error(JSON.stringify(settings.error));
  const lines: string[] = [];
  const logger = createLogger("info", (line) => lines.push(line));
  const anyPort = settings.value.metrics === null ? null : { ...settings.value.metrics, port: 0 };
  const started = await startGateway({ ...settings.value, metrics: anyPort }, { root: folder, executor, logger, clock });
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  const gateway = started.value;

  const ask = async (method: string, path: string, { bearer, body, headers = {} }: AskOptions = {}): Promise<Answered> => {
    const response = await fetch(path.startsWith("http") ? path : `${gateway.url}${path}`, {
      method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const bearer = async (pilotId: string, role: string) => {
    const made = await createToken(
      { pilotId, role, expiresMinutes: 5 },
      { keySet: () => keys, clock, random: systemRandom },
    );
    if (!made.ok) throw new Error(made.error.message);
    return made.value;
  };
  return {
    gateway,
    folder,
    keys,
    lines,
    ask,
    bearer,
    approved: async (command, more = {}) => {
      const agent = await bearer("agent-7", "requester");
      const asked = await ask("POST", "/approvals", { bearer: agent, body: { command, reason: "a test", ...more } });
      const approval_id: string = asked.body.id;
      const approver = await bearer("alice", "OPERATOR");
      await ask("POST", `/approvals/${approval_id}/approve`, { bearer: approver, body: { reason: "seen" } });
      const minted = await ask("POST", `/approvals/${approval_id}/token`, { bearer: agent });
      if (minted.status !== 201) throw new Error(JSON.stringify([asked.body, minted.body]));
      return { approval_id, token: minted.body.token };
    },
    execute: (body, token, headers = {}) =>
      ask("POST", "/gateway/execute", {
        body,
        headers: { ...(token === null ? {} : { "x-capability-token": token }), ...headers },
      }),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      if (options.folder === undefined) await rm(folder, { recursive: true });
    },
  };
}
