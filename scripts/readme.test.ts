import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Commands of the console blocks with what they are said to print. `…` stands for what differs from run to run. */
function examplesOf(markdown: string): { readonly command: string; readonly printed: string }[] {
  const blocks = [...markdown.matchAll(/```console\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const [command = "", ...lines] = example.split("\n");
        return { command, printed: lines.join("\n").trimEnd() };
      }),
  );
}

function pattern(printed: string): RegExp {
  return new RegExp(`^${printed.split("…").map(RegExp.escape).join('[^"]+')}$`);
}

beforeAll(() => {
  const built = spawnSync("npm", ["run", "-s", "build"], { cwd: root, encoding: "utf8" });
  expect(built.stdout + built.stderr).not.toContain("error TS");
}, 120_000);

describe("README", () => {
  const markdown = readFileSync(`${root}/README.md`, "utf8");
  const examples = examplesOf(markdown);

  it("has examples", () => {
    expect(examples.length).toBeGreaterThan(3);
  });

  it.each(examples)("$command", ({ command, printed }) => {
    const script = command.replace(/^lockkeeper\b/, `'${process.execPath}' bin/lockkeeper.js`);
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", script], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    expect(`${stdout}${stderr}`.trimEnd()).toMatch(pattern(printed));
  });

  // @requirement EXE-15
  it("lets a program through by data alone, as the section on policies says", () => {
    const described = /```yaml\n([\s\S]*?)```/.exec(markdown)?.[1] ?? "";
    const folder = mkdtempSync(join(tmpdir(), "lockkeeper-readme-"));
    const ask = (text: string) => {
      const args = ["bin/lockkeeper.js", "command", "check", "--policies", join(folder, "policies"), text];
      return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    };
    try {
      cpSync(join(root, "policies"), join(folder, "policies"), { recursive: true });
      expect(ask("cloc --json src").stdout).toContain("command/not_allowed");
      writeFileSync(join(folder, "policies/command/programs/mine.yaml"), described);
      expect(ask("cloc --json src").stdout).toMatch(/^allow/);
      expect(ask("cloc --yaml src").stdout).toContain("command/unknown_option");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
