import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { err, ok, type Result } from "../../model/index.js";
import type { Artefact } from "./messages.js";

/**
 * Finds the committed artefact of this package: the nearest `toolchain/rego.wasm.json` above this file, which is the
 * same from source, from `dist/` and installed.
 */
export function findArtefact(): Result<Artefact, string> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const description = join(folder, "toolchain", "rego.wasm.json");
    if (existsSync(description)) return readDescription(description);
    if (folder === dirname(folder)) return err("toolchain/rego.wasm.json is not in this package");
  }
}

function readDescription(path: string): Result<Artefact, string> {
  try {
    const text: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof text === "object" && text !== null && "sha256" in text && "sha256_br" in text) {
      const { sha256, sha256_br } = text;
      const br = path.replace(/json$/, "br");
      if (typeof sha256 === "string" && typeof sha256_br === "string") return ok({ br, sha256, sha256_br });
    }
    return err(`${path} does not state the hashes sha256 and sha256_br`);
  } catch (error) {
    return err(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Reads the toolchain's bytes, checked against their hash. Runs in a worker, for it takes its time.
 *
 * With a cache folder the decompressed module is kept there under its hash and checked each time it is read; a damaged
 * or half-written one is replaced. A folder that cannot be written to is no error: the next start decompresses again.
 */
export function readArtefact(artefact: Artefact, cacheDir: string | undefined): Result<Uint8Array, string> {
  const cached = cacheDir === undefined ? undefined : join(cacheDir, `toolchain-${artefact.sha256}.wasm`);
  if (cached !== undefined && existsSync(cached)) {
    const bytes = readFileSync(cached);
    if (hash("sha256", bytes) === artefact.sha256) return ok(bytes);
  }
  const compressed = typeof artefact.br === "string" ? readFileSync(artefact.br) : artefact.br;
  const found = hash("sha256", compressed);
  if (found !== artefact.sha256_br) {
    return err(
      `the Rego toolchain has SHA-256 ${found}, but ${artefact.sha256_br} was committed: reinstall the package`,
    );
  }
  const bytes = brotliDecompressSync(compressed);
  if (cached !== undefined) keep(cached, bytes);
  return ok(bytes);
}

function keep(path: string, bytes: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, bytes);
    renameSync(draft, path);
  } catch {
    // A cache is a convenience: without it every start costs the decompression.
  }
}
