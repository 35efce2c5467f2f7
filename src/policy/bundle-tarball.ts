import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { err, ok, type Problem, type Result } from "../model/index.js";
import { type Bundle, bundleFiles, parseBundle } from "./bundle.js";
import { readBundleFolder, writeDurably } from "./bundle-folder.js";
import type { PolicyTree } from "./policy-tree.js";
import { readTar, type TarEntry, writeTar } from "./tar.js";

const limits = { packed: 256 * 1024 * 1024, unpacked: 1024 * 1024 * 1024 };

/**
 * Writes a bundle as `opa build` would: a tar archive of policy.wasm, data.json and .manifest, gzipped. An OPA with a
 * WASM engine evaluates it, `opa inspect` shows it. The file appears whole or not at all, and replaces the one before.
 */
export function writeBundleTarball(bundle: Bundle, path: string): Promise<Result<void, readonly Problem[]>> {
  const { wasm, data, manifest } = bundleFiles(bundle);
  return writeArchive(path, [
    { name: "/data.json", bytes: data },
    { name: "/policy.wasm", bytes: wasm },
    { name: "/.manifest", bytes: manifest },
  ]);
}

/**
 * Writes a policy folder as a bundle of sources, for an OPA that was built without a WASM engine (as the one that the
 * Go module proxy gives is): the same rules and data, interpreted.
 */
export function writeSourceTarball(
  tree: PolicyTree,
  bundle: Bundle,
  path: string,
): Promise<Result<void, readonly Problem[]>> {
  const { revision, roots, rego_version } = bundle.manifest;
  const manifest = new TextEncoder().encode(`${JSON.stringify({ revision, roots, rego_version })}\n`);
  return writeArchive(path, [
    { name: "/data.json", bytes: bundle.data },
    ...tree.modules.map((module) => ({ name: `/${module.path}`, bytes: new TextEncoder().encode(module.text) })),
    { name: "/.manifest", bytes: manifest },
  ]);
}

async function writeArchive(path: string, entries: readonly TarEntry[]): Promise<Result<void, readonly Problem[]>> {
  const draft = `${path}.${randomUUID()}`;
  try {
    const packed = await promisify(gzip)(writeTar(entries), { level: 9 });
    await writeDurably(draft, packed);
    await rename(draft, path);
    return ok(undefined);
  } catch (error) {
    await rm(draft, { force: true });
    return err([{ code: "internal/io", message: reasonOf(error), place: { file: path } }]);
  }
}

/** Reads a bundle from its folder or from a tarball. See `readBundleFolder` and `parseBundle` for what is checked. */
export async function loadBundle(path: string): Promise<Result<Bundle, readonly Problem[]>> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return readBundleFolder(path);
    if (stats.size > limits.packed) return err([invalid(path, `larger than ${limits.packed} bytes`)]);
    const archive = await promisify(gunzip)(await readFile(path), { maxOutputLength: limits.unpacked });
    const files = readTar(new Uint8Array(archive));
    if (!files.ok) return err([invalid(path, files.error)]);
    const [wasm, data, manifest] = ["policy.wasm", "data.json", ".manifest"].map((name) => files.value.get(name));
    if (wasm === undefined || data === undefined || manifest === undefined) {
      return err([invalid(path, "policy.wasm, data.json or .manifest is missing")]);
    }
    // Copies, because what is kept of the archive should not keep all of it.
    return parseBundle({ wasm: wasm.slice(), data: data.slice(), manifest: manifest.slice() }, path);
  } catch (error) {
    const code = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    if (code) return err([invalid(path, "not a gzip file")]);
    return err([{ code: "internal/io", message: reasonOf(error), place: { file: path } }]);
  }
}

function invalid(path: string, message: string): Problem {
  return { code: "bundle/invalid", message, place: { file: path } };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
