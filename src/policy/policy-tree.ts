import {
  type DocumentPath,
  err,
  type Issue,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ok,
  type Parser,
  type Place,
  type Problem,
  parserOfJsonSchema,
  parseStrictJson,
  type Result,
  segmentsOf,
} from "../model/index.js";
import { parseCapabilities } from "./capabilities.js";
import { keepRecent } from "./keep-recent.js";
import { type DataSource, mergeData, type PolicyData } from "./policy-data.js";
import { isTestFile, type PolicyFiles, readPolicyFiles } from "./policy-files.js";

/** A Rego file as text. */
export type PolicyModule = { readonly path: string; readonly text: string };

/** A policy folder that has been read and found in order, as far as that can be said without compiling. */
export type PolicyTree = {
  readonly name: string;
  readonly modules: readonly PolicyModule[];
  readonly tests: readonly PolicyModule[];
  readonly data: JsonObject;
  /** Where a path of `data` is written. */
  placeOf(path: DocumentPath): Place | undefined;
  /** Why other data in this one's place would not be read, by the first schema on the way to `path` that refuses it. */
  refusalOf(data: JsonObject, path: readonly (string | number)[]): string | undefined;
  /** The builtins that modules may use; undefined where the folder does not say. */
  readonly builtins: readonly string[] | undefined;
  /** SHA-256 over all files but the tests. */
  readonly sha256: string;
};

type SchemaSource = { readonly file: string; readonly mount: readonly string[]; readonly text: string };

/** Reads a policy folder. See `parsePolicyTree`. */
export async function readPolicyTree(dir: string): Promise<Result<PolicyTree, readonly Problem[]>> {
  const files = await readPolicyFiles(dir);
  return files.ok ? parsePolicyTree(files.value) : files;
}

/**
 * Takes a folder's files apart: modules and tests, data merged by folder, and checks them. A module's package is its
 * folder (`policies/a/b/c.rego` is `package a.b`, its tests `package a.b_test`); data is strict YAML or JSON, fits
 * every `data.schema.json` on the way to it, and comes from one file only.
 *
 * @returns on failure every problem found, each at its place
 */
export function parsePolicyTree(folder: PolicyFiles): Result<PolicyTree, readonly Problem[]> {
  const problems: Problem[] = [];
  const modules: PolicyModule[] = [];
  const tests: PolicyModule[] = [];
  const sources: DataSource[] = [];
  const schemas: SchemaSource[] = [];
  let builtins: readonly string[] | undefined;
  for (const { path, bytes } of folder.files) {
    const text = decode(bytes);
    const mount = path.split("/").slice(1, -1);
    if (text === undefined) {
      problems.push({ code: "policy/invalid", message: "not UTF-8", place: { file: path } });
    } else if (path.endsWith(".rego")) {
      problems.push(...checkPackage(path, text, mount));
      (isTestFile(path) ? tests : modules).push({ path, text });
    } else if (path.endsWith("/data.schema.json")) {
      schemas.push({ file: path, mount, text });
    } else if (path === `${folder.name}/capabilities.json`) {
      const parsed = parseCapabilities(text, path);
      if (parsed.ok) builtins = parsed.value;
      else problems.push(...parsed.error);
    } else {
      sources.push({ file: path, mount, text });
    }
  }
  const merged = mergeData(sources);
  problems.push(...merged.problems);
  for (const schema of schemas) problems.push(...checkSchema(schema, merged.data));
  if (problems.length > 0) return err(problems);
  const { name, sha256 } = folder;
  const { data, placeOf } = merged.data;
  const refusalOf: PolicyTree["refusalOf"] = (other, path) =>
    schemas
      .filter(({ mount }) => mount.every((part, n) => part === path[n]))
      .flatMap((schema) => checkSchema(schema, { data: other, placeOf }))[0]?.message;
  return ok({ name, modules, tests, data, placeOf, refusalOf, builtins, sha256 });
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function checkPackage(path: string, text: string, mount: readonly string[]): Problem[] {
  const found = /^package[ \t]+([^\s#;]+)/m.exec(text);
  // A missing clause is the compiler's to report.
  if (found?.[1] === undefined) return [];
  const wanted = `${mount.join(".")}${isTestFile(path) ? "_test" : ""}`;
  if (found[1] === wanted) return [];
  const row = text.slice(0, found.index).split("\n").length;
  const place = { file: path, row, col: 1, source_line: text.split("\n")[row - 1] ?? "" };
  const hint = mount.length === 0 ? "put the file into a folder named after the package" : `write: package ${wanted}`;
  return [{ code: "policy/invalid", message: `package ${found[1]} is in the wrong folder`, place, hint }];
}

function checkSchema(schema: SchemaSource, data: PolicyData): readonly Problem[] {
  const parser = compileSchema(schema.file, schema.text);
  if (!parser.ok) return parser.error;
  const checked = parser.value(valueAt(data.data, schema.mount));
  return checked.ok ? [] : checked.error.map((issue) => problemAt(schema, data, issue));
}

/** Compiling takes longer than everything else that is done with a schema. */
const compileSchema = keepRecent((file = "", text = ""): Result<Parser<unknown>, readonly Problem[]> => {
  const document = parseStrictJson(text, file);
  if (!document.ok) return document;
  const unusable = (reason: string) =>
    err([
      {
        code: "schema/invalid" as const,
        message: `not a usable JSON Schema: ${reason}`,
        place: document.value.placeOf(""),
      },
    ]);
  if (!isJsonObject(document.value.value)) return unusable("it is not an object");
  try {
    return ok(parserOfJsonSchema(document.value.value));
  } catch (error) {
    return unusable(error instanceof Error ? error.message : String(error));
  }
}, 50);

function problemAt(schema: SchemaSource, data: PolicyData, issue: Issue): Problem {
  const at = [...schema.mount, ...segmentsOf(issue.path)];
  const place = data.placeOf(issue.key === undefined ? at : [...at, issue.key]) ?? { file: schema.file };
  const hint = `${schema.file} says what may stand here`;
  return { code: "policy/data_invalid", message: `data.${at.join(".")} ${issue.message}`, place, hint };
}

function valueAt(data: JsonObject, path: readonly string[]): JsonValue {
  let at: JsonValue = data;
  for (const part of path) at = isJsonObject(at) && Object.hasOwn(at, part) ? (at[part] ?? {}) : {};
  return at;
}
