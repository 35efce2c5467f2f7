import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { formatProblem, type Problem, type Result } from "../../model/index.js";
import { buildBundle } from "../build-bundle.js";
import type { Bundle } from "../bundle.js";
import { type PolicyTree, readPolicyTree } from "../policy-tree.js";
import type { Toolchain } from "../toolchain/index.js";

/** Files of a policy folder by their path in it. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes a policy folder to a new place; its last part is `policies`. */
export async function folderOf(files: Files): Promise<string> {
  const dir = join(await mkdtemp(join(tmpdir(), "lockkeeper-policy-")), "policies");
  await mkdir(dir);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

/** The value of a success; what went wrong is thrown as text. */
export function good<T>(result: Result<T, readonly Problem[]>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.map(formatProblem).join("\n"));
}

export async function treeOf(files: Files): Promise<PolicyTree> {
  return good(await readPolicyTree(await folderOf(files)));
}

export async function bundleOf(files: Files, toolchain: Toolchain): Promise<Bundle> {
  return good(await buildBundle(await treeOf(files), toolchain));
}

const refusing = (rule: string, violations: string) => `{
	"allow": ${rule},
	"violations": ${violations},
	"obligations": {"run": null, "isolation": {"profile": null, "requires": []}, "limits": null, "consume": [], "filter": null},
}`;

/** A small policy with both entrypoints, and inputs that make it go wrong in each way an engine must survive. */
export const smallPolicy: Files = {
  "main/request.rego": `package main

# METADATA
# title: May this run?
# entrypoint: true
request := ${refusing("count(violations) == 0", "[v | some v in violations]")} if not odd

odd if input.mode in {"undefined", "shape"}

request := {"allow": true} if input.mode == "shape"

# METADATA
# title: What happens to output
# entrypoint: true
output := ${refusing("true", "[]")} if pick(input.n) > 0

pick(n) := 1 if n > 0

pick(n) := 2 if n > 1

# METADATA
# title: The name is not on the list
# custom: {id: main/unknown_name, requirements: [EXE-15]}
violations contains {
	"rule": rego.metadata.rule().custom.id,
	"message": rego.metadata.rule().title,
	"requirements": rego.metadata.rule().custom.requirements,
	"detail": {"mark": data.main.mark},
} if {
	not data.main.names[input.name]
}
`,
  "main/names.yaml": "mark: first\nnames:\n  ls: {path: /bin/ls}\n  cat: {path: /bin/cat}\n",
};
