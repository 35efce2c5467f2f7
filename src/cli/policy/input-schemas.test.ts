import { join } from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../../host/index.js";
import { readInputSchemas, schemaSet } from "./input-schemas.js";
import { failureOf, policyFolder } from "./testdata/fixture.js";

it("finds the schemas that this package commits", async () => {
  const schemas = await readInputSchemas([join(packageRoot(), "specs", "schema")]);
  expect([...schemas.keys()].sort()).toEqual(["access", "output", "request"]);
});

it("types the input everywhere only where every entrypoint has a schema", () => {
  const request = { type: "object" };
  const output = { type: "object", required: ["finding"] };
  const schemas = new Map([
    ["request", request],
    ["output", output],
  ]);
  const named = { "schema.request_input": request, "schema.output_input": output };
  expect(schemaSet(schemas, [])).toEqual(named);
  expect(schemaSet(schemas, ["main/request", "main/other"])).toEqual(named);
  expect(schemaSet(schemas, ["main/request"])).toEqual({ ...named, schema: request });
  expect(schemaSet(schemas, ["main/request", "main/output"])).toEqual({
    ...named,
    schema: { anyOf: [request, output] },
  });
});

it("prefers the first folder, passes over one that is not there, and refuses what is no schema", async () => {
  const { dir, discard } = await policyFolder({ "request-input.schema.json": '{"title": "ours"}' });
  const own = join(packageRoot(), "specs", "schema");
  const schemas = await readInputSchemas([join(dir, "absent"), dir, own]);
  expect(schemas.get("request")).toEqual({ title: "ours" });
  await discard();
  const bad = await policyFolder({ "request-input.schema.json": "[]" });
  expect(await failureOf(readInputSchemas([bad.dir]).then(() => 0))).toMatchObject({ codes: ["schema/invalid"] });
  await bad.discard();
});
