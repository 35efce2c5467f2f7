import { execFile } from "node:child_process";
import { createHmac, generateKeyPairSync, hash, type KeyObject, randomBytes, sign, timingSafeEqual, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { parseStrictJson } from "../../../src/index.js";

/** What is wrong with the gateway on purpose. Without any it is a sound, small implementation of the protocol. */
export const flaws = [
  ..."expired alg_none hmac_confusion any_signature jku lenient_base64 any_type".split(" "),
  ..."no_nonce racy_nonce body_approval revoked any_command shell no_allowlist run_before_check".split(" "),
  ..."four_eyes approver_from_body mint_unapproved no_reason access_open bearer_executes bearer_unsigned".split(" "),
  ..."leak_token leak_stack leak_path metrics_open unknown_fields any_media duplicate_keys no_limit status_200".split(" "),
  ..."serves_data no_record crash refuse_all no_code failed_retry".split(" "),
] as const;

type Json = Readonly<Record<string, unknown>>;
type Approval = Json & { id: string; by: string; hash: string; state: string; decisions: Json[] };

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isObject(value) ? value : {});
const run = promisify(execFile);

/** Starts it on a port of its own; commands run in `workspace`. */
export async function startFlawedGateway(workspace: string, wrong: ReadonlySet<string> = new Set()) {
  const [capability, bearer] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
  const has = (flaw: string) => wrong.has(flaw);
  const approvals = new Map<string, Approval>();
  const [used, records, answers] = [new Set<string>(), new Map<string, Json>(), new Map<string, Promise<Json>>()];

  const jsonOf = (bytes: Buffer): unknown => {
    if (has("duplicate_keys")) return JSON.parse(bytes.toString());
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const parsed = parseStrictJson(text, "body", { bytes: 1 << 20, depth: 50, nodes: 10_000 });
    if (!parsed.ok) throw new Error("no JSON");
    return parsed.value.value;
  };
  const decoded = (part: string): Buffer => {
    const bytes = Buffer.from(part, "base64url");
    if (bytes.toString("base64url") !== part && !has("lenient_base64")) throw new Refusal(401, "token/malformed");
    return bytes;
  };
  const part = (text: string): Json => {
    try {
      return object(jsonOf(decoded(text)));
    } catch {
      throw new Refusal(401, "token/malformed");
    }
  };
  const holds = async (header: Json, text: string, signature: Buffer, key: KeyObject): Promise<boolean> => {
    const { alg } = header;
    if (has("alg_none") && String(alg).toLowerCase() === "none") return true;
    if (has("any_signature")) return true;
    if (has("hmac_confusion") && alg === "HS256") {
      const secret = key.export({ type: "spki", format: "pem" }).toString();
      return timingSafeEqual(createHmac("sha256", secret).update(text).digest(), signature);
    }
    if (has("jku") && typeof header.jku === "string") await fetch(header.jku);
    const known = Object.keys(header).every((name) => ["alg", "kid", "typ"].includes(name)) || has("any_type");
    return known && alg === "EdDSA" && verify(null, Buffer.from(text), key, signature);
  };
  const claimsOf = async (token: unknown, typ: string, key: KeyObject, unsigned = false): Promise<Json> => {
    if (typeof token !== "string" || token === "") throw new Refusal(401, "token/missing", "Token missing");
    const [head = "", payload = "", signature = "", ...more] = token.split(".");
    if (more.length > 0 || token.length > 4096) throw new Refusal(401, "token/malformed");
    const header = part(head);
    if (header.typ !== typ && !has("any_type")) throw new Refusal(401, "token/forged");
    const isGood = unsigned || (await holds(header, `${head}.${payload}`, decoded(signature), key));
    if (!isGood) throw new Refusal(401, "token/forged", has("leak_token") ? `not good: ${token}` : "Token not valid");
    const claims = part(payload);
    const { iss, aud, sub, iat, exp } = claims;
    const whole = [iat, exp].every((one) => typeof one === "number" && Number.isSafeInteger(one) && one > 0);
    const nowS = Date.now() / 1000;
    if (!whole && !has("expired")) throw new Refusal(401, "token/malformed");
    if (Number(exp) <= nowS && !has("expired")) throw new Refusal(401, "token/expired", "Token expired");
    const known = ["iss", "aud", "sub", "jti", "iat", "nbf", "exp", "approval_id", "cmd_hash", "roles"];
    const isOurs = iss === "lockkeeper" && aud === "lockkeeper-gateway" && typeof sub === "string" && Number(iat) <= nowS + 1;
    if (!isOurs || Object.keys(claims).some((name) => !known.includes(name))) throw new Refusal(401, "token/forged");
    return claims;
  };
  const person = async ({ headers }: IncomingMessage, roles: readonly string[]): Promise<string> => {
    const token = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1];
    const claims = await claimsOf(token, "lockkeeper-access+jwt", bearer.publicKey, has("bearer_unsigned"));
    const mine = Array.isArray(claims.roles) ? claims.roles : [];
    if (!roles.some((role) => mine.includes(role)) && !has("access_open")) throw new Refusal(403, "access/refused");
    return String(claims.sub);
  };

  const hashOf = ({ command, cwd, env, stdin_base64 }: Json) =>
    hash("sha256", JSON.stringify([argvOf(command), cwd ?? null, env ?? null, stdin_base64 ?? null]));
  const argvOf = (command: unknown): readonly string[] => {
    if (Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === "string")) return command;
    if (typeof command !== "string" || command === "") throw new Refusal(400, "request/malformed");
    if (has("shell")) return ["sh", "-c", command];
    if (!/^[\w./=+%-]+(?: [\w./=+%-]+)*$/.test(command)) throw new Refusal(400, "command/syntax");
    return command.split(" ");
  };
  const allowed = (argv: readonly string[]) =>
    has("no_allowlist") || has("shell") || ["echo", "date", "ls"].includes(argv[0] ?? "") || argv.join(" ") === "touch marker";
  const shaped = (body: unknown, names: readonly string[]): Json => {
    if (!isObject(body)) throw new Refusal(400, "request/malformed");
    const isKnown = Object.keys(body).every((name) => names.includes(name));
    if (!isKnown && !has("unknown_fields")) throw new Refusal(400, "request/malformed");
    return body;
  };
  const commandParts = ["command", "cwd", "env", "stdin_base64"];

  const carryOut = async (argv: readonly string[]): Promise<Json> => {
    const [file = "", ...args] = argv;
    const secret = (text: string) => text.replace(/[\w-]+\.[\w-]+\.[\w-]{40,}/g, "[token]");
    try {
      const { stdout } = await run(file, args, { cwd: workspace });
      return { success: true, output: secret(stdout.replace(/\n$/, "")) };
    } catch (error) {
      const { code = null, stderr = "" } = object(error);
      return { success: false, error: "The command failed", exit_code: code, stderr };
    }
  };
  const execute = async (request: IncomingMessage, raw: () => Promise<unknown>): Promise<Json> => {
    const id = randomBytes(16).toString("base64url");
    const record = (decision: string, approval_id: unknown, end: Json | null) => {
      if (!has("no_record"))
        records.set(id, { execution_id: id, state: end === null ? "refused" : "ended", intent: { decision, approval_id }, end });
    };
    const parsed = await raw();
    const body = shaped(parsed, [...commandParts, "approval_id"]);
    if (has("run_before_check")) await carryOut(argvOf(body.command));
    if (typeof body.approval_id !== "string") throw new Refusal(400, "request/malformed");
    try {
      const token = request.headers["x-capability-token"];
      if (has("refuse_all")) throw new Refusal(401, "token/forged");
      const isBearer = has("bearer_executes") && part(String(token).split(".")[0] ?? "").typ === "lockkeeper-access+jwt";
      const claims = isBearer
        ? await claimsOf(token, "lockkeeper-access+jwt", bearer.publicKey)
        : await claimsOf(token, "lockkeeper-capability+jwt", capability.publicKey);
      const argv = argvOf(body.command);
      const known = has("body_approval") ? approvals.get(String(claims.approval_id)) : approvals.get(body.approval_id);
      const isBound = claims.approval_id === body.approval_id || has("body_approval") || isBearer;
      if (!isBound || (known === undefined && !isBearer)) throw new Refusal(403, "token/approval_mismatch");
      if (known?.state !== "approved" && !isBearer && !has("revoked") && !(has("no_nonce") || has("racy_nonce")))
        throw new Refusal(known?.state === "used" ? 401 : 403, known?.state === "used" ? "token/replayed" : "approval/state");
      if (known?.state === "revoked" && !has("revoked")) throw new Refusal(403, "approval/revoked");
      if (claims.cmd_hash !== hashOf(body) && !has("any_command") && !isBearer) throw new Refusal(403, "token/command_mismatch");
      if (!allowed(argv)) throw new Refusal(403, "command/not_allowed");
      const nonce = String(claims.jti);
      if (used.has(nonce) && !has("no_nonce")) throw new Refusal(401, "token/replayed");
      if (has("racy_nonce")) await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      used.add(nonce);
      if (known !== undefined && known.state === "approved") known.state = "used";
      const end = await carryOut(argv);
      if (has("failed_retry") && end.success === false) used.delete(nonce);
      if (has("failed_retry") && end.success === false && known !== undefined) known.state = "approved";
      record("allow", body.approval_id, { outcome: "exited" });
      return { ...end, execution_id: id };
    } catch (error) {
      record("deny", body.approval_id, null);
      if (error instanceof Refusal) throw Object.assign(error, { execution_id: id });
      throw error;
    }
  };
  const once64 = (request: IncomingMessage, raw: () => Promise<unknown>) => {
    const key = request.headers["idempotency-key"];
    if (typeof key !== "string") return execute(request, raw);
    const work = raw().then((body) => {
      const whole = JSON.stringify([key, request.headers["x-capability-token"], body]);
      const known = answers.get(whole) ?? execute(request, async () => body);
      answers.set(whole, known);
      return known;
    });
    return work;
  };

  const decide = async (request: IncomingMessage, approval: Approval, verb: string, body: Json): Promise<Json> => {
    const names = ["reason", ...(has("approver_from_body") ? ["by", "approver", "approved_by"] : [])];
    const by = await person(request, ["OPERATOR", "ADMIN"]);
    const { reason, ...said } = shaped(body, names);
    if ((typeof reason !== "string" || reason.trim() === "") && !has("no_reason")) throw new Refusal(400, "request/malformed");
    const told = has("approver_from_body") ? (said.by ?? said.approver ?? said.approved_by ?? by) : by;
    if (verb === "approve" && told === approval.by && !has("four_eyes")) throw new Refusal(403, "access/refused");
    approval.state = { approve: "approved", reject: "rejected" }[verb] ?? "revoked";
    approval.decisions.push({ by: told, reason, at_ms: Date.now(), verdict: verb });
    return approval;
  };
  const mint = (approval: Approval): Json => {
    if (approval.state !== "approved" && !has("mint_unapproved")) throw new Refusal(409, "approval/state");
    const iat = Math.floor(Date.now() / 1000);
    const jti = randomBytes(16).toString("base64url");
    const whose = { iss: "lockkeeper", aud: "lockkeeper-gateway", sub: approval.by };
    const claims = { ...whose, jti, approval_id: approval.id, cmd_hash: approval.hash, iat, exp: iat + 60 };
    return { token: signedBy(capability.privateKey, { alg: "EdDSA", typ: "lockkeeper-capability+jwt" }, claims) };
  };

  const route = async (request: IncomingMessage, raw: () => Promise<unknown>): Promise<readonly [number, unknown]> => {
    const [path = "/"] = (request.url ?? "/").split("?");
    const [, room, id = "", verb = ""] = path.split("/");
    const call = `${request.method} /${room}${id === "" ? "" : "/:id"}${verb === "" ? "" : "/:verb"}`;
    if (request.method === "POST" && path === "/gateway/execute") return [200, await once64(request, raw)];
    if (call === "POST /approvals") {
      const by = await person(request, ["OPERATOR", "ADMIN", "requester"]);
      const body = shaped(await raw(), [...commandParts, "reason", ...(has("approver_from_body") ? ["requested_by"] : [])]);
      const whose = has("approver_from_body") && typeof body.requested_by === "string" ? body.requested_by : by;
      const entry: Approval = { id: randomBytes(9).toString("hex"), by: whose, requested_by: whose, hash: hashOf(body), state: "pending", decisions: [] };
      approvals.set(entry.id, entry);
      return [201, entry];
    }
    if (call === "GET /approvals") {
      await person(request, ["VIEWER", "OPERATOR", "ADMIN", "auditor", "requester"]);
      return [200, [...approvals.values()].slice(-5)];
    }
    const approval = room === "approvals" ? approvals.get(id) : undefined;
    if (approval !== undefined && verb === "token") {
      await person(request, ["requester", "OPERATOR", "ADMIN"]);
      return [201, mint(approval)];
    }
    if (approval !== undefined && verb === "") {
      await person(request, ["VIEWER", "OPERATOR", "ADMIN", "auditor"]);
      return [200, approval];
    }
    if (approval !== undefined && ["approve", "reject", "revoke"].includes(verb))
      return [200, await decide(request, approval, verb, object(await raw()))];
    if (room === "executions") {
      await person(request, ["VIEWER", "OPERATOR", "ADMIN", "auditor"]);
      const record = records.get(id);
      if (record !== undefined) return [200, record];
    }
    if (request.method === "POST" && path.startsWith("/v1/data")) {
      await person(request, ["ADMIN", "decider"]);
      if (path === "/v1/data/main/request") return [200, { result: { allow: false } }];
      return [200, has("serves_data") ? { result: { roles: ["ADMIN"] } } : {}];
    }
    if (path === "/metrics") {
      if (!has("metrics_open")) await person(request, ["metrics", "VIEWER", "OPERATOR", "ADMIN"]);
      return [200, "refusals_total 1\n"];
    }
    throw new Refusal(404, "request/not_found");
  };

  const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      size += chunk.length;
      if (size <= 1 << 20 || has("no_limit")) chunks.push(chunk);
    }
    if (size > 1 << 20 && !has("no_limit")) throw new Refusal(413, "request/too_large");
    const type = request.headers["content-type"] ?? "";
    if (!type.startsWith("application/json") && !has("any_media")) throw new Refusal(415, "request/media_type");
    try {
      return jsonOf(Buffer.concat(chunks));
    } catch (error) {
      if (has("crash")) throw error;
      throw new Refusal(400, "request/malformed");
    }
  };
  const server = createServer(async (request, response) => {
    const [status, body] = await route(request, () => bodyOf(request)).catch((error: unknown): [number, unknown] => {
      if (!(error instanceof Refusal)) return [500, { success: false, error: "internal", code: "internal/bug" }];
      const { status, code, message, stack } = error;
      const shown = has("leak_stack") ? { stack } : has("leak_path") ? { at: "/srv/gateway/dist/server.js" } : {};
      const { execution_id } = object(error);
      const named = has("no_code") ? {} : { code };
      return [has("status_200") ? 200 : status, { success: false, error: message, ...named, execution_id, ...shown }];
    });
    const isText = typeof body === "string";
    response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json" });
    response.end(isText ? body : JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    keys: [
      { kid: undefined, alg: "EdDSA" as const, purpose: "capability", key: capability.privateKey },
      { kid: undefined, alg: "EdDSA" as const, purpose: "bearer", key: bearer.privateKey },
    ],
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function signedBy(key: KeyObject, header: Json, claims: Json): string {
  const text = [header, claims].map((one) => Buffer.from(JSON.stringify(one)).toString("base64url")).join(".");
  return `${text}.${sign(null, Buffer.from(text), key).toString("base64url")}`;
}
