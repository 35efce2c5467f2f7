import { isJsonObject, isRecord, type JsonValue, parseCommand, snapshot } from "../../src/index.js";
import { commandAction, gatewayRequest, localRequest, nowMs } from "../attacks/base-request.js";
import { questionOf, type SpecSuite } from "../spec/index.js";
import type { Probe } from "./compare-decisions.js";
import type { PolicySide } from "./policy-side.js";

/** Requests that a search begins with, and that what it finds is shown against. */
export type Bases = {
  /** Over the gateway, with everything in order. */
  gateway(argv: readonly string[], profile: string): Probe;
  /** Typed at a terminal. */
  local(argv: readonly string[], profile: string): Probe;
  /** A finding in output. */
  output(kind: string, place: string): Probe;
};

/** Makes requests for the limits that either policy knows. */
export function basesOf(sides: readonly PolicySide[]): Bases {
  const limitIds = [...new Set(sides.flatMap(({ engine }) => Object.keys(engine.limits)))].sort();
  const probe = (entrypoint: Probe["entrypoint"], input: object): Probe => ({ entrypoint, input: asJson(input) });
  return {
    gateway: (argv, profile) => probe("request", gatewayRequest(commandAction(argv, { profile }), limitIds)),
    local: (argv, profile) => probe("request", localRequest(commandAction(argv, { profile }), limitIds)),
    output: (kind, place) =>
      probe("output", {
        now_ms: nowMs,
        channel: "local",
        finding: { kind, place, field: kind === "field" ? "x" : null },
      }),
  };
}

/** The bases themselves, and each profile, channel, kind and place that the data of either policy names. */
export function* baseProbes(bases: Bases, sides: readonly PolicySide[]): Generator<Probe> {
  const keys = (...path: readonly string[]) => [...new Set(sides.flatMap(({ data }) => keysAt(data, path)))].sort();
  for (const argv of [["cat", "a.txt"], ["ls"], ["git", "status"]]) {
    for (const profile of new Set(["readonly", ...keys("command", "profiles")])) {
      yield bases.gateway(argv, profile);
      yield bases.local(argv, profile);
    }
  }
  for (const kind of [...keys("output", "kinds"), "unheard-of"]) {
    for (const place of [...keys("output", "places"), "nowhere"]) yield bases.output(kind, place);
  }
  for (const field of keys("output", "fields")) {
    const { entrypoint, input } = bases.output("field", "stdout");
    for (const spelling of [field, `my_${field}`, `${field}2`, field.toUpperCase()]) {
      yield { entrypoint, input: withField(input, spelling) };
    }
  }
}

/** What the named cases of a specification ask; a command is asked over the gateway and at a terminal. */
export function* caseProbes(suites: readonly SpecSuite[], bases: Bases): Generator<Probe> {
  for (const suite of suites) {
    for (const item of suite.cases) {
      if (item.withdrawn !== undefined) continue;
      const question = questionOf(item, suite);
      if (question.kind !== "command" && question.kind !== "argv") {
        yield { entrypoint: question.kind, input: asJson(question.input) };
        continue;
      }
      const parsed = question.kind === "command" ? parsedOf(question.text) : question.argv;
      // The text and the many words of a long command teach nothing that a short one does not.
      if (parsed === undefined || parsed.length > 200) continue;
      const profile = question.profile ?? "readonly";
      yield bases.local(parsed, profile);
      yield bases.gateway(parsed, profile);
    }
  }
}

function parsedOf(text: string): readonly string[] | undefined {
  const parsed = parseCommand(text);
  return parsed.ok ? parsed.value : undefined;
}

function withField(input: JsonValue, field: string): JsonValue {
  if (!isJsonObject(input) || !isJsonObject(input.finding ?? null)) return input;
  return { ...input, finding: { ...Object(input.finding), field } };
}

function keysAt(data: unknown, path: readonly string[]): string[] {
  let at = data;
  for (const step of path) at = isRecord(at) ? at[step] : undefined;
  return isRecord(at) ? Object.keys(at) : [];
}

/** Plain JSON of what is plain JSON already, typed as such; what is not becomes nothing. */
function asJson(value: unknown): JsonValue {
  const copied = snapshot(value);
  return copied.ok ? copied.value : {};
}
