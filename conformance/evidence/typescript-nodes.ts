import {
  type Argument,
  type CallExpression,
  type Class,
  type Expression,
  type ParseResult,
  type PropertyKey as SyntaxKey,
  Visitor,
} from "oxc-parser";

/** A declaration by its offsets, the end excluded. */
export type Declared = { readonly name: string; readonly start: number; readonly end: number };

/** A `describe` or a test. `title` holds its full name's literal parts: between two of them may stand anything. */
export type TestNode = Declared & { readonly group: boolean; readonly title: readonly string[] };

/** The declarations and tests of one file, each found by the offset it starts at; the outermost wins. */
export type Nodes = {
  readonly declared: ReadonlyMap<number, Declared>;
  readonly tests: ReadonlyMap<number, TestNode>;
};

const groups = new Set(["describe", "suite"]);
const single = new Set(["it", "test"]);
/** Members of `it` whose call gives another `it`, rather than a test. */
const makers = new Set(["each", "for", "skipIf", "runIf", "extend"]);

/** Walks a parsed file once. */
export function nodesOf(parsed: ParseResult, text: string): Nodes {
  const declared = new Map<number, Declared>();
  const tests = new Map<number, TestNode>();
  const classes: string[] = [];
  const open: { readonly node: CallExpression; readonly title: readonly string[]; readonly name: string }[] = [];
  const add = (start: number, end: number, name: string): void => {
    if (!declared.has(start)) declared.set(start, { name, start, end });
  };
  const nameOfKey = (key: SyntaxKey): string => (key.type === "Identifier" ? key.name : text.slice(key.start, key.end));
  const enterClass = (node: Class): void => {
    classes.push(node.id?.name ?? "class");
    add(node.start, node.end, node.id?.name ?? "class");
  };
  const member = (node: { readonly key: SyntaxKey; readonly start: number; readonly end: number }): void =>
    add(node.start, node.end, [...classes.slice(-1), nameOfKey(node.key)].join("."));

  new Visitor({
    ExportNamedDeclaration: (node) => {
      if (node.declaration !== null) add(node.start, node.end, declarationName(node.declaration, text));
    },
    ExportDefaultDeclaration: (node) => add(node.start, node.end, "default"),
    FunctionDeclaration: (node) => add(node.start, node.end, node.id?.name ?? "function"),
    TSDeclareFunction: (node) => add(node.start, node.end, node.id?.name ?? "function"),
    VariableDeclaration: (node) => add(node.start, node.end, declarationName(node, text)),
    TSTypeAliasDeclaration: (node) => add(node.start, node.end, node.id.name),
    TSInterfaceDeclaration: (node) => add(node.start, node.end, node.id.name),
    TSEnumDeclaration: (node) => add(node.start, node.end, node.id.name),
    ClassDeclaration: enterClass,
    "ClassDeclaration:exit": () => void classes.pop(),
    ClassExpression: enterClass,
    "ClassExpression:exit": () => void classes.pop(),
    MethodDefinition: member,
    PropertyDefinition: member,
    Property: (node) => add(node.start, node.end, nameOfKey(node.key)),
    TSPropertySignature: (node) => add(node.start, node.end, nameOfKey(node.key)),
    TSMethodSignature: (node) => add(node.start, node.end, nameOfKey(node.key)),
    CallExpression: (node) => {
      const found = testCall(node);
      if (found === undefined) return;
      const own = titleOf(node.arguments[0], found.templated, text);
      const outer = open.at(-1);
      const title = outer === undefined ? own.parts : glue(outer.title, " > ", own.parts);
      const name = outer === undefined ? own.name : `${outer.name} > ${own.name}`;
      if (!tests.has(node.start)) {
        tests.set(node.start, { name, title, group: found.group, start: node.start, end: node.end });
      }
      if (found.group) open.push({ node, title, name });
    },
    "CallExpression:exit": (node) => {
      if (open.at(-1)?.node === node) open.pop();
    },
  }).visit(parsed.program);
  return { declared, tests };
}

function declarationName(
  node: { readonly type: string; readonly start: number; readonly end: number; readonly id?: unknown } & {
    readonly declarations?: readonly { readonly id: { readonly start: number; readonly end: number } }[];
  },
  text: string,
): string {
  const ids = node.declarations?.map((one) => one.id) ?? [node.id];
  return ids
    .map((one) => bindingName(one, text))
    .join(", ")
    .slice(0, 200);
}

/** The name alone: an identifier's span holds its type annotation too. */
function bindingName(id: unknown, text: string): string {
  if (typeof id !== "object" || id === null) return "default";
  if ("name" in id && typeof id.name === "string") return id.name;
  if ("start" in id && typeof id.start === "number" && "end" in id && typeof id.end === "number") {
    return text.slice(id.start, id.end).replace(/\s+/g, " ");
  }
  return "default";
}

function testCall(node: CallExpression): { readonly group: boolean; readonly templated: boolean } | undefined {
  const { callee } = node;
  if (callee.type === "MemberExpression" && makers.has(memberName(callee))) return undefined;
  let templated = false;
  let at: Expression = callee;
  for (;;) {
    if (at.type === "MemberExpression") {
      const name = memberName(at);
      templated ||= name === "each" || name === "for";
      at = at.object;
    } else if (at.type === "CallExpression") at = at.callee;
    else if (at.type === "TaggedTemplateExpression") at = at.tag;
    else break;
  }
  if (at.type !== "Identifier") return undefined;
  if (groups.has(at.name)) return { group: true, templated };
  return single.has(at.name) ? { group: false, templated } : undefined;
}

function memberName(node: { readonly property: { readonly type: string; readonly name?: unknown } }): string {
  return typeof node.property.name === "string" ? node.property.name : "";
}

type Title = { readonly name: string; readonly parts: readonly string[] };

function titleOf(argument: Argument | undefined, templated: boolean, text: string): Title {
  if (argument === undefined) return { name: "", parts: [""] };
  if (argument.type === "Literal" && typeof argument.value === "string") {
    return { name: argument.value, parts: templated ? withoutPlaceholders(argument.value) : [argument.value] };
  }
  const name = text.slice(argument.start, argument.end).slice(0, 200);
  if (argument.type !== "TemplateLiteral") return { name: `{${name}}`, parts: ["", ""] };
  const parts = argument.quasis.map((quasi) => quasi.value.cooked ?? "");
  return {
    name: argument.expressions.length === 0 ? (parts[0] ?? "") : name.replace(/^`|`$/g, ""),
    parts: templated ? parts.flatMap(withoutPlaceholders) : parts,
  };
}

/** What vitest fills in for `each` and `for`: printf's forms, and `$name` with its path. */
function withoutPlaceholders(title: string): string[] {
  return title.split(/%[sdifjoOc#$%]|\$[A-Za-z_][\w.]*/);
}

/** Joins two titles so that the last part of the one and the first of the other are one text. */
function glue(outer: readonly string[], between: string, inner: readonly string[]): string[] {
  const [first = "", ...rest] = inner;
  return [...outer.slice(0, -1), `${outer.at(-1) ?? ""}${between}${first}`, ...rest];
}
