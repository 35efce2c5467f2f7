import { parseSync, Visitor } from "oxc-parser";
import { placesIn } from "../../src/index.js";
import type { SourceFile } from "./cited-place.js";

/**
 * Finds where an attack's module declares its attack: the first exported const that is an object with `requirements`.
 *
 * @returns its rows, from 1 and both included, or undefined where the file does not parse or declares none
 */
export function attackRange({
  file,
  text,
}: SourceFile): { readonly row: number; readonly end_row: number } | undefined {
  const parsed = parseSync(file, text);
  if (parsed.errors.some((one) => one.severity === "Error")) return undefined;
  let found: { readonly start: number; readonly end: number } | undefined;
  new Visitor({
    ExportNamedDeclaration: (node) => {
      if (found !== undefined || node.declaration?.type !== "VariableDeclaration") return;
      const init = node.declaration.declarations[0]?.init;
      if (init?.type !== "ObjectExpression") return;
      const declares = init.properties.some(
        (one) => one.type === "Property" && one.key.type === "Identifier" && one.key.name === "requirements",
      );
      if (declares) found = { start: node.start, end: node.end };
    },
  }).visit(parsed.program);
  if (found === undefined) return undefined;
  const placeAt = placesIn(text, file);
  const row = placeAt(found.start).row ?? 1;
  return { row, end_row: placeAt(found.end - 1).row ?? row };
}
