/**
 * Claim: an ordinary reading command stays allowed however its harmless options are arranged, and is refused as soon as
 * one argument would execute, write or read elsewhere, however that argument is spelt.
 *
 * Why: allowlists fall to the one option nobody thought of, to its abbreviation, or to a letter hidden in a cluster.
 * How: commands with places where an option may stand get harmless options, and then one dangerous argument at one of
 * these places: in full, with its value joined or apart, abbreviated as getopt would take it, or clustered.
 */
import fc from "fast-check";
import { type Attack, claim, rulesOf } from "./attack.js";
import { commandAction, localRequest } from "./base-request.js";

type Spelling = readonly string[];

type Target = {
  /** The words before the options, and those after them. */
  readonly head: readonly string[];
  readonly tail: readonly string[];
  readonly harmless: readonly string[];
  /** Letters that may stand before another in a cluster; empty where the program does not cluster. */
  readonly letters: string;
  readonly dangerous: readonly Spelling[];
};

const outside = "/etc/shadow";

export const targets: readonly Target[] = [
  {
    head: ["find", "."],
    tail: [],
    harmless: ["-type f", "-name *.ts", "-maxdepth 2", "-print"],
    letters: "",
    dangerous: [
      ["-exec", "id", ";"],
      ["-execdir", "id", "+"],
      ["-ok", "id", ";"],
      ["-okdir", "id", ";"],
      ["-delete"],
      ["-fprint", "x"],
      ["-fprint0", "x"],
      ["-fprintf", "x", "%p"],
      ["-fls", "x"],
      ["-files0-from", "x"],
      ["-newer", outside],
    ],
  },
  {
    head: ["sort"],
    tail: ["a.txt"],
    harmless: ["-r", "-n", "-u", "--ignore-case"],
    letters: "rnuf",
    dangerous: [
      ["-o", "x"],
      ["--output=x"],
      ["--output", "x"],
      ["--compress-program=sh"],
      ["--compress-program", "sh"],
      ["-T", "/tmp"],
      ["--temporary-directory=/tmp"],
      ["--files0-from=x"],
      [outside],
      ["../../x"],
    ],
  },
  {
    head: ["git"],
    tail: ["log", "--oneline"],
    harmless: ["--no-pager"],
    letters: "",
    dangerous: [
      ["-c", "core.pager=id"],
      ["--config-env=core.pager=X"],
      ["--exec-path=/tmp"],
      ["--git-dir=/tmp"],
      ["--work-tree=/"],
      ["-C", "/"],
      ["-p"],
      ["--paginate"],
    ],
  },
  {
    head: ["git", "log"],
    tail: [],
    harmless: ["--oneline", "--stat", "--all", "--no-merges"],
    letters: "",
    dangerous: [["--output=x"], ["--output", "x"], ["--ext-diff"], ["--textconv"], ["--exec-path=/tmp"], [outside]],
  },
  {
    head: ["git", "diff"],
    tail: ["HEAD"],
    harmless: ["--stat", "--name-only", "--cached"],
    letters: "",
    dangerous: [["--output=x"], ["--ext-diff"], ["--textconv"], ["--no-index"], ["-O", "x"], ["-Ox"], [outside]],
  },
  {
    head: ["grep"],
    tail: ["foo", "a.txt"],
    harmless: ["-r", "-n", "-i", "-w", "--count"],
    letters: "rniwl",
    dangerous: [["-f", outside], [`-f${outside}`], [`--file=${outside}`], ["--file", outside], ["-f", "../../x"]],
  },
  {
    head: ["diff"],
    tail: ["a.txt", "b.txt"],
    harmless: ["-u", "-b", "-w", "--brief"],
    letters: "ubw",
    dangerous: [["-l"], ["--paginate"], [`--to-file=${outside}`], [`--from-file=${outside}`]],
  },
  {
    head: ["tail"],
    tail: ["a.txt"],
    harmless: ["-q", "-v"],
    letters: "qv",
    dangerous: [["-f"], ["-F"], ["--follow"], ["--follow=name"], ["--retry"], ["--pid=1"], [outside]],
  },
  {
    head: ["wc"],
    tail: ["a.txt"],
    harmless: ["-l", "-w", "-c", "--max-line-length"],
    letters: "lwc",
    dangerous: [["--files0-from=x"], ["--files0-from", "-"], [outside]],
  },
  {
    head: ["date"],
    tail: [],
    harmless: ["-u"],
    letters: "u",
    dangerous: [["-s", "1"], ["--set=1"], ["--set", "1"], ["-f", outside], [`--file=${outside}`], ["010100002030"]],
  },
  {
    head: ["file"],
    tail: ["a.txt"],
    harmless: ["-b", "-i"],
    letters: "bi",
    dangerous: [
      ["-z"],
      ["-Z"],
      ["-C"],
      ["-m", "x"],
      ["--magic-file=x"],
      ["-f", "x"],
      ["--files-from=x"],
      ["--uncompress"],
      ["--compile"],
    ],
  },
];

export const neverLetsAnArgumentEscape: Attack = {
  id: "never-lets-an-argument-escape",
  claim:
    "a reading command is refused as soon as one argument would execute, write or read elsewhere, however it is spelt",
  requirements: ["EXE-15"],
  weight: 3,
  property: ({ decide, data }) => {
    const limitIds = Object.keys(data.quota.limits);
    const attacked = fc.constantFrom(...targets).chain((target) =>
      fc.record({
        target: fc.constant(target),
        harmless: fc.shuffledSubarray([...target.harmless]),
        dangerous: fc.option(fc.constantFrom(...target.dangerous), { nil: null }),
        at: fc.nat(10),
        spelling: fc.nat(20),
      }),
    );
    return fc.property(attacked, ({ target, harmless, dangerous, at, spelling }) => {
      const options: Spelling[] = harmless.map((text) => text.split(" "));
      const planted = dangerous === null ? [] : [respelt(dangerous, target, spelling)];
      const place = at % (options.length + 1);
      const argv = [...target.head, ...options.toSpliced(place, 0, ...planted).flat(), ...target.tail];
      const decision = decide("request", localRequest(commandAction(argv), limitIds));
      const rules = rulesOf(decision);
      const told = () => `${decision.allow ? "allowed" : `refused by ${rules.join(" ")}`}: ${JSON.stringify(argv)}`;
      claim(decision.allow === (dangerous === null), told);
      // A refusal for having said something twice would not be one of the danger.
      claim(
        decision.allow || rules.some((rule) => !["command/option_repeated", "command/conflict"].includes(rule)),
        told,
      );
    });
  },
};

/** Another spelling that the program itself would take for the same. */
function respelt(words: Spelling, { letters }: Target, n: number): Spelling {
  const [first = "", ...rest] = words;
  if (first.startsWith("--") && n % 3 === 1) {
    const [name = "", ...value] = first.split("=");
    return [[name.slice(0, Math.max(5, name.length - 1 - (n % 2))), ...value].join("="), ...rest];
  }
  if (/^-[A-Za-z]/.test(first) && !first.startsWith("--") && letters !== "" && n % 3 === 2) {
    return [`-${letters[n % letters.length]}${first.slice(1)}`, ...rest];
  }
  return words;
}
