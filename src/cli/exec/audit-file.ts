import { randomUUID } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Clock, err, ok, type Problem, type Result } from "../../model/index.js";
import { type JsonlRecorder, openJsonlRecorder } from "../../store/index.js";

/**
 * Opens the audit file: the one that was named, else `.lockkeeper/audit/exec.jsonl` here. The latter's folder may have
 * come with a repository, so nothing on the way to it may be a symbolic link: it could lead into any file we can write.
 */
export async function openAuditFile(named: string | undefined, clock: Clock): Promise<Result<JsonlRecorder, Problem>> {
  const file = resolve(named ?? join(".lockkeeper", "audit", "exec.jsonl"));
  try {
    if (named === undefined) {
      for (const path of [dirname(dirname(file)), dirname(file), file]) {
        const stats = await lstat(path).catch(() => undefined);
        if (stats?.isSymbolicLink() === true) return err(unwritable(path, "it is a symbolic link"));
      }
    }
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return ok(await openJsonlRecorder(file, `exec-${randomUUID()}`, clock));
  } catch (error) {
    return err(unwritable(file, error instanceof Error ? error.message : String(error)));
  }
}

function unwritable(file: string, message: string): Problem {
  return {
    code: "gate/record",
    message: `the audit cannot be written: ${message}`,
    place: { file },
    hint: "nothing runs unrecorded: name another file with --audit",
  };
}
