import { dirname, join } from "node:path";
import { type PackageOf, readBounded } from "../evidence/index.js";

const names = {
  "Cargo.toml": /^\[package\]\s*$[^[]*?^name\s*=\s*["']([\w-]+)["']/m,
  "go.mod": /^module\s+"?([^\s"]+)"?/m,
} as const;

/** Finds packages by the manifests of a repository; each is read once. */
export function packageNames(root: string): PackageOf {
  const known = new Map<string, ReturnType<PackageOf>>();
  const nearest = (folder: string, manifest: "Cargo.toml" | "go.mod"): ReturnType<PackageOf> => {
    const path = folder === "." ? manifest : `${folder}/${manifest}`;
    if (known.has(path)) return known.get(path);
    const name = names[manifest].exec(textOf(join(root, path)) ?? "")?.[1];
    const here = name === undefined ? undefined : { name, folder: folder === "." ? "" : folder };
    const found = here ?? (folder === "." ? undefined : nearest(dirname(folder), manifest));
    known.set(path, found);
    return found;
  };
  return (file, manifest) => nearest(dirname(file), manifest);
}

function textOf(path: string): string | undefined {
  try {
    return readBounded(path, 1024 * 1024)?.toString("utf8");
  } catch {
    return undefined;
  }
}
