import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isRecord, type Problem, parseStrictJson } from "../../model/index.js";
import { CommandFailure } from "../terminal.js";

const suffix = "-input.schema.json";

/** The JSON Schemas of inputs by the entrypoint's name: `request`, `output`. */
export type InputSchemas = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Reads every `<entrypoint>-input.schema.json` of the folders; the first folder that has one wins. */
export async function readInputSchemas(dirs: readonly string[]): Promise<InputSchemas> {
  const schemas = new Map<string, Record<string, unknown>>();
  for (const dir of dirs) {
    for (const file of (await readdir(dir).catch(() => [])).sort()) {
      const name = file.slice(0, -suffix.length);
      if (!file.endsWith(suffix) || schemas.has(name)) continue;
      schemas.set(name, await readSchema(join(dir, file)));
    }
  }
  return schemas;
}

async function readSchema(path: string): Promise<Record<string, unknown>> {
  const document = parseStrictJson(await readFile(path, "utf8"), path);
  if (!document.ok) throw new CommandFailure(document.error);
  if (isRecord(document.value.value)) return document.value.value;
  const problem: Problem = { code: "schema/invalid", message: "a schema is an object", place: { file: path } };
  throw new CommandFailure([problem]);
}

/**
 * Names the schemas for METADATA: `schema.request_input`, `schema.output_input`. Where every entrypoint of the policy
 * has one, they also type the input of rules without METADATA: as one of them, for any entrypoint may reach any rule.
 *
 * @param entrypoints - such as `main/request`
 */
export function schemaSet(schemas: InputSchemas, entrypoints: readonly string[]): Record<string, unknown> {
  const named = [...schemas].map(([name, schema]) => [`schema.${name.replaceAll("-", "_")}_input`, schema] as const);
  const asked = entrypoints.map((path) => (path.startsWith("main/") ? schemas.get(path.slice(5)) : undefined));
  const known = asked.filter((schema) => schema !== undefined);
  if (known.length === 0 || known.length < asked.length) return Object.fromEntries(named);
  return { ...Object.fromEntries(named), schema: known.length === 1 ? known[0] : { anyOf: known } };
}
