import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../host/index.js";
import { writeFiles } from "./policy/testdata/fixture.js";

const root = packageRoot();

/** Runs the command line from source and answers all that it printed. */
function lockkeeper(words: readonly string[], cwd: string): Promise<string> {
  const args = ["--import", join(root, "node_modules/tsx/dist/loader.mjs"), join(root, "src/cli/dev.ts"), ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (_, out, err) => resolve((out + err).trimEnd()));
  });
}

/** Hashes, sizes and times differ from machine to machine and from version to version. */
function masked(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<hash>")
    .replaceAll(/\b[0-9.]+ kB/g, "<size>")
    .replaceAll(/\b[0-9.]+ s\b/g, "<time>");
}

it("prints what docs/policies/README.md says, with the files that stand in it", { timeout: 60_000 }, async () => {
  const guide = await readFile(join(root, "docs/policies/README.md"), "utf8");
  const dir = await mkdtemp(join(tmpdir(), "lockkeeper-guide-"));
  let commands = 0;
  for (const [, kind, path, body = ""] of guide.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)\n```$/gms)) {
    if (path !== undefined) await writeFiles(dir, { [path]: `${body}\n` });
    if (kind !== "console") continue;
    for (const session of body.split("\n\n$ ")) {
      const [command = "", ...expected] = session.replace(/^\$ /, "").split("\n");
      const [program, ...words] = command.split(" ");
      expect(program).toBe("lockkeeper");
      expect(masked(await lockkeeper(words, dir))).toBe(masked(expected.join("\n").trimEnd()));
      commands += 1;
    }
  }
  expect(commands).toBe(5);
  await rm(dir, { recursive: true });
});
