import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { commandHash } from "../src/index.js";
import { contracts, type Issue, parserOf, parserOfJsonSchema, RequestInput } from "../src/model/index.js";
import { schemaFolder, schemaTexts, writeSchemas } from "./schemas.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, schemaFolder);

/** An invalid fixture: the value, the place of an issue it must give, the start of what that says, and why it matters. */
type Invalid = { readonly because: string; readonly at: string; readonly says: string; readonly value: unknown };

function isInvalid(value: unknown): value is Invalid {
  const texts = ["because", "at", "says"];
  return typeof value === "object" && value !== null && "value" in value && texts.every((key) => key in value);
}

function readJson(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(folder, ...path), "utf8"));
}

it("commits exactly the schemas that the code gives", () => {
  const committed = readdirSync(folder).filter((name) => name.endsWith(".schema.json"));
  expect(committed.sort()).toEqual([...schemaTexts().keys()].sort());
  for (const [name, text] of schemaTexts()) {
    expect(readFileSync(join(folder, name), "utf8"), `${name}: run npx tsx scripts/schemas.ts`).toBe(text);
  }
});

it("writes what changed, removes what is gone, and leaves everything else", () => {
  const copy = mkdtempSync(join(tmpdir(), "lockkeeper-schemas-"));
  try {
    expect(writeSchemas(copy)).toEqual([...schemaTexts().keys()].sort());
    expect(writeSchemas(copy)).toEqual([]);
    for (const name of ["case.schema.json", "gone.schema.json", "notes.md"]) {
      writeFileSync(join(copy, schemaFolder, name), "{}");
    }
    expect(writeSchemas(copy)).toEqual(["case.schema.json", "gone.schema.json"]);
    expect(readdirSync(join(copy, schemaFolder)).sort()).toEqual([...schemaTexts().keys(), "notes.md"].sort());
  } finally {
    rmSync(copy, { recursive: true });
  }
});

it("has fixtures for every contract, and for nothing else", () => {
  expect(readdirSync(join(folder, "fixtures")).sort()).toEqual(Object.keys(contracts).sort());
});

it("hashes the command of the test vector to the hash in its fixture", () => {
  const input = parserOf(RequestInput)(readJson("fixtures", "request-input", "valid-echo-test.json"));
  if (!input.ok) throw new Error("the fixture is not valid");
  const { argv, cwd, env, stdin_sha256, cmd_hash } = input.value.action;
  expect({ argv, cwd, env, stdin_sha256 }).toEqual({ argv: ["echo", "test"], cwd: "/", env: {}, stdin_sha256: null });
  expect(cmd_hash).toBe("6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f");
  expect(commandHash(input.value.action)).toBe(cmd_hash);
});

describe.each(Object.entries(contracts))("the contract %s", (name, contract) => {
  const files = readdirSync(join(folder, "fixtures", name));
  // Both readers must say the same: the one the product uses, and the schema that other languages are given.
  const parsers = [parserOf(contract), parserOfJsonSchema(schemaOf(name))];

  it("has fixtures that are valid and some that are not, and no others", () => {
    const kinds = files.map((file) => /^(valid|invalid)-[a-z0-9-]+\.json$/.exec(file)?.[1]);
    expect(new Set(kinds)).toEqual(new Set(["valid", "invalid"]));
  });

  it.each(files.filter((file) => file.startsWith("valid-")))("takes %s", (file) => {
    const value = readJson("fixtures", name, file);
    for (const parse of parsers) expect(parse(value)).toEqual({ ok: true, value });
  });

  it.each(files.filter((file) => file.startsWith("invalid-")))("refuses %s for its reason", (file) => {
    const fixture = readJson("fixtures", name, file);
    if (!isInvalid(fixture)) throw new Error("an invalid fixture says because, at and says");
    expect(fixture.because).toMatch(/\w{3}/);
    for (const parse of parsers) {
      const result = parse(fixture.value);
      const issues: readonly Issue[] = result.ok ? [] : result.error;
      const stated = issues.filter(({ path, message }) => path === fixture.at && message.startsWith(fixture.says));
      expect(stated, JSON.stringify(issues)).not.toEqual([]);
    }
  });
});

function schemaOf(name: string): object {
  const schema = readJson(`${name}.schema.json`);
  if (typeof schema !== "object" || schema === null) throw new Error(`${name} is no schema`);
  return schema;
}
