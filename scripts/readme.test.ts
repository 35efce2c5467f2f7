import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const conformIn = `'${process.execPath}' '${root}bin/lockkeeper.js' conform`;
const pytestResults = `<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="0" failures="0" skipped="0" tests="1" time="0.011">
<testcase classname="test_app" name="test_refuses_what_is_no_number" time="0.001" />
</testsuite></testsuites>
`;

type Example = { readonly command: string; readonly printed: string };

/** Commands of the console blocks with what they are said to print. `…` stands for what differs from run to run. */
function examplesOf(markdown: string): Example[] {
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

function sectionOf(markdown: string, title: string): string {
  return markdown.split(/^## /m).find((section) => section.startsWith(`${title}\n`)) ?? "";
}

function pattern(printed: string): RegExp {
  return new RegExp(`^${printed.split("…").map(RegExp.escape).join("[^]+")}$`);
}

/** Runs an example in a folder and holds it against what it is said to print. */
function show({ command, printed }: Example, cwd: string): void {
  const script = command.replace(/^lockkeeper\b/, `'${process.execPath}' '${root}bin/lockkeeper.js'`);
  const env = { ...process.env, NO_COLOR: "1" };
  const { stdout, stderr } = spawnSync("/bin/sh", ["-c", script], { cwd, encoding: "utf8", env });
  expect(`${stdout}${stderr}`.trimEnd()).toMatch(pattern(printed));
}

/** A folder that goes away after use. */
function scratch(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "lockkeeper-readme-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/** A port that nobody listens on, now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

beforeAll(() => {
  const built = spawnSync("npm", ["run", "-s", "build"], { cwd: root, encoding: "utf8" });
  expect(built.stdout + built.stderr).not.toContain("error TS");
}, 120_000);

describe("README", () => {
  const markdown = readFileSync(`${root}/README.md`, "utf8");
  const apart = ["Prove it", "Use it on your repository"].map((title) => sectionOf(markdown, title));
  const examples = examplesOf(apart.reduce((text, section) => text.replace(section, ""), markdown));

  it("has examples", () => {
    expect(examples.length).toBeGreaterThan(3);
    expect(apart.map((section) => examplesOf(section).length)).toEqual([2, 2]);
  });

  it.each(examples)("$command", (example) => show(example, root));

  it("shows a loosened rule, in a clone", { timeout: 120_000 }, () => {
    using folder = scratch();
    const cloned = spawnSync("git", ["clone", "--quiet", root, folder.path], { encoding: "utf8" });
    expect(cloned.stderr).toBe("");
    for (const example of examplesOf(sectionOf(markdown, "Prove it"))) show(example, folder.path);
  });

  it("takes an empty folder to a gateway that runs what was approved, once", { timeout: 120_000 }, async () => {
    using folder = scratch();
    chmodSync(folder.path, 0o755);
    const [, script = ""] = /```sh\n([\s\S]*?)```/.exec(sectionOf(markdown, "Run the gateway")) ?? [];
    const port = String(await freePort());
    const [setUp = "", rest = ""] = script.split(/^lockkeeper serve &.*\n/m);
    const shell = [
      `lockkeeper() { '${process.execPath}' '${root}bin/lockkeeper.js' "$@"; }`,
      setUp,
      // On ports of its own, for others may run here.
      "sed -i 's/port: 9464/port: 0/' lockkeeper.yaml",
      `'${process.execPath}' '${root}bin/lockkeeper.js' serve > log 2>&1 & server=$!`,
      `for _ in $(seq 100); do curl -sf http://127.0.0.1:5001/healthz > ok && break; sleep 0.2; done`,
      rest,
      "echo; lockkeeper audit verify",
      "kill $server; wait $server; cat log >&2",
    ].join("\n");
    const env = { ...process.env, NO_COLOR: "1", LOCKKEEPER_PORT: port, LOCKKEEPER_URL: `http://127.0.0.1:${port}` };
    const options = { cwd: folder.path, encoding: "utf8", env } as const;
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", shell.replaceAll("5001", port)], options);
    expect(stdout, stderr).toMatch(/\{"success":true,"output":"test","execution_id":"[\w-]+"\}/);
    expect(stdout).toContain("ok      isolation");
    expect(stdout).toMatch(/^good {2}\d+ entries by 1 writers/m);
  });

  it("takes an empty folder to a report that passes", { timeout: 60_000 }, () => {
    using folder = scratch();
    const section = sectionOf(markdown, "Use it on your repository");
    const [init, run] = examplesOf(section);
    if (init === undefined || run === undefined) throw new Error("two examples are counted above");
    show(init, folder.path);
    expect(spawnSync("/bin/sh", ["-c", conformIn], { cwd: folder.path }).status).not.toBe(0);
    for (const [, text = ""] of section.matchAll(/```python\n([\s\S]*?)```/g)) {
      writeFileSync(join(folder.path, /^# (\S+)\n/.exec(text)?.[1] ?? ""), text);
    }
    // What pytest writes for this test; pytest itself is not needed to run these tests.
    mkdirSync(join(folder.path, "build"));
    writeFileSync(join(folder.path, "build/junit.xml"), pytestResults);
    show(run, folder.path);
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
