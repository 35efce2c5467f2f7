import { err, ok, type Result } from "../model/index.js";

/** Longest command string that is parsed, in UTF-16 code units. */
export const maxCommandLength = 8192;
/** Most words a command string may have. */
export const maxCommandWords = 256;

/** Why a command string was refused, and where: `offset` counts UTF-16 code units from 0. */
export type CommandProblem = {
  readonly code: "command/syntax" | "command/too_long";
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
};

/**
 * Parses a command string to the argv that will run. Words and quotes only: whatever a shell would act upon
 * (operators, expansions, substitutions, globs, redirects, escapes, assignments, comments) is refused with its position,
 * and so are control, format and unassigned characters, also inside quotes.
 *
 * INVARIANT: for every string that is accepted, a POSIX shell splits it into the same words.
 *
 * @param text - at most 8192 UTF-16 code units, at most 256 words
 * @returns at least one word; the first is plain, not quoted
 * @requirement EXE-14
 */
export function parseCommand(text: string): Result<readonly string[], CommandProblem> {
  if (text.length > maxCommandLength) return tooLong(`more than ${maxCommandLength} characters`, maxCommandLength);
  const argv: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === " " || text[at] === "\t") at++;
    if (at >= text.length) break;
    if (argv.length === maxCommandWords) return tooLong(`more than ${maxCommandWords} words`, at);
    const word = parseWord(text, at, argv.length === 0);
    if (!word.ok) return word;
    argv.push(word.value.text);
    at = word.value.end;
  }
  return argv.length === 0 ? refused("the command is empty", 0) : ok(argv);
}

type Word = { readonly text: string; readonly end: number };

function parseWord(source: string, start: number, isFirst: boolean): Result<Word, CommandProblem> {
  let text = "";
  let at = start;
  while (at < source.length && source[at] !== " " && source[at] !== "\t") {
    const char = source[at];
    if (char === "'" || char === '"') {
      if (isFirst) return refused("the program's name is quoted", at, "write the name plainly");
      const quoted = parseQuoted(source, at, char);
      if (!quoted.ok) return quoted;
      text += quoted.value.text;
      at = quoted.value.end;
    } else {
      const plain = parsePlain(source, at, start, isFirst);
      if (!plain.ok) return plain;
      text += plain.value.text;
      at = plain.value.end;
    }
  }
  return ok({ text, end: at });
}

function parseQuoted(source: string, start: number, quote: "'" | '"'): Result<Word, CommandProblem> {
  const close = source.indexOf(quote, start + 1);
  const end = close === -1 ? source.length : close;
  for (let at = start + 1; at < end; at += widthAt(source, at)) {
    const problem = characterProblem(source, at) ?? (quote === '"' ? expansionProblem(source, at) : undefined);
    if (problem !== undefined) return err(problem);
  }
  if (close === -1) return refused("a quote is not closed", start);
  return ok({ text: source.slice(start + 1, close), end: close + 1 });
}

/** Inside double quotes a shell still expands `$`, backticks and some backslashes. */
function expansionProblem(source: string, at: number): CommandProblem | undefined {
  const char = source[at];
  if (char === "$" || char === "`") {
    return problemAt(`${nameOf(char)} expands inside double quotes`, at, "use single quotes");
  }
  if (char === "\\" && ["$", "`", '"', "\\"].includes(source[at + 1] ?? '"')) {
    return problemAt("a backslash escapes inside double quotes", at, "use single quotes");
  }
  return undefined;
}

const shellCharacters = new Map<string, string>([
  [";", "separates commands"],
  ["&", "runs in the background or joins commands"],
  ["|", "is a pipe"],
  ["<", "is a redirect or a substitution"],
  [">", "is a redirect or a substitution"],
  ["(", "starts a sub-shell"],
  [")", "ends a sub-shell"],
  ["$", "is an expansion"],
  ["`", "is a command substitution"],
  ["\\", "is an escape"],
  ["*", "is a glob"],
  ["?", "is a glob"],
  ["[", "is a glob"],
  ["]", "is a glob"],
  ["{", "is a brace expansion"],
  ["}", "is a brace expansion"],
]);

function parsePlain(source: string, at: number, wordStart: number, isFirst: boolean): Result<Word, CommandProblem> {
  const problem = characterProblem(source, at) ?? plainProblem(source, at, wordStart, isFirst);
  if (problem !== undefined) return err(problem);
  const end = at + widthAt(source, at);
  return ok({ text: source.slice(at, end), end });
}

function plainProblem(source: string, at: number, wordStart: number, isFirst: boolean): CommandProblem | undefined {
  const char = source[at] ?? "";
  const meaning = shellCharacters.get(char);
  if (meaning !== undefined) return problemAt(`${nameOf(char)} ${meaning}`, at, quoteHint);
  const before = at === wordStart ? "" : (source[at - 1] ?? "");
  if (char === "~" && ["", "=", ":"].includes(before)) return problemAt("~ expands to a home folder", at, quoteHint);
  if (char === "#" && before === "") return problemAt("# starts a comment", at, quoteHint);
  if (char === "!" && (isFirst || before !== "" || ![" ", "\t", undefined].includes(source[at + 1]))) {
    return problemAt("! is a history expansion or a negation", at, quoteHint);
  }
  if (char === "=" && isFirst) return problemAt("an assignment before the command", at);
  return undefined;
}

const quoteHint = "quote it with single quotes if it is meant literally";

/** Controls, line ends, formats (bidi, zero-width), odd spaces, private use, unassigned and lone surrogates. */
const forbidden = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

function characterProblem(source: string, at: number): CommandProblem | undefined {
  const code = source.codePointAt(at) ?? 0;
  const char = String.fromCodePoint(code);
  if (!forbidden.test(char)) return undefined;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return problemAt(`${name} is a control, format or blank character`, at);
}

function widthAt(source: string, at: number): 1 | 2 {
  return (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function nameOf(char: string): string {
  return char === "`" ? "a backtick" : char;
}

function problemAt(message: string, offset: number, hint?: string): CommandProblem {
  return hint === undefined
    ? { code: "command/syntax", message, offset }
    : { code: "command/syntax", message, offset, hint };
}

function refused(message: string, offset: number, hint?: string): Result<never, CommandProblem> {
  return err(problemAt(message, offset, hint));
}

function tooLong(message: string, offset: number): Result<never, CommandProblem> {
  return err({ code: "command/too_long", message, offset });
}
