import { isRecord, type Problem, type Result } from "../../model/index.js";
import { type PolicyTree, problemsOf, type Toolchain } from "../../policy/index.js";

/** An expression of a rule's body, as it stands in the source. */
export type Expression = {
  readonly row: number;
  readonly text: string;
  readonly negated: boolean;
  /** The rule it asks for, where it is nothing but a name: `granted`, `not token.presented`. */
  readonly asks: string | undefined;
  /** Full names of the rules that it mentions. */
  readonly mentions: readonly string[];
};

/** One body of a rule; an `else` is a body of its own. */
export type RuleBody = {
  readonly file: string;
  readonly row: number;
  readonly expressions: readonly Expression[];
  /** The bodies to try when this one is not true, in order. */
  readonly otherwise: readonly RuleBody[];
};

/** A rule by its full name, such as `main.granted`. */
export type RuleEntryOf = {
  readonly name: string;
  /** `set` also stands for partial objects. */
  readonly kind: "value" | "set" | "function";
  readonly bodies: readonly RuleBody[];
  /** Full names of the rules that its values mention. */
  readonly mentions: readonly string[];
};

/** The rules of all modules by their full names. */
export type RuleTable = ReadonlyMap<string, RuleEntryOf>;

type RawRule = {
  readonly name: string;
  readonly kind: RuleEntryOf["kind"];
  readonly node: Node;
  readonly module: Module;
};
type Module = { readonly file: string; readonly package: string; readonly imports: ReadonlyMap<string, string> };
type Node = Readonly<Record<string, unknown>>;

/** Reads the rules of a policy folder's modules from the compiler's own syntax trees. */
export async function readRuleTable(
  tree: PolicyTree,
  toolchain: Toolchain,
): Promise<Result<RuleTable, readonly Problem[]>> {
  const raw: RawRule[] = [];
  for (const file of tree.modules) {
    const parsed = await toolchain.ast(file);
    if (!parsed.ok) return { ok: false, error: problemsOf(parsed.error) };
    raw.push(...rulesOf(file.path, parsed.value));
  }
  const names = new Set(raw.map(({ name }) => name));
  const table = new Map<string, RuleEntryOf>();
  for (const { name, kind, node, module } of raw) {
    const known = table.get(name);
    const bodies = [...(known?.bodies ?? []), ...(node.default === true ? [] : [bodyOf(node, module, names)])];
    const mentions = new Set([...(known?.mentions ?? []), ...valueMentions(node, module, names)]);
    table.set(name, { name, kind, bodies, mentions: [...mentions] });
  }
  return { ok: true, value: table };
}

function rulesOf(file: string, parsed: Node): RawRule[] {
  const pkg = isRecord(parsed.package) ? refName(parsed.package.path) : "";
  const imports = new Map(list(parsed.imports).flatMap((node) => importOf(node)));
  const module = { file, package: pkg.replace(/^data\./, ""), imports };
  return list(parsed.rules).flatMap((node) => {
    if (!isRecord(node.head)) return [];
    const name = refName(node.head.ref) || String(node.head.name ?? "");
    const kind = list(node.head.args).length > 0 ? "function" : node.head.key === undefined ? "value" : "set";
    return name === "" ? [] : [{ name: `${module.package}.${name}`, kind, node, module } as const];
  });
}

function importOf(node: Node): [string, string][] {
  if (!isRecord(node.path)) return [];
  const name = refName(node.path.value);
  const alias = typeof node.alias === "string" ? node.alias : name.split(".").at(-1);
  return name.startsWith("data.") && alias !== undefined ? [[alias, name.slice(5)]] : [];
}

function bodyOf(node: Node, module: Module, names: ReadonlySet<string>): RuleBody {
  const expressions = list(node.body)
    .filter((one) => textOf(one) !== "" && !isTrue(one.terms))
    .map((one): Expression => {
      const terms = one.terms;
      const name =
        isRecord(terms) && one.with === undefined ? refName(terms.type === "ref" ? terms.value : [terms]) : "";
      return {
        row: rowOf(one),
        text: textOf(one),
        negated: one.negated === true,
        asks: resolve(name, module, names),
        mentions: mentionsOf(textOf(one), module, names),
      };
    });
  const otherwise = isRecord(node.else) ? [bodyOf(node.else, module, names)] : [];
  return {
    file: module.file,
    row: rowOf(node),
    expressions,
    otherwise: otherwise.flatMap((body) => [{ ...body, otherwise: [] }, ...body.otherwise]),
  };
}

/** A body that is left out is written `true` by the parser. */
function isTrue(terms: unknown): boolean {
  return isRecord(terms) && terms.type === "boolean" && terms.value === true;
}

function valueMentions(node: Node, module: Module, names: ReadonlySet<string>): string[] {
  const value = isRecord(node.head) && isRecord(node.head.value) ? textOf(node.head.value) : "";
  const otherwise = isRecord(node.else) ? valueMentions(node.else, module, names) : [];
  return [...mentionsOf(value, module, names), ...otherwise];
}

function mentionsOf(text: string, module: Module, names: ReadonlySet<string>): string[] {
  const code = text.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, "");
  const words = code.match(/[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/g) ?? [];
  return words.flatMap((word) => {
    // `_program.path` is a part of what the rule `_program` gives.
    const parts = word.split(".");
    for (let length = parts.length; length > 0; length -= 1) {
      const name = resolve(parts.slice(0, length).join("."), module, names);
      if (name !== undefined) return [name];
    }
    return [];
  });
}

/** The full name of what a name means in a module; undefined where it is no rule. */
function resolve(name: string, module: Module, names: ReadonlySet<string>): string | undefined {
  const [head = "", ...rest] = name.split(".");
  const imported = module.imports.get(head);
  const candidates = [
    imported === undefined ? undefined : [imported, ...rest].join("."),
    head === "data" ? rest.join(".") : undefined,
    `${module.package}.${name}`,
  ];
  return candidates.find((candidate) => candidate !== undefined && names.has(candidate));
}

function refName(value: unknown): string {
  const parts = list(value).map((term) => (typeof term.value === "string" ? term.value : ""));
  return parts.every((part) => /^[A-Za-z_]\w*$/.test(part)) ? parts.join(".") : "";
}

function rowOf(node: Node): number {
  return isRecord(node.location) && typeof node.location.row === "number" ? node.location.row : 0;
}

function textOf(node: Node): string {
  const text = isRecord(node.location) ? node.location.text : undefined;
  return typeof text === "string" ? Buffer.from(text, "base64").toString("utf8") : "";
}

function list(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
