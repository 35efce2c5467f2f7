import {
  err,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ok,
  type Place,
  type PolicyModule,
  type Problem,
  parseStrictJson,
  problemsOf,
  type Result,
  type Toolchain,
} from "../../src/index.js";

/** One body of a rule, as the compiler reads it: without places, comments and layout. */
export type RuleBody = {
  /** The rule's full name: `token.unexpired`. */
  readonly rule: string;
  readonly place: Place;
  readonly syntax: JsonValue;
  /** The syntax as text: the same for bodies that say the same. */
  readonly text: string;
};

/** Reads the rule bodies of modules, each file once however often it is asked about. */
export function ruleReader(toolchain: Toolchain) {
  const known = new Map<string, readonly RuleBody[]>();
  return async (modules: readonly PolicyModule[]): Promise<Result<readonly RuleBody[], readonly Problem[]>> => {
    const all: RuleBody[] = [];
    for (const module of modules) {
      const key = `${module.path}\n${module.text}`;
      let bodies = known.get(key);
      if (bodies === undefined) {
        const parsed = await toolchain.ast(module);
        if (!parsed.ok) return err(problemsOf(parsed.error));
        // What the compiler gives is JSON; reading it again types it.
        const document = parseStrictJson(JSON.stringify(parsed.value), module.path, astBounds);
        if (!document.ok) return document;
        bodies = bodiesOf(module.path, document.value.value);
        known.set(key, bodies);
      }
      all.push(...bodies);
    }
    return ok(all);
  };
}

const astBounds = { bytes: 256 * 1024 * 1024, depth: 1000, nodes: 20_000_000 };

function bodiesOf(file: string, module: JsonValue): RuleBody[] {
  if (!isJsonObject(module)) return [];
  const path = isJsonObject(module.package) ? textsIn(module.package.path) : [];
  const area = path.filter((part) => part !== "data").join(".");
  return list(module.rules).flatMap((rule): RuleBody[] => {
    if (!isJsonObject(rule) || !isJsonObject(rule.head)) return [];
    const syntax = plain(rule);
    const name = textsIn(rule.head.ref)[0] ?? "";
    return [{ rule: `${area}.${name}`, place: placeOf(file, rule), syntax, text: JSON.stringify(syntax) }];
  });
}

/** The texts of terms in a list: `[{type: var, value: a}, {type: string, value: b}]`. */
function textsIn(terms: JsonValue | undefined): string[] {
  return list(terms).flatMap((term) => (isJsonObject(term) && typeof term.value === "string" ? [term.value] : []));
}

function placeOf(file: string, rule: JsonObject): Place {
  const at = isJsonObject(rule.location) ? rule.location : {};
  const row = typeof at.row === "number" ? at.row : 1;
  const text = typeof at.text === "string" ? Buffer.from(at.text, "base64").toString("utf8") : "";
  const lines = text.split("\n");
  return { file, row, end_row: row + lines.length - 1, source_line: lines[0] ?? "" };
}

/** Without what says only where and how it is written; of METADATA what reaches decisions stays. */
function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] => {
    if (key === "location" || key === "index" || key === "generated") return [];
    if (key === "annotations") return [[key, list(item).map(spoken)]];
    return [[key, plain(item)]];
  });
  return Object.fromEntries(entries);
}

function spoken(annotation: JsonValue): JsonValue {
  if (!isJsonObject(annotation)) return annotation;
  const { title = null, custom = null, scope = null } = annotation;
  return { title, custom, scope };
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
