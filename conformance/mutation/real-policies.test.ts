import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type MutateRequest, ok, readPolicyTree, Toolchain } from "../../src/index.js";
import { mutateRego } from "./mutate-rego.js";
import type { Kept } from "./mutation-cache.js";

/**
 * Whether what this repository's own mutants come to beside their rules is what they come to once they are written into
 * their files and compiled from scratch. Each seventh is compiled anew, natively; that takes minutes and a Go toolchain.
 */
const { MUTATE_RECOMPILED } = process.env;
const reason =
  MUTATE_RECOMPILED === undefined
    ? "MUTATE_RECOMPILED is not set: it takes minutes"
    : spawnSync("go", ["version"]).status !== 0
      ? "there is no Go"
      : undefined;

const folder = mkdtempSync(join(tmpdir(), "mutate-recompiled-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A memory that remembers nothing. */
const forgetful: Kept = {
  baseline: () => undefined,
  keepBaseline: () => undefined,
  result: () => undefined,
  keep: () => undefined,
  save: () => undefined,
};

/** A toolchain that runs no mutants, and keeps what it was asked. */
class Recording extends Toolchain {
  readonly requests: MutateRequest[] = [];

  override async mutate(request: MutateRequest): ReturnType<Toolchain["mutate"]> {
    this.requests.push(request);
    const untold = { status: "survived" as const, killed_by: [], asked: 0 };
    return ok({ mutants: request.mutants.map(() => untold), data_mutants: request.data_mutants.map(() => untold) });
  }
}

describe(`the mutants of this repository${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  it.skipIf(reason !== undefined)(
    "come to what their text comes to when it is compiled from scratch",
    async () => {
      await using toolchain = new Recording({ workers: 2, deadlineMs: 300_000 });
      const { requests } = toolchain;
      const tree = await readPolicyTree(join(import.meta.dirname, "../../policies"));
      if (!tree.ok) throw new Error(JSON.stringify(tree.error));
      const root = join(import.meta.dirname, "../..");
      const planned = await mutateRego({ root, specs: "specs" }, tree.value, toolchain, {
        workers: 2,
        kept: forgetful,
        progress: () => undefined,
        wanted: ({ file }) => file.endsWith(".rego"),
      });
      expect(planned.ok).toBe(true);
      expect(requests.flatMap(({ mutants }) => mutants).length).toBeGreaterThan(2000);
      for (const [n, request] of requests.entries()) {
        const file = join(folder, `${n}.json`);
        writeFileSync(file, JSON.stringify(request));
        const run = spawnSync(
          "go",
          ["test", "-count=1", "-timeout=30m", "-v", "-run", "^TestEveryMutantOfAPolicyIsTheRecompiledOne$", "."],
          {
            cwd: join(root, "toolchain"),
            encoding: "utf8",
            env: { ...process.env, MUTATE_REQUEST: file },
            maxBuffer: 64 * 1024 * 1024,
          },
        );
        expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
        expect(run.stdout).toContain("--- PASS: TestEveryMutantOfAPolicyIsTheRecompiledOne");
        console.log(run.stdout);
      }
    },
    3_600_000,
  );
});
