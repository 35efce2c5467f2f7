import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedDigest } from "../conformance/hygiene/generated-digest.js";
import { contracts } from "../src/model/index.js";

/** Where the schemas are committed, from the repository's root. */
export const schemaFolder = "specs/schema";

const noDigest = "0".repeat(64);
/** With the digest in it, an edit by hand is found by `lockkeeper hygiene` too, which knows no contracts. */
const header = `generated from src/model/contracts by npm run schemas; do not edit; sha256: ${noDigest}`;

/** Every contract's JSON Schema as it is committed, by file name: keys sorted, two spaces, a line end at the end. */
export function schemaTexts(): ReadonlyMap<string, string> {
  const dialect = "https://json-schema.org/draft/2020-12/schema";
  return new Map(
    Object.entries(contracts).map(([name, contract]) => {
      // Only what JSON can say is committed; the library keeps its own marks where JSON does not see them.
      const plain: unknown = JSON.parse(JSON.stringify({ ...contract, $schema: dialect, $comment: header }));
      const text = `${JSON.stringify(sorted(plain), null, 2)}\n`;
      return [`${name}.schema.json`, text.replace(noDigest, generatedDigest(text))];
    }),
  );
}

/** Writes the schemas below `root` and removes those of contracts that are gone. Returns the names that changed. */
export function writeSchemas(root: string): readonly string[] {
  const folder = join(root, schemaFolder);
  mkdirSync(folder, { recursive: true });
  const texts = schemaTexts();
  const committed = readdirSync(folder).filter((name) => name.endsWith(".schema.json"));
  const gone = committed.filter((name) => !texts.has(name));
  for (const name of gone) rmSync(join(folder, name));
  const changed = [...texts].filter(([name, text]) => {
    return !committed.includes(name) || readFileSync(join(folder, name), "utf8") !== text;
  });
  for (const [name, text] of changed) writeFileSync(join(folder, name), text);
  return [...gone, ...changed.map(([name]) => name)].sort();
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const changed = writeSchemas(fileURLToPath(new URL("..", import.meta.url)));
  process.stdout.write(changed.length === 0 ? "the schemas are as the code has them\n" : `${changed.join("\n")}\n`);
}
