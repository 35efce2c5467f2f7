import { isJsonObject, type JsonObject, type JsonValue } from "../../src/index.js";
import { samplesOfType } from "./argument-samples.js";
import { type Described, textsIn } from "./described-programs.js";

/** What of a description is tried: all of it, or only some options. */
export type ArgvFocus = { readonly described: Described; readonly options: ReadonlySet<string> | "all" };

/** What argvs are made of besides the description. */
export type ArgvParts = {
  readonly datas: readonly JsonObject[];
  /** Words that the change is about; they are tried wherever a value may stand. */
  readonly texts: readonly string[];
  readonly seed: number;
};

/** Argvs of a described program at the borders of what is said of it: options in each form, values, counts, order. */
export function* argvsOf({ described, options }: ArgvFocus, parts: ArgvParts): Generator<readonly string[]> {
  const { words, description } = described;
  const wanted = [...described.options].filter(([name]) => options === "all" || options.has(name));
  const files = plainArguments(description, parts);
  yield [...words, ...files];
  if (options === "all") yield* positionalArgvs(described, files, parts);
  for (const [name, option] of wanted) {
    for (const given of givenForms(name, option, described, parts)) {
      yield [...words, ...given, ...files];
      yield [...words, ...given];
    }
  }
  yield* pairsOf(
    described,
    wanted.map(([name]) => name),
    files,
  );
  if (options === "all") {
    for (const odd of ["--unheard-of", "-\u{e9}", "-", "--", "-9", "-xyz"]) yield [...words, odd, ...files];
    for (const [name] of wanted.slice(0, 3))
      yield* [
        [...words, "--", name, ...files],
        [...words, ...files, name],
      ];
  }
}

/** As many positional arguments as have to be there, each of its type. */
function plainArguments(description: JsonObject, parts: ArgvParts): string[] {
  const { positionals } = description;
  if (!isJsonObject(positionals)) return [];
  const [first, other] = positionalSamples(positionals, parts);
  const min = typeof positionals.min === "number" ? positionals.min : 0;
  const count = Math.max(min, positionals.first === undefined ? 1 : 2);
  const max = typeof positionals.max === "number" ? positionals.max : count;
  return Array.from({ length: Math.min(count, max) }, (_, nth) => (nth === 0 ? first[0] : other[0]) ?? "x");
}

function positionalSamples(positionals: JsonObject, { datas, seed }: ArgvParts): [string[], string[]] {
  const other = samplesOfType(positionals.type, datas, seed);
  const first = isJsonObject(positionals.first) ? samplesOfType(positionals.first.type, datas, seed) : other;
  return [first, other];
}

function* positionalArgvs(
  described: Described,
  files: readonly string[],
  parts: ArgvParts,
): Generator<readonly string[]> {
  const { words, description } = described;
  const { positionals } = description;
  yield words;
  yield [...words, ...files, ...files];
  if (!isJsonObject(positionals)) return void (yield [...words, "x"]);
  const [first, other] = positionalSamples(positionals, parts);
  for (const value of [...first, ...parts.texts]) yield [...words, value, ...files.slice(1)];
  for (const value of [...other, ...parts.texts]) yield [...words, ...files, value];
  for (const bound of [positionals.min, positionals.max]) {
    if (typeof bound !== "number" || bound > 200) continue;
    for (const count of [bound - 1, bound, bound + 1, bound + 2]) {
      if (count >= 0) yield [...words, ...Array.from({ length: count }, (_, nth) => files[nth] ?? other[0] ?? "x")];
    }
  }
}

/** The ways to give an option: with each value, in each form, as often as it may be and once more. */
function* givenForms(
  name: string,
  option: JsonObject,
  described: Described,
  { datas, texts, seed }: ArgvParts,
): Generator<readonly string[]> {
  yield [name];
  const repeat = typeof option.repeat === "number" ? option.repeat : 1;
  const takes = option.arity !== undefined;
  const values = takes ? [...samplesOfType(option.type, datas, seed), ...texts.slice(0, 60)] : ["x"];
  for (const value of values) {
    yield* [[name, value], [`${name}=${value}`]];
    if (/^-[^-]$/.test(name)) yield [`${name}${value}`];
  }
  const [value = "x"] = values;
  const once = option.arity === "required" || option.arity === "default" ? [name, value] : [name];
  for (const times of [repeat, repeat + 1]) {
    if (times > 1 && times <= 60) yield Array.from({ length: times }, () => once).flat();
  }
  const flag = [...described.options].find(([other, { arity }]) => /^-\w$/.test(other) && arity === undefined)?.[0];
  if (flag === undefined || flag === name || !/^-\w$/.test(name)) return;
  yield* [[`${flag}${name.slice(1)}`], [`${flag}${name.slice(1)}`, value], [`${flag}${name.slice(1)}${value}`]];
}

/** Options that stand together: those said to conflict, and those that positional arguments depend on. */
function* pairsOf(
  { words, description }: Described,
  wanted: readonly string[],
  files: readonly string[],
): Generator<readonly string[]> {
  const conflicts: readonly JsonValue[] = Array.isArray(description.conflicts) ? description.conflicts : [];
  for (const conflict of conflicts) {
    const names = textsIn(conflict);
    for (const [index, one] of names.entries()) {
      for (const other of names.slice(index + 1)) yield [...words, one, other, ...files];
    }
  }
  for (const one of wanted.slice(0, 6)) for (const other of wanted.slice(0, 6)) yield [...words, one, other, ...files];
}
