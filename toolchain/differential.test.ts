import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openToolchain, type SourceFile } from "../src/policy/toolchain/index.js";
import { opaVersion } from "./artefact.js";

/** Policies that between them reach most of what the compiler emits. */
const files: readonly SourceFile[] = [
  {
    path: "p/main.rego",
    text: `# METADATA
# title: Main
package main

import data.lib.text as words

# METADATA
# entrypoint: true
# custom: {id: main/allow}
default request := {"allow": false}

request := {"allow": true, "why": reasons} if {
	count(violations) == 0
	every tag in input.tags { words.short(tag) }
}

# METADATA
# custom: {id: main/bad}
violations contains rego.metadata.rule().custom.id if input.bad

# METADATA
# custom: {id: main/sum}
violations contains "sum" if sum([n | some n in input.numbers]) > data.limits.sum

reasons[kind] contains {"at": i, "hash": crypto.sha256(item.text)} if {
	some i, item in input.items
	kind := item.kind
	not regex.match(\`^\\s*$\`, item.text)
}
`,
  },
  {
    path: "p/lib/text.rego",
    text: `package lib.text

short(t) if count(t) < 10

short(t) if startswith(t, "long-") else := false

conflict := 1 if input.x

conflict := 2 if input.x
`,
  },
];

const folder = mkdtempSync(join(tmpdir(), "toolchain-differential-"));
const toolchain = openToolchain();
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await toolchain[Symbol.asyncDispose]();
});

/** Why native OPA cannot be asked; undefined where it can. Another version gives other bytes. */
function whyNot(): string | undefined {
  const found = spawnSync("opa", ["version"], { encoding: "utf8" });
  if (found.error !== undefined)
    return `no opa on the path: go install github.com/open-policy-agent/opa@v${opaVersion()}`;
  const version = /^Version: (\S+)/m.exec(found.stdout)?.[1];
  return version === opaVersion() ? undefined : `opa is ${version}, the toolchain is ${opaVersion()}`;
}

function run(command: string, args: readonly string[]): Buffer {
  const done = spawnSync(command, args, { cwd: folder, maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${command}: ${done.stderr.toString()}${done.stdout.toString()}`);
  return done.stdout;
}

describe("beside native OPA of the same version", () => {
  const reason = whyNot();
  if (reason !== undefined) console.log(`toolchain: differential skipped, ${reason}`);

  it.skipIf(reason !== undefined)("compiles to the same bytes", async () => {
    for (const file of files) {
      mkdirSync(dirname(join(folder, file.path)), { recursive: true });
      writeFileSync(join(folder, file.path), file.text);
    }
    for (const extra of [[], ["-e", "lib/text/conflict"], ["-e", "main", "--prune-unused"]]) {
      run("opa", ["build", "-t", "wasm", ...extra, "-o", "bundle.tar.gz", ...files.map((file) => file.path)]);
      const native = run("tar", ["-xzOf", "bundle.tar.gz", "/policy.wasm"]);
      const ours = await toolchain.compile({
        files,
        entrypoints: extra[1] === undefined ? [] : [extra[1]],
        prune_unused: extra.includes("--prune-unused"),
      });
      if (!ours.ok) throw new Error(ours.error.message);
      expect(native.equals(ours.value.wasm), extra.join(" ")).toBe(true);
    }
  });

  it.skipIf(reason !== undefined)("formats to the same text", async () => {
    const ours = await toolchain.format(files);
    if (!ours.ok) throw new Error(ours.error.message);
    for (const [i, file] of files.entries()) {
      writeFileSync(join(folder, "one.rego"), file.text);
      expect(ours.value[i]?.text).toBe(run("opa", ["fmt", "one.rego"]).toString());
    }
  });
});
