import { posix } from "node:path";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { parse as parseYaml } from "yaml";
import { parserOfJsonSchema } from "../../src/index.js";
import { readInside, statInside } from "../packet/repository-file.js";
import type { Artifact } from "./declared-evidence.js";

/**
 * Makes the declared check of an artifact.
 *
 * @param text - the artifact
 * @returns what is wrong, or undefined where it is valid
 */
export function artifactFault(root: string, { file, check }: Artifact, text: string): string | undefined {
  if (text.trim() === "") return "it is empty";
  switch (check.kind) {
    case "contains": {
      const missing = check.texts.filter((one) => !text.includes(one));
      return missing.length === 0 ? undefined : `not in it: ${missing.join(", ")}`;
    }
    case "schema":
      return schemaFault(root, check.schema, text);
    case "links": {
      const dead = targetsIn(text).filter((target) => !leadsSomewhere(root, file, target));
      return dead.length === 0 ? undefined : `links that lead nowhere: ${dead.join(", ")}`;
    }
  }
}

function schemaFault(root: string, schema: string, text: string): string | undefined {
  const found = readInside(root, schema);
  if (!found.ok) return `its schema: ${found.error.message}`;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(found.value).toString("utf8"));
    if (typeof parsed !== "object" || parsed === null) return "its schema is no object";
    // JSON is YAML; aliases would let a small file grow without end.
    const value: unknown = parseYaml(text, { maxAliasCount: 0, uniqueKeys: true });
    const checked = parserOfJsonSchema(parsed)(value);
    return checked.ok ? undefined : checked.error.map(({ path, message }) => `${path || "/"} ${message}`).join("; ");
  } catch (thrown) {
    return `it cannot be checked: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

/** Links and pictures of a Markdown text that stay in the repository. */
function targetsIn(markdown: string): readonly string[] {
  const targets = new Set<string>();
  const visit = (node: Nodes): void => {
    if (node.type === "link" || node.type === "image" || node.type === "definition") targets.add(node.url);
    if ("children" in node) for (const child of node.children) visit(child);
  };
  visit(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  return [...targets].filter((url) => url !== "" && !/^([a-z][a-z0-9+.-]*:|\/\/|#)/i.test(url));
}

function leadsSomewhere(root: string, file: string, url: string): boolean {
  let path: string;
  try {
    path = decodeURIComponent(url.replace(/[?#].*$/s, ""));
  } catch {
    return false;
  }
  const target = path.startsWith("/") ? path.slice(1) : posix.normalize(posix.join(posix.dirname(file), path));
  return target === "." || statInside(root, target.replace(/\/$/, "")).ok;
}
