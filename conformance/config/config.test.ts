import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readConfig } from "./config.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

const text = `schema: lockkeeper/config/v1
policies: policies
specs: specs
reports: reports
evidence: {roots: [src], ignore: []}
`;

it("finds the file in a folder above", async () => {
  await writeFile(join(folder, "lockkeeper.yaml"), text);
  await mkdir(join(folder, "a/b"), { recursive: true });
  const config = await readConfig(join(folder, "a/b"));
  expect(config).toMatchObject({
    ok: true,
    value: { root: folder, policies: "policies", evidence: { roots: ["src"] } },
  });
});

it("says where a key is unknown", async () => {
  await writeFile(join(folder, "lockkeeper.yaml"), `${text}policy: x\n`);
  const config = await readConfig(folder);
  expect(config.ok ? [] : config.error).toMatchObject([
    { code: "schema/invalid", place: { file: "lockkeeper.yaml", row: 6 } },
  ]);
});

it("says what to do where there is no file", async () => {
  const config = await readConfig(folder);
  expect(config.ok ? [] : config.error).toMatchObject([{ code: "usage/missing" }]);
});
