import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxCommandLength, maxCommandWords, parseCommand } from "./parse-command.js";

// @requirement EXE-14
describe("words and quotes", () => {
  it.each([
    ["echo test", ["echo", "test"]],
    ["  ls\t-la   src ", ["ls", "-la", "src"]],
    ["grep -rn 'a b' src", ["grep", "-rn", "a b", "src"]],
    ["grep --include='*.ts' foo", ["grep", "--include=*.ts", "foo"]],
    ['grep "it\'s" a', ["grep", "it's", "a"]],
    ['grep "a\\.b" f', ["grep", "a\\.b", "f"]],
    ["echo ''", ["echo", ""]],
    ["echo a''b\"c\"d", ["echo", "abcd"]],
    ["git show HEAD~1:src/a.ts", ["git", "show", "HEAD~1:src/a.ts"]],
    ["find . ! -name 'x'", ["find", ".", "!", "-name", "x"]],
    ["date +%Y-%m-%d", ["date", "+%Y-%m-%d"]],
    ["cat a#b", ["cat", "a#b"]],
    ["cat 'größe 日本.txt'", ["cat", "größe 日本.txt"]],
    ["echo a=b", ["echo", "a=b"]],
    ["echo '$HOME;|&'", ["echo", "$HOME;|&"]],
  ])("reads %s", (text, argv) => {
    expect(parseCommand(text)).toEqual({ ok: true, value: argv });
  });
});

// @requirement EXE-14
describe("everything else is refused with its position", () => {
  it.each([
    ["ls;id", 2],
    ["ls&&id", 2],
    ["ls||id", 2],
    ["ls|sh", 2],
    ["ls&id", 2],
    ["ls\nid", 2],
    ["ls \\\nid", 3],
    ["ls\rid", 2],
    ["ls\0id", 2],
    ["ls\u00a0id", 2],
    ["ls\u200bid", 2],
    ["ls '\u202eid'", 4],
    ["echo $(id)", 5],
    ["echo `id`", 5],
    ['echo "$(id)"', 6],
    ['echo "`id`"', 6],
    ["cat <(id)", 4],
    ["ls >(sh)", 3],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's expansion that is meant
    ["echo ${x@P}", 5],
    ["echo $[ 1 ]", 5],
    ["cat <<EOF", 4],
    ["cat$IFS/etc/shadow", 3],
    ["{cat,/etc/shadow}", 0],
    ["c''at a", 1],
    ["\\cat a", 0],
    ["$'\\x63at' a", 0],
    ["ls *", 3],
    ["ls a?", 4],
    ["ls [a]", 3],
    ["ls ~/x", 3],
    ["ls --dir=~/x", 9],
    ["ls #x", 3],
    ["! ls", 0],
    ["echo !!", 5],
    ["echo a!b", 6],
    ["LD_PRELOAD=x.so ls", 10],
    ["ls 'a", 3],
    ['ls "a', 3],
    ['echo "a\\"b"', 7],
    ['echo "a\\', 7],
    ["", 0],
    [" \t ", 0],
    ["ls \ud800", 3],
    ["ls '\udc00'", 4],
  ])("refuses %j", (text, offset) => {
    const parsed = parseCommand(text);
    expect(parsed.ok ? parsed.value : parsed.error.offset).toEqual(offset);
  });

  it("says what to do where quoting would help", () => {
    const parsed = parseCommand("ls *");
    expect(parsed.ok ? undefined : parsed.error).toEqual({
      code: "command/syntax",
      message: "* is a glob",
      offset: 3,
      hint: "quote it with single quotes if it is meant literally",
    });
  });

  it("refuses one character and one word past the bound, and nothing before", () => {
    expect(parseCommand("a".repeat(maxCommandLength)).ok).toBe(true);
    expect(parseCommand("a".repeat(maxCommandLength + 1))).toMatchObject({ error: { code: "command/too_long" } });
    expect(parseCommand(Array(maxCommandWords).fill("a").join(" ")).ok).toBe(true);
    expect(
      parseCommand(
        Array(maxCommandWords + 1)
          .fill("a")
          .join(" "),
      ),
    ).toMatchObject({
      error: { code: "command/too_long" },
    });
  });
});

// @requirement EXE-14
it.each([
  ["x".repeat(maxCommandLength + 1), "more than 8192 characters", maxCommandLength],
  ["x ".repeat(maxCommandWords + 1), "more than 256 words", 2 * maxCommandWords],
  [" \t", "the command is empty", 0],
])("says why it refuses the whole, and where", (text, message, offset) => {
  expect(parseCommand(text)).toMatchObject({ ok: false, error: { message, offset } });
});

// @requirement EXE-14
it("splits whatever it accepts as a POSIX shell does", () => {
  const piece = fc.oneof(
    fc.constantFrom(" ", "'", '"', "\\", "$", "=", "~", "#", "!", "*", ":", "-", "%", "^", ",", "@", "+", "/", "."),
    fc.constantFrom("a", "b", "ls", "é", "HEAD", "--x=", "'a b'", '"c d"'),
  );
  const commands = fc.sample(
    fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => `x${pieces.join("")}`),
    { seed: 7, numRuns: 6000 },
  );
  const accepted = commands.flatMap((text) => {
    const parsed = parseCommand(text);
    return parsed.ok ? [{ text, argv: parsed.value }] : [];
  });
  expect(accepted.length).toBeGreaterThan(300);
  // One shell for all: each command's words end in NUL, each command in a line of its own.
  const script = accepted.map(({ text }) => `printf '%s\\0' ${text}; echo`).join("\n");
  const output = execFileSync("/bin/sh", ["-f"], { input: script, encoding: "utf8" });
  const seen = output.split("\0\n").slice(0, -1);
  expect(seen).toEqual(accepted.map(({ argv }) => argv.join("\0")));
});
