import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { err, ok, type Problem, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";

type TestCommand = NonNullable<Config["tests"]>;

/**
 * Runs the tests that cite requirements and gives the JUnit XML they wrote. A command that fails is no error here:
 * what failed stands in the results. A run that leaves no results is one.
 *
 * @param files - paths relative to the root, in place of `{files}`
 */
export async function runTests(
  tests: TestCommand,
  root: string,
  files: readonly string[],
): Promise<Result<string, Problem>> {
  const junit = join(root, tests.junit);
  await rm(junit, { force: true });
  const [program = "", ...args] = tests.command.flatMap((word) => (word === "{files}" ? files : [word]));
  const ended = await run(program, args, root, tests.timeout_s * 1000);
  const xml = await readFile(junit, "utf8").catch(() => undefined);
  if (xml !== undefined) return ok(xml);
  return err({
    code: "conform/failed",
    message: `${tests.command.join(" ")} left no results in ${tests.junit} (${ended.how})`,
    hint: ended.output.trim().split("\n").at(-1) ?? "run it by hand to see why",
  });
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  timeout: number,
): Promise<{ how: string; output: string }> {
  // Programs of the repository's own dependencies come first, as in npm scripts.
  const path = [join(cwd, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter);
  const env = { ...process.env, PATH: path, NO_COLOR: "1" };
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout, killSignal: "SIGKILL" });
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-4000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ how: error.message, output }));
    child.on("close", (code, signal) => resolve({ how: signal ?? `exit code ${code}`, output }));
  });
}
