import { Argument, type Command, type Option } from "commander";

/** Registers `lockkeeper completion`, which prints a script that teaches a shell this program's words. */
export function registerCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a completion script for a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  source <(lockkeeper completion bash)                                     # for this session",
        "  lockkeeper completion fish > ~/.config/fish/completions/lockkeeper.fish  # for good",
      ].join("\n"),
    )
    .action((shell: string) => {
      process.stdout.write(completionScript(program, shell));
    });
}

/** One word after which others may come: the path of sub-commands, and what may follow it. */
type Level = {
  /** Such as `policy test`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly flags: readonly Word[];
  /** Flags whose next word is a value, and the values where they are known. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Words that may stand as an argument, where they are known. */
  readonly words: readonly string[];
};
type Word = { readonly word: string; readonly about: string };

/** Makes the script from the commands as they are registered, so that it never lags behind them. */
export function completionScript(program: Command, shell: string): string {
  const levels = levelsOf(program, program, "");
  const name = program.name();
  if (shell === "fish") return fishScript(name, levels);
  const bash = bashScript(name, levels);
  // zsh runs bash's completions itself.
  return shell === "zsh" ? `#compdef ${name}\nautoload -U +X bashcompinit && bashcompinit\n${bash}` : bash;
}

function levelsOf(program: Command, command: Command, path: string): Level[] {
  const own = command.options.filter(({ hidden }) => !hidden);
  const options = command === program ? own : [...own, ...program.options.filter(({ long }) => long !== "--version")];
  const flags = options.flatMap((option) => spellings(option).map((word) => ({ word, about: option.description })));
  const values = options
    .filter(({ required, optional }) => required || optional)
    .flatMap((option) => spellings(option).map((word) => [word, option.argChoices ?? []] as const));
  const level: Level = {
    path,
    commands: command.commands.map((child) => ({ word: child.name(), about: child.description() })),
    flags: [...flags, { word: "--help", about: "show what is understood" }],
    values: new Map(values),
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  return [
    level,
    ...command.commands.flatMap((child) => levelsOf(program, child, `${path} ${child.name()}`.trimStart())),
  ];
}

function spellings({ short, long }: Option): string[] {
  return [short, long].filter((word) => word !== undefined && word !== null);
}

function bashScript(name: string, levels: readonly Level[]): string {
  const known = levels.flatMap(({ path, commands }) => commands.map(({ word }) => `${path} ${word}`.trimStart()));
  const words = levels.map(({ path, commands, flags, words }) => {
    const all = [...commands.map(({ word }) => word), ...words, ...flags.map(({ word }) => word)];
    return `    ${quoted(path)}) words=${quoted(all.join(" "))} ;;`;
  });
  const values = levels.flatMap(({ path, values }) =>
    [...values].map(([flag, choices]) => {
      // Without a reply the shell offers files: see the option at the end.
      const reply =
        choices.length === 0 ? "" : ` COMPREPLY=($(compgen -W ${quoted(choices.join(" "))} -- "$current"));`;
      return `    ${quoted(`${path} ${flag}`.trimStart())})${reply} return ;;`;
    }),
  );
  return [
    `_${name}() {`,
    `  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' i`,
    "  COMPREPLY=()",
    "  for ((i = 1; i < COMP_CWORD; i++)); do",
    `    case "\${path:+$path }\${COMP_WORDS[i]}" in`,
    `      ${known.map(quoted).join("|")}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;`,
    "      --|*' --') return ;;",
    "    esac",
    "  done",
    `  case "\${path:+$path }$previous" in`,
    ...values,
    "  esac",
    '  case "$path" in',
    ...words,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    `complete -o default -F _${name} ${name}`,
    "",
  ].join("\n");
}

function fishScript(name: string, levels: readonly Level[]): string {
  const lines = levels.flatMap(({ path, commands, flags, values, words }) => {
    const parts = path === "" ? [] : path.split(" ");
    const seen = parts.map((part) => `__fish_seen_subcommand_from ${part}`);
    const children = commands.map(({ word }) => word).join(" ");
    const fresh = parts.length === 0 ? "__fish_use_subcommand" : `not __fish_seen_subcommand_from ${children}`;
    const at = (...conditions: readonly string[]) =>
      conditions.length === 0 ? "" : ` -n ${quoted(conditions.join("; and "))}`;
    return [
      ...commands.map(
        ({ word, about }) => `complete -c ${name}${at(...seen, fresh)} -f -a ${quoted(word)} -d ${quoted(about)}`,
      ),
      ...words.map((word) => `complete -c ${name}${at(...seen)} -f -a ${quoted(word)}`),
      ...flags.map(({ word, about }) => {
        const spelling = word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;
        const choices = values.get(word);
        const value = choices === undefined ? "" : choices.length === 0 ? " -r" : ` -x -a ${quoted(choices.join(" "))}`;
        return `complete -c ${name}${at(...seen)} ${spelling}${value} -d ${quoted(about)}`;
      }),
    ];
  });
  return `${lines.join("\n")}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
