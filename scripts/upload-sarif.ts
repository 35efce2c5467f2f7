import { readFileSync } from "node:fs";
import { argv, env, exit, stderr, stdout } from "node:process";
import { gzipSync } from "node:zlib";

/**
 * Sends a SARIF file to GitHub's code scanning, as a step of the action. Imports nothing of ours: Node runs it as it is.
 *
 * @see https://docs.github.com/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
 */
async function upload(file: string): Promise<string | undefined> {
  const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_REF, TOKEN } = env;
  const missing = Object.entries({ GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_REF, TOKEN })
    .filter(([, value]) => value === undefined || value === "")
    .map(([name]) => name);
  if (missing.length > 0) return `not set: ${missing.join(", ")}`;
  const sarif = gzipSync(readFileSync(file)).toString("base64");
  const answer = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/code-scanning/sarifs`, {
    method: "POST",
    headers: { accept: "application/vnd.github+json", authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ commit_sha: GITHUB_SHA, ref: GITHUB_REF, sarif, tool_name: "lockkeeper" }),
    redirect: "error",
    signal: AbortSignal.timeout(60_000),
  });
  return answer.status === 202 ? undefined : `GitHub answered ${answer.status}`;
}

const [, , file = ""] = argv;
const problem = await upload(file).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
if (problem !== undefined) {
  stderr.write(`the SARIF report was not uploaded: ${problem}\n`);
  exit(1);
}
stdout.write("the SARIF report is uploaded\n");
