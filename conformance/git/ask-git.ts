import { execFile } from "node:child_process";

/** What holds for every question, whatever anybody has configured. */
const settings = {
  "core.fsmonitor": "false",
  "core.hooksPath": "/dev/null",
  "protocol.allow": "never",
  // Reading starts nothing, so that a checkout of somebody else's, as in a container, may be read.
  "safe.directory": "*",
};

/** Nobody's own configuration, no prompts, no locks, no monitor, no hooks, nothing fetched. */
const quietEnv = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_CONFIG_COUNT: `${Object.keys(settings).length}`,
  ...Object.fromEntries(
    Object.entries(settings).flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
  LC_ALL: "C",
};

const bounds = { timeout: 60_000, maxBuffer: 256 * 1024 * 1024, killSignal: "SIGKILL" } as const;

/**
 * Asks git at a folder, with nothing of this process's environment but the path to programs.
 *
 * @param input - what git reads
 * @returns what it printed, at most 256 MiB; undefined where it failed, took longer than a minute or is not there
 */
export function askGit(folder: string, args: readonly string[], input = ""): Promise<Buffer | undefined> {
  const env = { ...quietEnv, PATH: process.env.PATH ?? "/usr/bin:/bin" };
  return new Promise((resolve) => {
    const options = { ...bounds, env, encoding: "buffer" } as const;
    const git = execFile("git", ["-C", folder, ...args], options, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
    // Git may be gone before it has read everything; its answer tells.
    git.stdin?.on("error", () => undefined);
    git.stdin?.end(input);
  });
}
