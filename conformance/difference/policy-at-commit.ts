import { spawn } from "node:child_process";
import {
  err,
  ok,
  type PolicyFile,
  type PolicyFiles,
  type Problem,
  policyFilesOf,
  type Result,
} from "../../src/index.js";

/** The most that git may answer, in bytes: more than a policy folder may hold. */
const maxBytes = 128 * 1024 * 1024;

/** A policy folder as a commit has it. */
export type PoliciesAtCommit = { readonly commit: string; readonly files: PolicyFiles };

/**
 * Reads a policy folder as a commit has it, without touching the work tree: `git ls-tree` and `git cat-file` give the
 * bytes that were committed, whatever attributes and filters say.
 *
 * @param folder - the policy folder of today, inside a git repository
 * @param ref - a branch, a tag or a commit
 * @returns undefined where git knows no such commit; on failure `usage/missing` or `policy/invalid`
 */
export async function readPoliciesAt(
  folder: string,
  name: string,
  ref: string,
): Promise<Result<PoliciesAtCommit | undefined, readonly Problem[]>> {
  // What begins with a dash would be an option of git.
  if (ref.startsWith("-") || ref === "") return ok(undefined);
  const git = (args: readonly string[], input = "") => runGit(folder, args, input);
  const resolved = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  const prefix = await git(["rev-parse", "--show-prefix"]);
  if (resolved === undefined || prefix === undefined) return ok(undefined);
  const commit = resolved.toString("utf8").trim();
  const tree = `${commit}:${prefix.toString("utf8").replace(/\/?\n$/, "")}`;
  const listed = await git(["ls-tree", "-r", "-z", "--full-tree", tree]);
  if (listed === undefined) {
    return err([{ code: "usage/missing", message: `no folder ${tree.slice(41)} in ${ref}` }]);
  }
  const entries = entriesOf(listed.toString("utf8"), name);
  if (!entries.ok) return entries;
  const wanted = entries.value;
  const bytes = await git(["cat-file", "--batch"], wanted.map(({ object }) => `${object}\n`).join(""));
  const blobs = bytes === undefined ? undefined : blobsOf(bytes, wanted.length);
  if (blobs === undefined) return err([{ code: "internal/io", message: `git could not read the files of ${ref}` }]);
  const files: PolicyFile[] = wanted.flatMap(({ path }, index) => {
    const blob = blobs[index];
    return blob === undefined ? [] : [{ path, bytes: blob }];
  });
  const folderFiles = policyFilesOf(name, files);
  return folderFiles.ok ? ok({ commit, files: folderFiles.value }) : folderFiles;
}

type Entry = { readonly path: string; readonly object: string };

/** From `100644 blob <object>\t<path>\0`, what a policy folder would be read for; as there, links are refused. */
function entriesOf(listed: string, name: string): Result<readonly Entry[], readonly Problem[]> {
  const problems: Problem[] = [];
  const entries = listed.split("\0").flatMap((line): Entry[] => {
    const found = /^(\d+) (\w+) ([0-9a-f]+)\t([\s\S]+)$/.exec(line);
    const [, mode, kind, object = "", path = ""] = found ?? [];
    if (found === null || path.split("/").some((part) => part.startsWith("."))) return [];
    if (!/\.(rego|ya?ml|json)$/.test(path)) return [];
    if (kind === "blob" && (mode === "100644" || mode === "100755")) return [{ path: `${name}/${path}`, object }];
    problems.push({ code: "policy/invalid", message: "not a plain file", place: { file: `${name}/${path}` } });
    return [];
  });
  return problems.length > 0 ? err(problems) : ok(entries);
}

/** Takes `<object> blob <size>\n<bytes>\n` apart; undefined where it is anything else. */
function blobsOf(answer: Buffer, count: number): readonly Buffer[] | undefined {
  const blobs: Buffer[] = [];
  let at = 0;
  while (blobs.length < count) {
    const end = answer.indexOf(10, at);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(answer.subarray(at, end).toString("latin1"))?.[1];
    if (end === -1 || size === undefined) return undefined;
    blobs.push(answer.subarray(end + 1, end + 1 + Number(size)));
    at = end + 2 + Number(size);
  }
  return blobs;
}

/** @returns what git printed; undefined where it failed or is not there */
function runGit(cwd: string, args: readonly string[], input: string): Promise<Buffer | undefined> {
  // Nothing is fetched, asked or written: a look at what is there.
  const env = { ...process.env, GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
  return new Promise((resolve) => {
    const child = spawn("git", ["-C", cwd, ...args], { env, stdio: ["pipe", "pipe", "ignore"], timeout: 60_000 });
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) child.kill("SIGKILL");
      else chunks.push(chunk);
    });
    child.stdin.on("error", () => undefined);
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? Buffer.concat(chunks) : undefined));
    child.stdin.end(input);
  });
}
