import type { Clock, Random } from "../../src/index.js";
import type { SignKey } from "./compact-token.js";
import type { Endpoint, HttpAnswer, HttpRequest } from "./http-client.js";
import type { Person, TargetCommand, TargetConfig, TargetFeature } from "./target-config.js";
import type { Observers } from "./witness.js";

/** People that checks speak as. */
export type PersonName = keyof NonNullable<TargetConfig["people"]>;

/** Their roles where a config does not say who they are, and there is a key to mint their tokens with. */
export const usualRoles: Readonly<Record<PersonName, string>> = {
  requester: "requester",
  approver: "OPERATOR",
  viewer: "VIEWER",
  operator: "OPERATOR",
  admin: "ADMIN",
  auditor: "auditor",
  metrics: "metrics",
  decider: "decider",
};

/**
 * Everybody that a config does not name gets an id that is of this run alone, so that what one run used up is not missing
 * in the next.
 */
export function withPeople(config: TargetConfig, run: string): TargetConfig {
  const usual = Object.fromEntries(
    Object.entries(usualRoles).map(([name, role]) => [name, { id: `conformance-${name}-${run}`, role }]),
  );
  return { ...config, people: { ...usual, ...config.people } };
}

/** A command that may be run once: its approval and its token. */
export type Granted = { readonly command: TargetCommand; readonly approval_id: string; readonly token: string };

/** What a check may need of a target: a feature, the key for capabilities, somebody's Bearer token, a part of the config. */
export type Need = TargetFeature | "key" | "failing" | "expired" | `person:${PersonName}`;

/** What was sent and answered, for what must not show in any answer. */
export type Exchange = { readonly request: HttpRequest; readonly answer: HttpAnswer };

/** A gateway that is asked, and what is known of it. */
export interface Target {
  readonly title: string;
  readonly endpoint: Endpoint;
  readonly config: TargetConfig;
  /** The gateway's own key for capabilities, where it was handed to us: with it forgeries are wrong in one thing only. */
  readonly key: SignKey | undefined;
  readonly bearerKey: SignKey | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Everything that was asked so far. */
  readonly exchanges: readonly Exchange[];
  /** Tokens that were handed out or made: none may show in an answer that did not hand it out. */
  readonly tokens: ReadonlySet<string>;
  readonly observers: Observers;
  /** Where files are that commands leave. */
  fileOf(path: string): string;
  /** Why something cannot be asked of it; undefined where it can. */
  lacks(need: Need): string | undefined;
  ask(request: HttpRequest): Promise<HttpAnswer>;
  /** `POST /gateway/execute` with a body as JSON. Null for no token. */
  execute(body: unknown, token: string | null, headers?: HttpRequest["headers"]): Promise<HttpAnswer>;
  /** Gets an approval and a token. @throws NotAskable where there are no more */
  grant(command?: TargetCommand): Promise<Granted>;
  /** @throws NotAskable where there is nobody of that name */
  bearer(person: PersonName): Promise<string>;
}

/** The target does not have what a check needs: the check is skipped for this reason. */
export class NotAskable extends Error {}

/** The command that refused attempts are made with: one that leaves a file, if there is one. */
export function attemptedCommand({ commands }: TargetConfig): TargetCommand {
  return commands.witness?.command ?? commands.allowed.command;
}

/** Who somebody is; undefined where a config was not completed by `withPeople`. */
export function personOf({ people }: TargetConfig, name: PersonName): Person | undefined {
  return people?.[name];
}
