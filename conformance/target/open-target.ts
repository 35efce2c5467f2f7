import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Clock,
  err,
  isRecord,
  ok,
  type Problem,
  parseStrictJson,
  type Random,
  type Result,
  systemClock,
  systemRandom,
} from "../../src/index.js";
import { type SignKey, signKeyOf, signToken } from "./compact-token.js";
import { grantsOf } from "./grants.js";
import { type HttpAnswer, type HttpRequest, send } from "./http-client.js";
import {
  attemptedCommand,
  type Exchange,
  type Granted,
  type Need,
  NotAskable,
  type PersonName,
  personOf,
  type Target,
  withPeople,
} from "./target.js";
import type { Person, TargetConfig } from "./target-config.js";

/** What a target is opened with. */
export type TargetOptions = {
  readonly url: string;
  readonly config: TargetConfig;
  /** The folder that paths of the config are relative to. */
  readonly root: string;
  /** Keys in place of the file that the config names. */
  readonly keys?: readonly SignKey[];
  /** How many executions were started so far, where somebody counts them. */
  readonly tally?: () => number;
  readonly clock?: Clock;
  readonly random?: Random;
};

/** How long an answer may take where a config does not say, in milliseconds. */
const usualTimeoutMs = 30_000;

/**
 * Opens a target: reads its keys and authority, and makes ready to speak to it. Nothing is sent yet.
 *
 * @returns on failure `usage/flag` for an address that is none, `usage/missing` or `key/invalid` for what the config names
 */
export function openTarget(options: TargetOptions): Result<Target, readonly Problem[]> {
  const { config, root } = options;
  if (!isHttpUrl(options.url))
    return err([{ code: "usage/flag", message: `${options.url} is no http or https address` }]);
  const keys = options.keys === undefined ? readKeys(config, root) : ok(options.keys);
  if (!keys.ok) return keys;
  const ca = readAuthority(config, root);
  if (!ca.ok) return ca;
  return ok(targetOf(options, keys.value, ca.value));
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function readKeys({ keys }: TargetConfig, root: string): Result<readonly SignKey[], readonly Problem[]> {
  if (keys === undefined) return ok([]);
  const file = resolve(root, keys);
  if (!existsSync(file)) return err([{ code: "usage/missing", message: "there is no such key file", place: { file } }]);
  const document = parseStrictJson(readFileSync(file, "utf8"), file);
  const jwks = document.ok && isRecord(document.value.value) ? document.value.value.keys : undefined;
  const read = Array.isArray(jwks) ? jwks.map(signKeyOf).filter((key) => key !== undefined) : [];
  if (read.length > 0) return ok(read);
  return err([{ code: "key/invalid", message: "the file is no JWKS with a private key", place: { file } }]);
}

function readAuthority({ ca }: TargetConfig, root: string): Result<string | undefined, readonly Problem[]> {
  if (ca === undefined) return ok(undefined);
  const file = resolve(root, ca);
  if (existsSync(file)) return ok(readFileSync(file, "utf8"));
  return err([{ code: "usage/missing", message: "there is no such certificate", place: { file } }]);
}

function targetOf(options: TargetOptions, keys: readonly SignKey[], ca: string | undefined): Target {
  const { url, root, tally, clock = systemClock, random = systemRandom } = options;
  const config = withPeople(options.config, Buffer.from(random.bytes(4)).toString("hex"));
  const endpoint = { url, timeoutMs: config.timeout_ms ?? usualTimeoutMs, ...(ca === undefined ? {} : { ca }) };
  const key = keys.find(({ purpose }) => purpose === undefined || purpose === "capability");
  const bearerKey = keys.find(({ purpose }) => purpose === "bearer");
  const exchanges: Exchange[] = [];
  const tokens = new Set<string>();
  const fileOf = (path: string) => resolve(root, path);

  const ask = async (request: HttpRequest): Promise<HttpAnswer> => {
    const answer = await send(endpoint, request);
    exchanges.push({ request, answer });
    return answer;
  };
  const bearer = async (name: PersonName): Promise<string> => {
    const token = bearerOf(personOf(config, name), bearerKey, clock, random, fileOf);
    if (token === undefined) throw new NotAskable(`the target config has no Bearer token for ${name}`);
    tokens.add(token);
    return token;
  };
  const issue = grantsOf({ config, root, ask, bearer, clock, random, key });
  const grant = async (command = attemptedCommand(config)): Promise<Granted> => {
    const granted = await issue(command);
    tokens.add(granted.token);
    return granted;
  };
  const lacks = (need: Need): string | undefined => {
    if (need === "key") return key === undefined ? "it needs the key that tokens are signed with" : undefined;
    if (need === "failing")
      return config.commands.failing === undefined ? "no failing command is configured" : undefined;
    if (need === "expired") {
      return key === undefined && config.expired === undefined ? "it needs an expired token, or the key" : undefined;
    }
    if (need.startsWith("person:")) {
      const name = personNames.find((one) => need === `person:${one}`);
      const known = name !== undefined && (bearerKey !== undefined || hasTokenFile(personOf(config, name)));
      return known ? undefined : `it needs the Bearer token of a ${name}`;
    }
    const has = (config.features ?? []).some((feature) => feature === need);
    return has ? undefined : `the target is not said to have ${need}`;
  };
  const record = async (executionId: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${await bearer("auditor")}` };
    return (await ask({ method: "GET", path: `/executions/${executionId}`, headers })).json;
  };
  const seesRecords = lacks("executions") === undefined && lacks("person:auditor") === undefined;
  const marker = config.commands.witness?.leaves;
  return {
    title: config.title ?? url,
    ...{ endpoint, config, key, bearerKey, clock, random, exchanges, tokens, fileOf, lacks, ask, grant, bearer },
    observers: {
      ...(tally === undefined ? {} : { tally }),
      ...(marker === undefined ? {} : { marker: fileOf(marker) }),
      ...(seesRecords ? { record } : {}),
    },
    execute: (body, token, headers = {}) => {
      if (token !== null) tokens.add(token);
      const credential = token === null ? {} : { "x-capability-token": token };
      const sent = { "content-type": "application/json", ...credential, ...headers };
      return ask({ method: "POST", path: "/gateway/execute", headers: sent, body: JSON.stringify(body) });
    },
  };
}

function hasTokenFile(person: Person | undefined): boolean {
  return person !== undefined && "token_file" in person;
}

const personNames = [
  "requester",
  "approver",
  "viewer",
  "operator",
  "admin",
  "auditor",
  "metrics",
  "decider",
] as const satisfies readonly PersonName[];

/** Seconds that a minted Bearer token lives. */
const bearerLifeS = 300;

function bearerOf(
  person: Person | undefined,
  key: SignKey | undefined,
  clock: Clock,
  random: Random,
  fileOf: (path: string) => string,
): string | undefined {
  if (person === undefined) return undefined;
  if ("token_file" in person) {
    const file = fileOf(person.token_file);
    return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  }
  if (key === undefined) return undefined;
  const iat = Math.floor(clock.nowMs() / 1000);
  const jti = Buffer.from(random.bytes(16)).toString("base64url");
  const header = { alg: key.alg, ...(key.kid === undefined ? {} : { kid: key.kid }), typ: "lockkeeper-access+jwt" };
  const whose = { iss: "lockkeeper", aud: "lockkeeper-gateway", sub: person.id, roles: [person.role] };
  return signToken(header, { ...whose, jti, iat, exp: iat + bearerLifeS }, key);
}
