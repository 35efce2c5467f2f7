/**
 * Proves that the committed artefact is what the source gives: `npm run toolchain:verify`.
 *
 * It rebuilds with exactly the pinned Go and compares SHA-256. Where that Go is not to be had, it says so and passes;
 * with CI=true it fails, because there the proof is the point.
 */
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { artefactPath, buildWasm, descriptionPath, goVersion, isMissing, opaVersion, sha256 } from "./artefact.js";

const compressed = readFileSync(artefactPath);
const committed = sha256(brotliDecompressSync(compressed));
const description: unknown = JSON.parse(readFileSync(descriptionPath, "utf8"));
const expected = {
  sha256: committed,
  sha256_br: sha256(compressed),
  opa: opaVersion(),
  go: goVersion.slice(2),
};
if (JSON.stringify(description) !== JSON.stringify(expected)) {
  stop(`rego.wasm.json does not describe rego.wasm.br; it should say ${JSON.stringify(expected)}`);
}
const built = buildWasm();
if (isMissing(built)) {
  if (process.env.CI === "true") stop(`cannot rebuild: ${built.missing}`);
  console.log(`toolchain: skipped, ${built.missing}`);
  process.exit(0);
}
const rebuilt = sha256(built);
if (rebuilt !== committed) stop(`the source gives ${rebuilt}, committed is ${committed}: run npm run toolchain:build`);
console.log(`toolchain: verified, ${goVersion} and OPA ${expected.opa} give ${rebuilt}`);

function stop(message: string): never {
  console.error(`toolchain: ${message}`);
  process.exit(1);
}
