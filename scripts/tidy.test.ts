import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readSources, untidiness } from "./tidy.js";

const root = fileURLToPath(new URL("..", import.meta.url));

function trackedFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "src", "conformance"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed.split("\n").filter((path) => /\.tsx?$/.test(path) && !path.includes("/testdata/"));
}

it("keeps the house as the architecture page draws it", () => {
  expect(untidiness(readSources(root, trackedFiles()))).toEqual([]);
});

it("finds each kind of disorder when it is planted", () => {
  const planted = [
    { path: "src/model/index.ts", text: 'export * from "../gate/index.js";' },
    { path: "src/gate/index.ts", text: 'import type { A } from "../cli/main.js";' },
    { path: "src/gate/deep.ts", text: 'const a = await import("../command/parse-command.js");' },
    { path: "src/command/index.ts", text: "export const now = Date.now();" },
    { path: "src/command/parse-command.ts", text: "// Date.now is only named\n".repeat(351) },
    { path: "src/cli/main.ts", text: 'import "../../conformance/index.js";' },
    { path: "src/policy/utils.ts", text: 'import "../command/index.js";' },
    { path: "src/policy/BadName.ts", text: "" },
    { path: "conformance/index.ts", text: 'import "../src/gate/index.js";' },
  ];
  expect(untidiness(planted)).toEqual([
    "conformance/index.ts: a conformance file may not import gate (src/gate/index.ts)",
    "src/cli: has no index.ts",
    "src/command/index.ts: Date.now belongs to src/host",
    "src/command/parse-command.ts: 351 lines, more than 350",
    "src/gate/deep.ts: reach command through its index.ts, not src/command/parse-command.ts",
    "src/gate/index.ts: a gate file may not import cli (src/cli/main.ts)",
    "src/model/index.ts: a model file may not import gate (src/gate/index.ts)",
    "src/policy/BadName.ts: not kebab-case",
    "src/policy/utils.ts: a policy file may not import command (src/command/index.ts)",
    "src/policy/utils.ts: name it after what it does",
    "src/policy: has no index.ts",
  ]);
});
