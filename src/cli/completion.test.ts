import { execFileSync } from "node:child_process";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { completionScript, registerCompletion } from "./completion.js";
import { registerPolicy } from "./policy.js";

const program = new Command("lockkeeper").version("1").option("--debug", "show where an error comes from");
registerPolicy(program);
registerCompletion(program);

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const script = `${completionScript(program, "bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lockkeeper; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", ["-c", script, "bash", "lockkeeper", ...words], { encoding: "utf8" });
  return text.split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  it("offers sub-commands, then theirs, then their flags", () => {
    expect(offered("po")).toEqual(["policy"]);
    expect(offered("policy", "")).toEqual(expect.arrayContaining(["build", "check", "fmt", "test", "eval", "explain"]));
    expect(offered("policy", "test", "--co")).toEqual(["--coverage"]);
    expect(offered("--debug", "policy", "fmt", "--ch")).toEqual(["--check"]);
  });

  it("offers the values of a flag and of an argument where they are known, and files where they are not", () => {
    expect(offered("policy", "eval", "--engine", "")).toEqual(["wasm", "interpreter", "both"]);
    expect(offered("completion", "z")).toEqual(["zsh"]);
    expect(offered("policy", "test", "--junit", "")).toEqual([]);
  });

  it("offers nothing of its own after --", () => {
    expect(offered("policy", "--", "t")).toEqual([]);
  });
});

it("describes every sub-command and flag for fish", () => {
  const lines = completionScript(program, "fish").split("\n");
  expect(lines).toContain(
    "complete -c lockkeeper -n '__fish_seen_subcommand_from policy; and __fish_seen_subcommand_from eval' -l engine -x -a 'wasm interpreter both' -d 'who answers; both compares and exits 2 where they differ'",
  );
  expect(lines.filter((line) => line.includes("-a 'explain'"))).toHaveLength(1);
});

it("lets zsh run bash's", () => {
  expect(completionScript(program, "zsh")).toMatch(/^#compdef lockkeeper\n.*bashcompinit/);
});
