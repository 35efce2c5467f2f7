import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** The recipes of a justfile: a name with parameters at the start of a line, and the indented lines below it. */
function recipesOf(
  text: string,
): ReadonlyMap<string, { readonly parameters: readonly string[]; readonly body: readonly string[] }> {
  const recipes = new Map<string, { parameters: string[]; body: string[] }>();
  let open: { parameters: string[]; body: string[] } | undefined;
  for (const line of text.split("\n")) {
    const head = /^([a-z][\w-]*)((?: \w+)*):$/.exec(line);
    if (head !== null) {
      open = { parameters: (head[2] ?? "").split(" ").filter((word) => word !== ""), body: [] };
      recipes.set(head[1] ?? "", open);
    } else if (/^\s+\S/.test(line)) open?.body.push(line.trim());
    else if (line !== "" && !line.startsWith("#")) throw new Error(`no recipe: ${line}`);
  }
  return recipes;
}

/** @requirement MEX-11 */
describe("the justfile", () => {
  const recipes = recipesOf(readFileSync("justfile", "utf8"));
  const scripts: unknown = JSON.parse(readFileSync("package.json", "utf8"));

  it("has the validator's three recipes", () => {
    expect(Object.fromEntries(recipes)).toEqual({
      "validator-spec-regression": { parameters: [], body: ["npm run -s validator-spec-regression"] },
      "validator-scan": { parameters: ["WP"], body: ['npm run -s validator-scan -- "{{WP}}"'] },
      "validator-hygiene-full": { parameters: [], body: ["npm run -s validator-hygiene-full"] },
    });
  });

  it("calls npm scripts that are there, each of its own name", () => {
    for (const [name, { body }] of recipes) {
      expect(body.join("\n")).toContain(`npm run -s ${name}`);
      expect(scripts).toMatchObject({ scripts: { [name]: expect.stringContaining("bin/lockkeeper.js") } });
    }
    expect(scripts).toMatchObject({ scripts: { "validator-scan": expect.stringMatching(/ packet scan$/) } });
  });
});
