import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Nobody's own configuration counts, and nothing that the repository's configuration names is started. */
const env = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
  PATH: "/usr/local/bin:/usr/bin:/bin",
};
const inert = ["core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never", "safe.directory=*"];
const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
const bounds = { timeout: 30_000, maxBuffer: 256 * 1024 * 1024, killSignal: "SIGKILL" } as const;

const leftOut = new Set([".git", "node_modules"]);

/**
 * The files below a folder, relative to it, sorted: those git knows or would add, or every file but those below
 * `node_modules` where git knows none. Names that are no valid UTF-8 are as git's output decodes.
 */
export async function listFiles(root: string): Promise<readonly string[]> {
  const known = await gitFiles(root);
  return (known.length > 0 ? known : await walk(root, "")).toSorted();
}

function gitFiles(root: string): Promise<readonly string[]> {
  const args = ["-C", root, ...inert.flatMap((one) => ["-c", one]), ...list];
  return new Promise((resolve) => {
    execFile("git", args, { ...bounds, env }, (error, stdout) => {
      resolve(error === null ? stdout.split("\0").filter((file) => file !== "") : []);
    });
  });
}

async function walk(root: string, below: string): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile()) files.push(path);
    else if (entry.isDirectory() && !leftOut.has(entry.name)) files.push(...(await walk(root, path)));
  }
  return files;
}
