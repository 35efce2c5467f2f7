import { isJsonObject, type JsonObject, type JsonValue } from "../../src/index.js";
import type { ArgvFocus } from "./argv-samples.js";
import { type Described, describedPrograms, textsIn } from "./described-programs.js";
import { type JsonPath, partsOf } from "./json-path.js";

/** How many users of something shared are looked at: they are all checked by the same rules. */
const users = 4;

/** The descriptions that changed data is about, with the options that it is about. */
export function focusesOf(paths: readonly JsonPath[], datas: readonly JsonObject[]): ArgvFocus[] {
  const described = datas.flatMap(describedPrograms);
  return paths.flatMap((path) => {
    const [area, kind, name] = path;
    if (area !== "command") return [];
    if (kind === "programs") return ownFocuses(path, described);
    if (kind === "types") return spread(described, (one) => optionsOfType(one, name));
    if (kind === "shared") {
      const option = path[3];
      const options = typeof option === "string" ? new Set([option]) : ("all" as const);
      return spread(described, (one) =>
        textsIn(one.description.shared).some((set) => set === name) ? options : undefined,
      );
    }
    return [];
  });
}

/** Everything that is described, from both ends of the data and the middle in turn, so that a few show many kinds. */
export function everyFocus(datas: readonly JsonObject[]): ArgvFocus[] {
  const described = [...new Map(datas.flatMap(describedPrograms).map((one) => [one.words.join(" "), one])).values()];
  return described.map((one) => ({ described: one, options: "all" as const }));
}

function ownFocuses(path: JsonPath, described: readonly Described[]): ArgvFocus[] {
  const holds = (one: Described) => one.path.every((step, index) => path[index] === step);
  const depth = Math.max(0, ...described.filter(holds).map((one) => one.path.length));
  const nearest = described.filter((one) => holds(one) && one.path.length === depth);
  // What is at the description itself says nothing about one option; what is above a subcommand is about all of them.
  const [kind, option] = path.slice(depth);
  const options = kind === "options" && typeof option === "string" ? new Set([option]) : ("all" as const);
  const below =
    options === "all" ? described.filter((one) => path.every((step, index) => one.path[index] === step)) : [];
  const inherited = kind === "options" ? [] : described.filter((one) => nearest.some((near) => isBelow(one, near)));
  return [
    ...nearest.map((one) => ({ described: one, options })),
    ...[...below, ...inherited.slice(0, users)].map((one) => ({ described: one, options: "all" as const })),
  ];
}

function isBelow(one: Described, other: Described): boolean {
  return one !== other && other.path.every((step, index) => one.path[index] === step);
}

/** A few descriptions for which there is something to look at. */
function spread(
  described: readonly Described[],
  optionsIn: (one: Described) => ReadonlySet<string> | "all" | undefined,
): ArgvFocus[] {
  const found = described.flatMap((one): ArgvFocus[] => {
    const options = optionsIn(one);
    return options === undefined ? [] : [{ described: one, options }];
  });
  return found.slice(0, users);
}

/** Options whose value is of a shared type; all where a positional argument is. */
function optionsOfType(
  { options, description }: Described,
  name: JsonValue | undefined,
): ReadonlySet<string> | "all" | undefined {
  const names = (value: JsonValue | undefined) =>
    value === name || (value !== undefined && [...partsOf(value)].some((part) => part.value === name));
  const positionals = description.positionals;
  if (isJsonObject(positionals) && (names(positionals.type) || names(positionals.first))) return "all";
  const found = [...options].filter(([, option]) => names(option.type)).map(([option]) => option);
  return found.length === 0 ? undefined : new Set(found);
}
