import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("upload-sarif.ts", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-upload-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the upload", { timeout: 120_000 }, () => {
  /** Answers one request with a status, and gives what was asked. */
  async function uploadTo(status: number) {
    const asked: { url: string | undefined; authorization: string | undefined; body: string }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        asked.push({ url: request.url, authorization: request.headers.authorization, body });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    writeFileSync(join(folder, "report.sarif"), '{"version": "2.1.0"}');
    const child = spawn(process.execPath, [script, join(folder, "report.sarif")], {
      env: {
        PATH: process.env.PATH,
        GITHUB_API_URL: `http://127.0.0.1:${port}`,
        GITHUB_REPOSITORY: "somebody/something",
        GITHUB_SHA: "1".repeat(40),
        GITHUB_REF: "refs/heads/main",
        TOKEN: "fake",
      },
    });
    const printed: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => printed.push(chunk));
    const code = await new Promise((resolve) => child.on("close", resolve));
    server.close();
    return { code, asked, printed: Buffer.concat(printed).toString() };
  }

  it("sends the report to code scanning", async () => {
    const { code, asked } = await uploadTo(202);
    const [{ body, ...head } = { body: "{}" }] = asked;
    expect([code, head]).toEqual([
      0,
      { url: "/repos/somebody/something/code-scanning/sarifs", authorization: "Bearer fake" },
    ]);
    const { sarif, ...rest } = Object(JSON.parse(body));
    expect(rest).toEqual({ commit_sha: "1".repeat(40), ref: "refs/heads/main", tool_name: "lockkeeper" });
    expect(gunzipSync(Buffer.from(sarif, "base64")).toString()).toBe('{"version": "2.1.0"}');
  });

  it("fails where it is refused, without naming the token", async () => {
    const { code, printed } = await uploadTo(403);
    expect([code, printed]).toEqual([1, "the SARIF report was not uploaded: GitHub answered 403\n"]);
  });
});
