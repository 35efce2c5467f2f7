import { Ajv2020 } from "ajv/dist/2020.js";
import Type from "typebox";
import { describe, expect, it } from "vitest";
import { contracts } from "./contracts/index.js";
import { parserOf, parserOfJsonSchema } from "./parse.js";

describe("a contract", () => {
  it.each(Object.entries(contracts))("%s is a sound JSON Schema 2020-12", (_, schema) => {
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
  });
});

describe("a parser", () => {
  const parse = parserOf(Type.Object({ n: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }));

  it("gives the value it was given, typed", () => {
    const value = { n: 1 };
    expect(parse(value)).toEqual({ ok: true, value });
  });

  it("says where and why, with the key that is unknown or missing", () => {
    expect(parse({ n: 0, m: 1 })).toEqual({
      ok: false,
      error: [
        { path: "", message: 'must NOT have additional properties: "m"', key: "m" },
        { path: "/n", message: "must be >= 1" },
      ],
    });
    expect(parse({})).toMatchObject({ error: [{ path: "", key: "n" }] });
  });

  it("lists at most 100 issues", () => {
    const parseList = parserOf(Type.Array(Type.Integer()));
    const parsed = parseList(Array(150).fill("x"));
    expect(parsed.ok ? 0 : parsed.error.length).toBe(100);
  });

  it("refuses to be made from what is no schema", () => {
    expect(() => parserOfJsonSchema({ type: "nothing" })).toThrow();
    expect(() => parserOfJsonSchema({ unknown_keyword: 1 })).toThrow();
  });
});
