import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isRecord, type Report } from "../../src/index.js";
import type { Config } from "./config.js";

/** What is judged: as the configuration says, else name and version as the repository's package.json has them. */
export function productOf({ product, root }: Pick<Config, "product" | "root">): Report["product"] {
  return product ?? productOfPackage(root);
}

function productOfPackage(root: string): Report["product"] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    if (isRecord(parsed) && typeof parsed.name === "string" && typeof parsed.version === "string") {
      return { name: parsed.name, version: parsed.version };
    }
  } catch {
    // A repository of another language has none.
  }
  return { name: basename(root), version: "0.0.0" };
}
