import { isJsonObject, type JsonObject, type JsonValue } from "../../src/index.js";
import { type JsonPath, partAt } from "./json-path.js";

/** A description in `data.command.programs`: a program or one of its subcommands, at any depth. */
export type Described = {
  /** The words that lead to it: `git`, `stash`, `list`. */
  readonly words: readonly string[];
  /** Where it stands in the data. */
  readonly path: JsonPath;
  /** The options it understands by their names, its own and those it shares. */
  readonly options: ReadonlyMap<string, JsonObject>;
  readonly description: JsonObject;
  readonly profiles: readonly string[];
};

/** Everything that the data describes, in the order it stands there. */
export function describedPrograms(data: JsonObject): Described[] {
  const programs = partAt(data, ["command", "programs"]);
  const shared = partAt(data, ["command", "shared"]) ?? {};
  const found: Described[] = [];
  const visit = (description: JsonValue, words: readonly string[], path: JsonPath, above: readonly string[]): void => {
    if (!isJsonObject(description) || words.length > 4) return;
    const own = textsIn(description.profiles);
    const profiles = own.length > 0 ? own : above;
    found.push({ words, path, options: optionsOf(description, shared), description, profiles });
    for (const [word, below] of entriesOf(description.subcommands)) {
      visit(below, [...words, word], [...path, "subcommands", word], profiles);
    }
  };
  for (const [name, program] of entriesOf(programs)) visit(program, [name], ["command", "programs", name], []);
  return found;
}

function optionsOf(description: JsonObject, shared: JsonValue): Map<string, JsonObject> {
  const sets = [description.options, ...textsIn(description.shared).map((name) => partAt(shared, [name]))];
  const own = new Map(
    sets
      .toReversed()
      .flatMap((set) =>
        entriesOf(set).flatMap(([name, option]) => (isJsonObject(option) ? [[name, option] as const] : [])),
      ),
  );
  // An alias is what it stands for.
  return new Map(
    [...own].map(([name, option]) => [name, typeof option.as === "string" ? (own.get(option.as) ?? option) : option]),
  );
}

function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

/** The texts in a list; none where it is no list. */
export function textsIn(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
