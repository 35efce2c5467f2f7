import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { askGit } from "../git/index.js";

const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
const leftOut = new Set([".git", "node_modules"]);

/**
 * The files below a folder, relative to it, sorted: those git knows or would add, or every file but those below
 * `node_modules` where git knows none. Names that are no valid UTF-8 are as git's output decodes.
 */
export async function listFiles(root: string): Promise<readonly string[]> {
  const listed = (await askGit(root, list))?.toString("utf8") ?? "";
  const known = listed.split("\0").filter((file) => file !== "");
  return (known.length > 0 ? known : await walk(root, "")).toSorted();
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
