import { readFile, stat } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { join } from "node:path";
import { packageRoot, systemClock } from "../../host/index.js";
import { printable } from "../../model/index.js";
import type { ConfigFlags } from "../serve.js";
import type { Terminal } from "../terminal.js";
import { clockFinding, exitCodeOf, type Finding, type Library, libraryFindings, runtimeFinding } from "./findings.js";

/** Looks at everything a gateway needs, and prints what it found. */
export async function examine(flags: ConfigFlags, terminal: Terminal): Promise<number> {
  const findings: Finding[] = [runtimeFinding(process.versions.node), await clock(), ...(await libraries())];
  // The other checks run on the libraries themselves.
  if (exitCodeOf(findings) === 0) {
    const { gatewayFindings } = await import("./gateway-findings.js");
    findings.push(...(await gatewayFindings(flags.config, terminal.progress)));
  }
  terminal.progress("");
  const exitCode = exitCodeOf(findings);
  if (terminal.json) terminal.out(JSON.stringify({ ok: exitCode === 0, findings }));
  else print(findings, terminal);
  return exitCode;
}

const marks = { ok: "ok     ", missing: "MISSING", note: "note   " } as const;
const styles = { ok: "green", missing: "red", note: "yellow" } as const;

function print(findings: readonly Finding[], terminal: Terminal): void {
  for (const { check, state, detail, hint } of findings) {
    terminal.out(`${terminal.paint(styles[state], marks[state])} ${check.padEnd(10)} ${printable(detail)}`);
    if (hint !== undefined) terminal.out(`        hint: ${printable(hint)}`);
  }
}

async function clock(): Promise<Finding> {
  const { mtimeMs } = await stat(new URL(import.meta.url));
  return clockFinding(systemClock.nowMs(), mtimeMs);
}

async function libraries(): Promise<readonly Finding[]> {
  const manifest = join(packageRoot(), "package.json");
  const { dependencies = {} } = await readManifest(manifest);
  const found = Object.entries(dependencies).map(async ([name, wanted]): Promise<Library> => {
    const path = findPackageJSON(name, manifest);
    return { name, wanted, found: path === undefined ? undefined : (await readManifest(path)).version };
  });
  return libraryFindings(await Promise.all(found));
}

type Manifest = { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> };

async function readManifest(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(path, "utf8"));
}
