import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type RequestOptions, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noIsolation } from "../model/index.js";
import { hasOpenssl, makeCertificates } from "./testdata/certificates.js";
import { startTestGateway } from "./testdata/running-gateway.js";

let folder: string;
let ca: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-tls-"));
  if (await hasOpenssl()) await makeCertificates(folder);
  ca = await readFile(join(folder, "ca.pem"), "utf8").catch(() => "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Nothing is executed here. */
const executor = {
  isolation: () => noIsolation,
  run: () => Promise.reject(new Error("not run here")),
  stop: () => false,
  stopAll: () => 0,
};
const files = () => `cert: ${folder}/server.pem, key: ${folder}/server.key`;
const serving = (tls: string) =>
  startTestGateway({ executor, yaml: `schema: lockkeeper/config/v1\ngateway: {tls: {${tls}}}\n` });

/** The status of the health page, or what kept it from being asked for. */
function status(url: string, options: RequestOptions = {}): Promise<number | string> {
  return new Promise((resolve) => {
    const asked = request(`${url}/healthz`, { ca, ...options, agent: false }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
    });
    asked.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asked.end();
  });
}

const shown = async (name: string) => ({
  cert: await readFile(join(folder, `${name}.pem`)),
  key: await readFile(join(folder, `${name}.key`)),
});

describe.runIf(await hasOpenssl())("TLS", () => {
  it("is spoken in version 1.3 alone, to whoever trusts the authority", async () => {
    await using world = await serving(files());
    const { url } = world.gateway;
    expect(url).toMatch(/^https:/);
    expect(await status(url)).toBe(200);
    expect(await status(url, { ca: [] })).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    expect(await status(url, { maxVersion: "TLSv1.2" })).toBe("EPROTO");
  });

  it("is spoken in version 1.2 where that is asked for", async () => {
    await using world = await serving(`${files()}, min_version: TLSv1.2`);
    expect(await status(world.gateway.url, { maxVersion: "TLSv1.2" })).toBe(200);
  });

  it("lets in only clients of an authority where one is named", async () => {
    await using world = await serving(`${files()}, client_ca: ${folder}/ca.pem`);
    const { url } = world.gateway;
    expect(await status(url, await shown("client"))).toBe(200);
    expect(await status(url)).not.toBe(200);
    const other = await mkdtemp(join(folder, "other-"));
    await makeCertificates(other);
    const foreign = { cert: await readFile(join(other, "client.pem")), key: await readFile(join(other, "client.key")) };
    expect(await status(url, foreign)).not.toBe(200);
  });

  it("stops the start where a file of it is missing", async () => {
    await expect(serving(`cert: ${folder}/none.pem, key: ${folder}/server.key`)).rejects.toThrow(
      "TLS cannot be set up",
    );
  });
});
