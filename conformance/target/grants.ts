import { execFile } from "node:child_process";
import { isRecord } from "../../src/index.js";
import { type SignKey, sha256, signToken } from "./compact-token.js";
import { type Granted, NotAskable, type Target } from "./target.js";
import type { ApprovalSource, TargetCommand, TargetConfig } from "./target-config.js";

type GrantWorld = Pick<Target, "ask" | "bearer" | "clock" | "random" | "key"> & {
  readonly config: TargetConfig;
  readonly root: string;
};
type Source<By extends ApprovalSource["by"]> = Extract<ApprovalSource, { by: By }>;

/** Gives approvals and tokens as the config says. */
export function grantsOf(world: GrantWorld): (command: TargetCommand) => Promise<Granted> {
  const { approvals, commands } = world.config;
  const left = approvals.by === "list" ? [...approvals.grants] : [];
  return async (command) => {
    switch (approvals.by) {
      case "protocol":
        return { command, ...(await byProtocol(world, command)) };
      case "program":
        return { command, ...(await byProgram(approvals, command, world.root)) };
      case "key":
        return { command, ...byKey(approvals, world, command) };
      case "list": {
        const wanted = JSON.stringify(command);
        const at = left.findIndex((one) => JSON.stringify(one.command ?? commands.allowed.command) === wanted);
        const [grant] = at === -1 ? [] : left.splice(at, 1);
        if (grant === undefined) throw new NotAskable("the target config lists no more tokens for this command");
        return { command, approval_id: grant.approval_id, token: grant.token };
      }
    }
  };
}

type Pair = Omit<Granted, "command">;

/** Asks as the requester, approves as the approver, mints as the requester again. */
async function byProtocol({ ask, bearer }: GrantWorld, command: TargetCommand): Promise<Pair> {
  const [requester, approver] = [await bearer("requester"), await bearer("approver")];
  const asked = await ask(post("/approvals", requester, { command, reason: "a conformance run" }));
  const { id } = membersOf(asked.json);
  if (asked.status !== 201 || typeof id !== "string")
    throw new Error(`no approval: ${asked.status} ${excerpt(asked.text)}`);
  const approved = await ask(post(`/approvals/${id}/approve`, approver, { reason: "a conformance run" }));
  if (approved.status !== 200) throw new Error(`not approved: ${approved.status} ${excerpt(approved.text)}`);
  const minted = await ask(post(`/approvals/${id}/token`, requester));
  const { token } = membersOf(minted.json);
  if (typeof token !== "string") throw new Error(`no token: ${minted.status} ${excerpt(minted.text)}`);
  return { approval_id: id, token };
}

/** A request with a Bearer token and, where there is a body, JSON. */
export function post(path: string, bearer: string, body?: unknown) {
  const authorization = `Bearer ${bearer}`;
  if (body === undefined) return { method: "POST", path, headers: { authorization } };
  const headers = { authorization, "content-type": "application/json" };
  return { method: "POST", path, headers, body: JSON.stringify(body) };
}

/** Longest that a program may take to give a token, in milliseconds. */
const programMs = 60_000;

function byProgram({ argv }: Source<"program">, command: TargetCommand, root: string): Promise<Pair> {
  const [file = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { cwd: root, timeout: programMs, maxBuffer: 64 * 1024 }, (error, stdout) => {
      const pair = error === null ? pairIn(stdout) : undefined;
      if (pair === undefined)
        reject(new Error(`${file} gave no {"approval_id", "token"}: ${error?.message ?? "see its output"}`));
      else resolve(pair);
    });
    // It may end without reading what it is given.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(JSON.stringify({ command }));
  });
}

/** What a program printed. */
export function pairIn(text: string): Pair | undefined {
  try {
    const { approval_id, token } = membersOf(JSON.parse(text));
    return typeof approval_id === "string" && typeof token === "string" ? { approval_id, token } : undefined;
  } catch {
    return undefined;
  }
}

function byKey({ approval_id }: Source<"key">, world: GrantWorld, command: TargetCommand): Pair {
  if (world.key === undefined) throw new NotAskable("the target config names no key for capabilities");
  return { approval_id, token: mintedToken(world, world.key, approval_id, command) };
}

/** A token as the config describes it: fixed claims, times from now, an id of its own. */
function mintedToken(
  { config, clock, random }: GrantWorld,
  key: SignKey,
  approval_id: string,
  command: TargetCommand,
): string {
  const { typ, claims = {}, life_s = 60, command_hash } = config.token ?? {};
  const iat = Math.floor(clock.nowMs() / 1000);
  const jti = Buffer.from(random.bytes(16)).toString("base64url");
  const bound = command_hash === undefined ? {} : { [command_hash.claim]: commandHashOf(command, command_hash.cwd) };
  const header = {
    alg: key.alg,
    ...(key.kid === undefined ? {} : { kid: key.kid }),
    ...(typ === undefined ? {} : { typ }),
  };
  return signToken(header, { ...claims, approval_id, ...bound, jti, iat, exp: iat + life_s }, key);
}

/** SHA-256 over the canonical JSON (RFC 8785) of what runs; words of these commands are separated by single blanks. */
export function commandHashOf(command: TargetCommand, cwd: string): string {
  const argv = typeof command === "string" ? command.split(" ") : command;
  return sha256(JSON.stringify({ argv, cwd, env: {}, stdin_sha256: null }));
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** The beginning of a text, for a message. */
export function excerpt(text: string): string {
  return text.slice(0, 300);
}
