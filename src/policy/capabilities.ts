import Type, { type Static } from "typebox";
import { err, ok, type Problem, parserOf, parseStrictJson, problemsOfIssues, type Result } from "../model/index.js";

const text = Type.String({ minLength: 10, maxLength: 1000 });

/** The builtins that policies may use, in groups that say why. */
export const Capabilities = Type.Object(
  {
    schema: Type.Literal("lockkeeper/capabilities/v1"),
    why: text,
    groups: Type.Array(
      Type.Object(
        {
          title: Type.String({ minLength: 1, maxLength: 100 }),
          why: text,
          builtins: Type.Array(Type.String({ pattern: "^[a-z][a-z0-9_.]*$", maxLength: 100 }), { minItems: 1 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 50 },
    ),
  },
  { additionalProperties: false },
);
export type Capabilities = Static<typeof Capabilities>;

const parse = parserOf(Capabilities);

/** Reads `capabilities.json` and answers the builtins' names, sorted. A name given twice is an error. */
export function parseCapabilities(source: string, file: string): Result<readonly string[], readonly Problem[]> {
  const document = parseStrictJson(source, file);
  if (!document.ok) return document;
  const checked = parse(document.value.value);
  if (!checked.ok) return err(problemsOfIssues(document.value, checked.error));
  const names: string[] = [];
  for (const [group, { builtins }] of checked.value.groups.entries()) {
    for (const [index, name] of builtins.entries()) {
      if (names.includes(name)) {
        const place = document.value.placeOf(["groups", group, "builtins", index]);
        return err([{ code: "schema/invalid", message: `the builtin ${name} is listed twice`, place }]);
      }
      names.push(name);
    }
  }
  return ok(names.sort());
}
