import { isJsonObject, type JsonObject, type JsonValue } from "../../src/index.js";
import type { Clues } from "./clues.js";
import type { Probe } from "./compare-decisions.js";
import { describedPrograms } from "./described-programs.js";
import { type JsonPart, partAt, partsOf, withPart } from "./json-path.js";
import { valuesFor } from "./leaf-moves.js";

/** Numbers from 0 up to 1, the same for the same seed. */
export type Chance = () => number;

/** A small generator with 32 bits of state (mulberry32): it chooses inputs, and no secret hangs on it. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Inputs without end: one that is known, changed in one to three places. What `pool` gives is asked again each time, so
 * that inputs which were answered in a new way are changed further.
 */
export function* fuzz(
  pool: () => readonly Probe[],
  clues: Clues,
  datas: readonly JsonObject[],
  chance: Chance,
): Generator<Probe> {
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(chance() * items.length)];
  const words = wordsOf(datas, clues);
  for (;;) {
    const probes = pool();
    const start = pick(probes);
    if (start === undefined) return;
    let { input } = start;
    for (let steps = 1 + Math.floor(chance() * 3); steps > 0; steps--) {
      const move = chance();
      const other = pick(probes);
      if (move < 0.15 && other?.entrypoint === start.entrypoint) input = crossed(input, other.input, pick);
      else if (move < 0.55 && hasArgv(input)) input = argvEdited(input, words, chance, pick);
      else input = partChanged(input, clues, pick);
    }
    yield { entrypoint: start.entrypoint, input };
  }
}

type Pick = <T>(items: readonly T[]) => T | undefined;

/** Words of command lines: what the change is about first, options and values of the programs besides. */
function wordsOf(datas: readonly JsonObject[], clues: Clues): (program: string) => readonly string[] {
  const described = datas.flatMap(describedPrograms);
  const common = [
    ...clues.texts.filter((text) => text.length <= 300),
    "--",
    "-",
    "../x",
    "/etc/passwd",
    "x",
    "a/b",
    "-x",
  ];
  const known = new Map<string, readonly string[]>();
  return (program) => {
    const words =
      known.get(program) ??
      described
        .filter(({ words: [name] }) => name === program)
        .flatMap(({ words: names, options }) => [...names.slice(1), ...options.keys()]);
    known.set(program, words);
    return [...words, ...common];
  };
}

function hasArgv(input: JsonValue): boolean {
  return Array.isArray(partAt(input, ["action", "argv"]));
}

function argvEdited(
  input: JsonValue,
  wordsFor: (program: string) => readonly string[],
  chance: Chance,
  pick: Pick,
): JsonValue {
  const argv = partAt(input, ["action", "argv"]);
  if (!Array.isArray(argv)) return input;
  const words = wordsFor(String(argv[0]));
  const word = pick(words) ?? "x";
  const at = 1 + Math.floor(chance() * argv.length);
  const forms = [word, word, `${word}=${pick(words)}`, `${word}${pick(words)}`];
  const edits: readonly JsonValue[][] = [
    argv.toSpliced(at, 0, pick(forms) ?? word),
    argv.toSpliced(at, 0, pick(forms) ?? word),
    argv.toSpliced(at, 1, pick(forms) ?? word),
    argv.toSpliced(at, 1),
    [...argv.slice(0, at), ...argv.slice(at - 1)],
  ];
  return withPart(input, ["action", "argv"], pick(edits) ?? argv);
}

function partChanged(input: JsonValue, clues: Clues, pick: Pick): JsonValue {
  const parts = [...partsOf(input)].filter(({ path }) => path.length <= 6);
  const near = parts.filter(({ path }) => path.some((step) => typeof step === "string" && clues.fields.has(step)));
  const part: JsonPart | undefined = pick(near.length > 0 && pick([true, false]) === true ? near : parts);
  if (part === undefined) return input;
  const values = [...valuesFor(part, input, clues, "narrow")];
  const chosen = pick(values);
  return chosen === undefined ? input : withPart(input, part.path, chosen.value);
}

/** Takes one part of the request from another; a command keeps the approval that was given for it. */
function crossed(input: JsonValue, other: JsonValue, pick: Pick): JsonValue {
  if (!isJsonObject(input) || !isJsonObject(other)) return input;
  const key = pick(Object.keys(other));
  return key === undefined ? input : boundTogether({ ...input, [key]: other[key] ?? null }, input);
}

/** Where token and approval were for the command before, they are for the one that took its place. */
function boundTogether(input: JsonObject, before: JsonObject): JsonValue {
  const [was, is] = [before, input].map((one) => partAt(one, ["action", "cmd_hash"]));
  if (typeof was !== "string" || typeof is !== "string" || was === is) return input;
  return ["token", "approval"].reduce<JsonValue>(
    (bound, key) => (partAt(bound, [key, "cmd_hash"]) === was ? withPart(bound, [key, "cmd_hash"], is) : bound),
    input,
  );
}
