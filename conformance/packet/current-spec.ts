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
  const one = theOneSpec(named, (path) => statInside(root, path).ok);
  return one.ok ? one : fault(one.error.message, one.error.hint);
}

/**
 * The current spec of those that SPEC_CURRENT names: the one that is there.
 *
 * @returns on failure that it names none, none that is there, or several
 * @requirement MEX-14
 */
export function theOneSpec(
  named: readonly string[],
  isThere: (path: string) => boolean,
): Result<string, { readonly message: string; readonly hint?: string }> {
  if (named.length === 0) return err({ message: "it names no spec" });
  const there = named.filter(isThere);
  const [spec] = there;
  if (spec === undefined) return err({ message: `what it names is not there: ${named.slice(0, 5).join(", ")}` });
  if (there.length === 1) return ok(spec);
  return err({ message: `it names more than one spec: ${there.slice(0, 5).join(", ")}`, hint: "name the current one" });
}

/** The paths that a text holds: words with a slash, or with the ending of a document. `./` before them goes. */
export function pathsIn(text: string): string[] {
  return text
    .split(/[\s`'"“”‘’()[\]<>,;|]+/u)
    .map((word) => word.replace(/[.:!?]+$/, "").replace(/^\.\//, ""))
    .filter((word) => /^[\w.@+/-]*\w\/?$/.test(word) && (word.includes("/") || /\.(?:md|markdown|ya?ml)$/.test(word)))
    .map((word) => word.replace(/\/$/, ""));
}
