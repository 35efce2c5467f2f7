import { marking, type World } from "./world.js";

/** What came back: nothing where the gateway went away first. */
export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>>; readonly ms: number };

/** One capability, and everything that was answered to whoever used it. */
export type Attempt = {
  readonly n: number;
  readonly token: string;
  readonly approvalId: string;
  readonly answers: (Answer | undefined)[];
};

/** Asks a gateway as a client would. */
export interface Client {
  /** How long each answer took, in milliseconds, less what the command itself took. */
  readonly times: number[];
  ask(url: string, path: string, headers: Readonly<Record<string, string>>, body?: object): Promise<Answer | undefined>;
  /** Asks for an approval of a marking command, approves it as somebody else, and mints its token. */
  capability(url: string, n: number): Promise<Attempt | undefined>;
  /** Uses a capability. */
  use(url: string, attempt: Attempt): Promise<Answer | undefined>;
}

/** How long anything may take before the client takes it for lost, in milliseconds. */
const giveUpMs = 30_000;

export async function makeClient(world: World): Promise<Client> {
  const times: number[] = [];
  const approver = { authorization: `Bearer ${await world.bearer("ann", "OPERATOR")}` };
  const ask: Client["ask"] = async (url, path, headers, body) => {
    const startedMs = performance.now();
    try {
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(giveUpMs),
      });
      const answer = Object(await response.json());
      const ms = performance.now() - startedMs - Number(answer.duration_ms ?? 0);
      times.push(ms);
      return { status: response.status, body: answer, ms };
    } catch {
      return undefined;
    }
  };
  return {
    times,
    ask,
    capability: async (url, n) => {
      // A requester each, so that no quota is in the way.
      const requester = { authorization: `Bearer ${await world.bearer(`agent-${n}`, "requester")}` };
      const asked = await ask(url, "/approvals", requester, { command: marking(n), reason: "chaos" });
      if (asked?.status !== 201) return undefined;
      const approvalId = String(asked.body.id);
      const approved = await ask(url, `/approvals/${approvalId}/approve`, approver, { reason: "chaos" });
      if (approved?.status !== 200) return undefined;
      const minted = await ask(url, `/approvals/${approvalId}/token`, requester);
      if (minted?.status !== 201) return undefined;
      return { n, approvalId, token: String(minted.body.token), answers: [] };
    },
    use: async (url, attempt) => {
      const body = { command: marking(attempt.n), approval_id: attempt.approvalId, include: ["duration_ms"] };
      const answer = await ask(url, "/gateway/execute", { "x-capability-token": attempt.token }, body);
      attempt.answers.push(answer);
      return answer;
    },
  };
}
