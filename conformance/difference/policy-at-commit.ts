import {
  err,
  ok,
  type PolicyFile,
  type PolicyFiles,
  type Problem,
  policyFilesOf,
  type Result,
} from "../../src/index.js";
import { askGit, gitRepository } from "../git/index.js";

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
  const found = await gitRepository(folder).commitOf(ref);
  if (!found.ok) return ok(undefined);
  const commit = found.value;
  const listed = await askGit(folder, ["ls-tree", "-r", "-z", "--full-tree", `${commit}:./`]);
  if (listed === undefined) return err([{ code: "usage/missing", message: `no folder ${name} in ${ref}` }]);
  const entries = entriesOf(listed.toString("utf8"), name);
  if (!entries.ok) return entries;
  const wanted = entries.value;
  const bytes = await askGit(folder, ["cat-file", "--batch"], wanted.map(({ object }) => `${object}\n`).join(""));
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
