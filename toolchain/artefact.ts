import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The compiler that builds the artefact: exactly this one, because another gives other bytes. */
export const goVersion = "go1.26.8";

/** Where the committed artefact and its description are. */
export const artefactPath = fileURLToPath(new URL("./rego.wasm.br", import.meta.url));
export const descriptionPath = fileURLToPath(new URL("./rego.wasm.json", import.meta.url));

const sourceDir = fileURLToPath(new URL(".", import.meta.url));

/** What `rego.wasm.json` says about the artefact. */
export type Description = {
  readonly sha256: string;
  readonly sha256_br: string;
  readonly opa: string;
  readonly go: string;
};

/** Why there is no build here: nothing on this machine could make one. */
export type Missing = { readonly missing: string };

/** Builds the WebAssembly module from source; a compile error throws, a missing Go is an answer. */
export function buildWasm(): Uint8Array | Missing {
  const found = spawnSync("go", ["version"], { cwd: sourceDir, env: goEnvironment(), encoding: "utf8" });
  if (found.error !== undefined || found.status !== 0) {
    return { missing: `${goVersion} is not to be had: ${found.error?.message ?? found.stderr.trim()}` };
  }
  if (!found.stdout.includes(` ${goVersion} `)) return { missing: `need ${goVersion}, found ${found.stdout.trim()}` };
  const directory = mkdtempSync(join(tmpdir(), "lockkeeper-toolchain-"));
  try {
    const output = join(directory, "rego.wasm");
    const flags = ["-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-mod=readonly"];
    const built = spawnSync("go", ["build", ...flags, "-o", output, "."], {
      cwd: sourceDir,
      env: goEnvironment({ GOOS: "wasip1", GOARCH: "wasm" }),
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (built.status !== 0) throw new Error(`go build ended with status ${built.status}`);
    return readFileSync(output);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The caller's environment less every setting that changes what Go emits. */
function goEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...process.env, GOTOOLCHAIN: goVersion, GOFLAGS: "", GOEXPERIMENT: "", GOWASM: "", GOWORK: "off", ...more };
}

/** The OPA version that the module file pins. */
export function opaVersion(): string {
  const found = /open-policy-agent\/opa v(\S+)/.exec(readFileSync(join(sourceDir, "go.mod"), "utf8"));
  if (found?.[1] === undefined) throw new Error("go.mod names no OPA version");
  return found[1];
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function isMissing(built: Uint8Array | Missing): built is Missing {
  return !(built instanceof Uint8Array);
}
