import { basename } from "node:path";
import type { SgNode } from "@ast-grep/napi";

/** The languages read by their tree-sitter grammars. */
export type TreeLanguage = "go" | "java" | "python" | "rust";

/** What of a grammar's nodes markers need; names are those of the grammar. */
export type Grammar = {
  readonly comments: readonly string[];
  readonly declarations: readonly string[];
  /** What stands before a declaration as a sibling and belongs to it. */
  readonly attributes: readonly string[];
  /** What joins the names of a path when it is shown. */
  readonly joint: string;
  /** What a declaration is called; empty where its language gives it no name. */
  namesOf(node: SgNode): readonly string[];
  /** Whether it is only the inside of another declaration of the list. */
  isInner(node: SgNode): boolean;
  /** Whether it is a test, or there to hold tests, as the language's usual runner sees it. */
  testOf(node: SgNode, context: TestContext): "test" | "group" | undefined;
  /** The string that documents a declaration from inside. */
  docstringOf?(node: SgNode): SgNode | undefined;
  /** What the file itself says it belongs to. */
  container?(root: SgNode): readonly string[];
};

/** Where a declaration stands: its file, the texts of its attributes, how many declarations hold it. */
export type TestContext = { readonly file: string; readonly marks: readonly string[]; readonly depth: number };

const never = () => false;
const fieldName = (node: SgNode) => textOfField(node, "name");

function textOfField(node: SgNode, field: string): readonly string[] {
  const found = node.field(field);
  return found === null ? [] : [found.text().split("\n")[0] ?? ""];
}

function kindOf(node: SgNode | null | undefined): string {
  return node === null || node === undefined ? "" : String(node.kind());
}

const python: Grammar = {
  comments: ["comment"],
  declarations: [
    "function_definition",
    "class_definition",
    "decorated_definition",
    "assignment",
    "type_alias_statement",
  ],
  attributes: [],
  joint: ".",
  namesOf: (node) =>
    kindOf(node) === "assignment" ? textOfField(node, "left") : fieldName(node.field("definition") ?? node),
  isInner: (node) => kindOf(node.parent()) === "decorated_definition",
  testOf: (node, { file }) => {
    if (!/^(test_.*|.*_test)\.py$/.test(basename(file))) return undefined;
    const inner = node.field("definition") ?? node;
    if (kindOf(inner) === "class_definition") return testMethods(inner) ? "group" : undefined;
    const isTest = kindOf(inner) === "function_definition" && /^test/.test(fieldName(inner)[0] ?? "");
    return isTest && !insideFunction(node) ? "test" : undefined;
  },
  docstringOf: (node) => {
    const first = (node.field("definition") ?? node)
      .field("body")
      ?.children()
      .find((child) => child.isNamed() && kindOf(child) !== "comment");
    const only = kindOf(first) === "expression_statement" ? first?.child(0) : undefined;
    return kindOf(only) === "string" ? (only ?? undefined) : undefined;
  },
};

function testMethods(node: SgNode): boolean {
  const methods = node.field("body")?.findAll({ rule: { kind: "function_definition" } }) ?? [];
  return methods.some((method) => /^test/.test(fieldName(method)[0] ?? ""));
}

function insideFunction(node: SgNode): boolean {
  return node.ancestors().some((one) => kindOf(one) === "function_definition");
}

const go: Grammar = {
  comments: ["comment"],
  declarations: [
    "function_declaration",
    "method_declaration",
    "type_declaration",
    "const_declaration",
    "var_declaration",
    "type_spec",
    "type_alias",
    "const_spec",
    "var_spec",
    "field_declaration",
    "method_elem",
  ],
  attributes: [],
  joint: ".",
  namesOf: (node) => {
    const receiver = /([\p{L}_][\p{L}\p{N}_]*)\s*(?:\[[^\]]*\]\s*)?\)$/u.exec(node.field("receiver")?.text() ?? "");
    return [...(receiver?.slice(1, 2) ?? []), ...fieldName(node)];
  },
  isInner: never,
  // As `go test` sees it: the letter after the word is no small one.
  testOf: (node, { file }) =>
    kindOf(node) === "function_declaration" &&
    file.endsWith("_test.go") &&
    /^(Test|Fuzz|Example)(?!\p{Ll})/u.test(fieldName(node)[0] ?? "")
      ? "test"
      : undefined,
};

const rust: Grammar = {
  comments: ["line_comment", "block_comment"],
  declarations: [
    "function_item",
    "function_signature_item",
    "struct_item",
    "enum_item",
    "union_item",
    "impl_item",
    "trait_item",
    "const_item",
    "static_item",
    "type_item",
    "mod_item",
    "macro_definition",
    "field_declaration",
    "enum_variant",
  ],
  attributes: ["attribute_item"],
  joint: "::",
  namesOf: (node) => (kindOf(node) === "impl_item" ? textOfField(node, "type") : fieldName(node)),
  isInner: never,
  testOf: (node, { marks }) => {
    if (kindOf(node) === "function_item") return marks.some(isRustTest) ? "test" : undefined;
    return kindOf(node) === "mod_item" && marks.some((mark) => /^#\[\s*cfg\s*\(\s*test\s*\)/.test(mark))
      ? "group"
      : undefined;
  },
};

/** `#[test]`, and what test libraries make of it: `#[tokio::test(…)]`, `#[rstest]`, `#[test_case(…)]`. */
function isRustTest(mark: string): boolean {
  const name = /^#\[\s*(?:\w+\s*::\s*)*(\w+)/.exec(mark)?.[1] ?? "";
  return ["test", "rstest", "test_case", "quickcheck", "wasm_bindgen_test"].includes(name);
}

const java: Grammar = {
  comments: ["line_comment", "block_comment"],
  declarations: [
    "class_declaration",
    "interface_declaration",
    "enum_declaration",
    "record_declaration",
    "annotation_type_declaration",
    "method_declaration",
    "constructor_declaration",
    "compact_constructor_declaration",
    "field_declaration",
    "constant_declaration",
    "enum_constant",
  ],
  attributes: [],
  joint: ".",
  namesOf: (node) => {
    const variable = node.field("declarator");
    return fieldName(variable ?? node);
  },
  isInner: never,
  testOf: (node) => {
    if (kindOf(node) === "method_declaration") return hasTestAnnotation(node) ? "test" : undefined;
    const methods = node.field("body")?.children() ?? [];
    return kindOf(node) === "class_declaration" && methods.some(hasTestAnnotation) ? "group" : undefined;
  },
  container: (root) => {
    const text = root.find({ rule: { kind: "package_declaration" } })?.text() ?? "";
    return /package\s+([\w.]+)/.exec(text)?.[1]?.split(".") ?? [];
  },
};

const javaTests = ["Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Property"];

function hasTestAnnotation(node: SgNode): boolean {
  const modifiers = node.children().find((child) => kindOf(child) === "modifiers");
  return (modifiers?.children() ?? []).some((mark) =>
    javaTests.includes((fieldName(mark)[0] ?? "").split(".").at(-1) ?? ""),
  );
}

/** What is known of each grammar. */
export const grammars: Readonly<Record<TreeLanguage, Grammar>> = { go, java, python, rust };
