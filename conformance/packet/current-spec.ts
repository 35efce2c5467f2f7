import { basename } from "node:path";
import { err, ok, type Result } from "../../src/index.js";
import type { PacketFinding } from "./packet-rules.js";
import { documentText, maxDocumentBytes } from "./packet-text.js";
import { readInside, statInside } from "./repository-file.js";

/**
 * Finds the current spec: the file that `spec_current` names in its text where its name begins with SPEC_CURRENT, else that
 * file or folder itself.
 *
 * @param specCurrent - from the repository's root
 * @returns the spec's path, or what is wrong
 */
export function currentSpec(root: string, specCurrent: string): Result<string, PacketFinding> {
  const fault = (message: string, hint?: string) =>
    err<PacketFinding>({ rule: "SPEC-CURRENT", message, file: specCurrent, ...(hint === undefined ? {} : { hint }) });
  const found = statInside(root, specCurrent);
  if (!found.ok) return fault(found.error.message, "lockkeeper.yaml says where it is, under packets.spec_current");
  if (found.value === "folder" || !/^spec_current/i.test(basename(specCurrent))) return ok(specCurrent);
  const bytes = readInside(root, specCurrent, maxDocumentBytes);
  if (!bytes.ok) return fault(bytes.error.message);
  const { text } = documentText(bytes.value, specCurrent);
  const named = [...new Set(pathsIn(text.replace(/<!--[\s\S]*?(?:-->|$)/g, "")))].filter(
    (path) => path !== specCurrent,
  );
  const there = named.filter((path) => statInside(root, path).ok);
  const [only] = there;
  if (only !== undefined && there.length === 1) return ok(only);
  if (there.length > 1)
    return fault(`it names more than one spec: ${there.slice(0, 5).join(", ")}`, "name the current one");
  return fault(named.length === 0 ? "it names no spec" : `what it names is not there: ${named.slice(0, 5).join(", ")}`);
}

/** The paths that a text holds: words with a slash, or with the ending of a document. `./` before them goes. */
export function pathsIn(text: string): string[] {
  return text
    .split(/[\s`'"“”‘’()[\]<>,;|]+/u)
    .map((word) => word.replace(/[.:!?]+$/, "").replace(/^\.\//, ""))
    .filter((word) => /^[\w.@+/-]*\w\/?$/.test(word) && (word.includes("/") || /\.(?:md|markdown|ya?ml)$/.test(word)))
    .map((word) => word.replace(/\/$/, ""));
}
