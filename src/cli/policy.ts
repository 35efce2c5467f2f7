import { type Command, InvalidArgumentError, Option } from "commander";
import type { DiffFlags } from "./policy/diff-policy.js";
import { runCommand } from "./terminal.js";

type Flags = { readonly json?: boolean; readonly policies?: string };

/** Registers `lockkeeper policy` and its sub-commands. What does the work is imported when it is called. */
export function registerPolicy(program: Command): void {
  const policy = program.command("policy").description("check, build, format, test and ask policies");

  describe(policy, "build", "check, compile and keep a bundle", [
    ["lockkeeper policy build", "check, compile, and keep the bundle in the cache"],
    ["lockkeeper policy build -o bundle.tar.gz", "write an OPA bundle as well"],
  ])
    .option("-o, --output <path>", "write the bundle to this .tar.gz, or to this folder")
    .action(async (flags: Flags & { output?: string }, command: Command) =>
      runCommand(command, async (terminal) => (await import("./policy/build-policy.js")).buildPolicy(flags, terminal)),
    );

  describe(policy, "check", "say everything that is wrong with policies, data and schemas", [
    ["lockkeeper policy check", "check the policies of this repository"],
    ["lockkeeper policy check --policies examples/team --json", "as one JSON document"],
  ]).action(async (flags: Flags, command: Command) =>
    runCommand(command, async (terminal) => (await import("./policy/check-policy.js")).checkPolicy(flags, terminal)),
  );

  describe(policy, "fmt", "format Rego files", [
    ["lockkeeper policy fmt", "format every Rego file of the policies"],
    ["lockkeeper policy fmt --check policies/main/request.rego", "only say what would change"],
  ])
    .argument("[files...]", "Rego files; all of the policies when left out")
    .option("--check", "change nothing; exit 2 where something would change")
    .action(async (files: string[], flags: Flags & { check?: boolean }, command: Command) =>
      runCommand(command, async (terminal) =>
        (await import("./policy/format-policy.js")).formatPolicy(files, flags, terminal),
      ),
    );

  registerTest(policy);
  registerMutate(policy);
  registerQuestions(policy);
  registerDiff(policy);
}

function registerTest(policy: Command): void {
  describe(policy, "test", "run the tests of policies", [
    ["lockkeeper policy test --coverage --threshold 100", "fail unless every line is reached"],
    ["lockkeeper policy test --watch", "run what a save touches, on each save"],
  ])
    .option("--run <re>", "only tests whose data.<package>.<test> matches this regular expression (RE2)")
    .option("--coverage", "say which lines no test reaches")
    .option("--threshold <percent>", "exit 2 if coverage is below; implies --coverage", numberIn(0, 100))
    .option("--junit <file>", "write the results as JUnit XML, too")
    .addOption(new Option("--timeout <seconds>", "how long a test may take").default(30).argParser(numberIn(0.1, 3600)))
    .option("--watch", "stay, and run again on each save what it touches")
    .action(
      async (
        flags: Flags & {
          run?: string;
          coverage?: boolean;
          threshold?: number;
          junit?: string;
          timeout: number;
          watch?: boolean;
        },
        command: Command,
      ) =>
        runCommand(command, async (terminal) =>
          flags.watch === true
            ? (await import("./policy/watch-policy.js")).watchPolicy(flags, terminal, untilInterrupted())
            : (await import("./policy/test-policy.js")).testPolicy(flags, terminal),
        ),
    );
}

function registerMutate(policy: Command): void {
  describe(policy, "mutate", "break rules and data on purpose, and say what no test or case noticed", [
    ["lockkeeper policy mutate", "everything; the report is in reports/mutation/"],
    ["lockkeeper policy mutate --since HEAD", "the rules that were changed since the last commit"],
    ["lockkeeper policy mutate --only EXE-15", "the rules that cite a requirement"],
  ])
    .option("--since <gitref>", "only rules whose text differs from that commit")
    .option("--only <file-or-id...>", "only these files, or rules that cite these requirements", [])
    .option("--html <file>", "write the page here instead of the reports folder")
    .option("--force", "forget the results of earlier runs")
    .action(
      async (flags: Flags & { since?: string; only: string[]; html?: string; force?: boolean }, command: Command) =>
        runCommand(command, async (terminal) =>
          (await import("./policy/mutate-policy.js")).mutatePolicy(flags, terminal),
        ),
    );
}

function registerQuestions(policy: Command): void {
  describe(policy, "eval", "ask an entrypoint and print its answer", [
    ["lockkeeper policy eval main/request --input request.json", "what the compiled policy decides"],
    ["echo '{}' | lockkeeper policy eval main/request --engine both", "and whether the interpreter agrees"],
  ])
    .argument("<entrypoint>", "such as main/request")
    .option("--input <file>", "the input as JSON; - is standard input", "-")
    .addOption(
      new Option("--engine <name>", "who answers; both compares and exits 2 where they differ")
        .choices(["wasm", "interpreter", "both"])
        .default("wasm"),
    )
    .action(async (entrypoint: string, flags: Flags & { input: string; engine: string }, command: Command) =>
      runCommand(command, async (terminal) =>
        (await import("./policy/evaluate-policy.js")).evaluatePolicy(entrypoint, flags, terminal),
      ),
    );

  describe(policy, "explain", "say why an input is allowed or denied, and what was missing", [
    ["lockkeeper policy explain --input request.json", "why, with the lines that decided"],
    ["lockkeeper policy explain main/output --input finding.json --json", "as one JSON document"],
  ])
    .argument("[entrypoint]", "the question", "main/request")
    .option("--input <file>", "the input as JSON; - is standard input", "-")
    .action(async (entrypoint: string, flags: Flags & { input: string }, command: Command) =>
      runCommand(command, async (terminal) =>
        (await import("./policy/explain-policy.js")).explainPolicy(entrypoint, flags, terminal),
      ),
    );
}

function registerDiff(policy: Command): void {
  describe(policy, "diff", "say what a change decides differently, with an input for each difference", [
    ["lockkeeper policy diff --against main", "the working tree beside a branch"],
    ["lockkeeper policy diff --against last.tar.gz --decisions log.jsonl", "beside a bundle, with what was recorded"],
    ["lockkeeper policy diff --against main --accept accepted.yaml", "fail unless what is loosened was reviewed"],
  ])
    .requiredOption("--against <what>", "a branch, tag or commit; a bundle (.tar.gz or folder); or a policy folder")
    .option("--decisions <files...>", "decision logs in OPA's format to replay")
    .option("--accept <file>", "reviewed differences: a denial that becomes an allow must be in it")
    .addOption(
      new Option("--evaluations <n>", "inputs to try").default(20_000).argParser(wholeNumberIn(1, 100_000_000)),
    )
    .addOption(
      new Option("--seconds <n>", "stop after this long at the latest").default(600).argParser(numberIn(0.1, 86_400)),
    )
    .addOption(new Option("--seed <n>", "seed of the search").default(1).argParser(wholeNumberIn(0, 2 ** 31 - 1)))
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing that was denied is allowed, or all of it was accepted; 1 usage or internal error;\n2 something that was denied is allowed; 6 an entry of --accept has expired or speaks of nothing.",
    )
    .action(async (flags: DiffFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./policy/diff-policy.js")).diffPolicy(flags, terminal)),
    );
}

/** A sub-command with the flags that all have, and its examples. */
function describe(
  parent: Command,
  name: string,
  description: string,
  examples: readonly (readonly [command: string, what: string])[],
): Command {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, what]) => `  ${command.padEnd(width)}  # ${what}`);
  return parent
    .command(name)
    .description(description)
    .option("--policies <dir>", "the policy folder (default: that of lockkeeper.yaml, or ./policies)")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

function numberIn(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a number from ${from} to ${to}.`);
  };
}

function wholeNumberIn(from: number, to: number): (text: string) => number {
  const number = numberIn(from, to);
  return (text) => {
    if (/^\d+$/.test(text)) return number(text);
    throw new InvalidArgumentError("It must be a whole number.");
  };
}

/** Aborts at the first Ctrl-C, or when whoever started this asks it to end. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
