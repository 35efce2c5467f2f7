import { Agent, request } from "node:http";
import type { World } from "../scripts/chaos/world.js";

/** One answer, and how long it took. */
export type Answered = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly ms: number;
};

/** A token with the approval that it names. */
export type Capability = { readonly token: string; readonly approvalId: string };

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Posts JSON on a connection that stays open. */
export function post(url: string, headers: Readonly<Record<string, string>>, body: object): Promise<Answered> {
  const startedMs = performance.now();
  const text = JSON.stringify(body);
  const all = { ...headers, "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", headers: all, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const ms = performance.now() - startedMs;
        resolve({ status: response.statusCode ?? 0, body: Object(JSON.parse(Buffer.concat(chunks).toString())), ms });
      });
    });
    asked.on("error", reject);
    asked.end(text);
  });
}

let agents = 0;

/** Has a command approved so many times, each for an agent of its own, for each has a quota. */
export async function capabilities(world: World, url: string, command: string, count: number): Promise<Capability[]> {
  const approver = { authorization: `Bearer ${await world.bearer("ann", "OPERATOR")}` };
  return inFlight(count, 16, async () => {
    agents += 1;
    const requester = { authorization: `Bearer ${await world.bearer(`agent-${agents}`, "requester")}` };
    const asked = await post(`${url}/approvals`, requester, { command, reason: "bench" });
    const approvalId = String(asked.body.id);
    await post(`${url}/approvals/${approvalId}/approve`, approver, { reason: "bench" });
    const minted = await post(`${url}/approvals/${approvalId}/token`, requester, {});
    if (minted.status !== 201) throw new Error(JSON.stringify([asked.body, minted.body]));
    return { token: String(minted.body.token), approvalId };
  });
}

/** Executes with one capability. */
export async function execute(url: string, command: string, { token, approvalId }: Capability): Promise<Answered> {
  const body = { command, approval_id: approvalId };
  const answered = await post(`${url}/gateway/execute`, { "x-capability-token": token }, body);
  if (answered.body.success !== true) throw new Error(JSON.stringify(answered.body));
  return answered;
}

/** Does something so many times, so many at once; gives the results in the order that they came. */
export async function inFlight<T>(count: number, atOnce: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const loop = async () => {
    while (next < count) {
      next += 1;
      results.push(await work(next - 1));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  return results;
}
