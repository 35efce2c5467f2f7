/** Rebuilds the committed artefact from source: `npm run toolchain:build`. */
import { writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import {
  artefactPath,
  buildWasm,
  type Description,
  descriptionPath,
  goVersion,
  isMissing,
  opaVersion,
  sha256,
} from "./artefact.js";

const wasm = buildWasm();
if (isMissing(wasm)) {
  console.error(`toolchain: ${wasm.missing}`);
  process.exit(1);
}
console.log(`toolchain: ${wasm.length} bytes, compressing (this takes a minute or two)`);
const compressed = brotliCompressSync(wasm, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length,
  },
});
const description: Description = {
  sha256: sha256(wasm),
  sha256_br: sha256(compressed),
  opa: opaVersion(),
  go: goVersion.slice(2),
};
writeFileSync(artefactPath, compressed);
writeFileSync(descriptionPath, `${JSON.stringify(description, null, 2)}\n`);
console.log(`toolchain: wrote ${compressed.length} bytes, sha256 ${description.sha256}`);
