import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Config } from "../../config/index.js";

/** A repository of git in a scratch folder, gone when it is disposed of. */
export type RepositoryExample = Disposable & {
  readonly config: Config;
  write(files: Readonly<Record<string, string>>): void;
  git(...args: string[]): string;
  /** Commits everything; gives the commit's id. */
  commit(): string;
};

/** Makes an empty repository; its specs are in `specs/`. */
export function repositoryExample(): RepositoryExample {
  const root = mkdtempSync(join(tmpdir(), "lockkeeper-regression-"));
  const who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"];
  const env = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, ...who, ...args], { encoding: "utf8", env, stdio: "pipe" }).trim();
  git("init", "-q", "-b", "main");
  return {
    config: {
      schema: "lockkeeper/config/v1",
      root,
      policies: "policies",
      specs: "specs",
      reports: "reports",
      evidence: { roots: ["src"], ignore: [] },
    },
    git,
    write: (files) => {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), text);
      }
    },
    commit: () => {
      git("add", "-A");
      git("commit", "-q", "-m", "a step");
      return git("rev-parse", "HEAD");
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

/** A file of requirements with one in it. */
export function requirementFile(over: Readonly<Record<string, string | number>> = {}): string {
  const one = { id: "EXE-15", rev: 2, level: "MUST", method: "mutation", since: '"0.1"', ...over };
  const text = over.text ?? "The gate MUST refuse what no profile describes.";
  const fields = Object.entries({ ...one, text }).map(([key, value]) => `    ${key}: ${value}\n`);
  return (
    "schema: lockkeeper/requirements/v1\ntitle: Example\nsources:\n  card: {title: A card, date: 2026-01-01}\n" +
    `requirements:\n  -\n${fields.join("")}    source: {doc: card, section: one}\n`
  );
}
