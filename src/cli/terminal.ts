import { styleText } from "node:util";
import type { Command } from "commander";
import type { Problem } from "../model/index.js";

/** What every command is given: where to print, and how. */
export type Terminal = {
  /** Writes one line to standard output. */
  out(line: string): void;
  /** Writes one line to standard error. */
  note(line: string): void;
  /** Overwrites the progress line on a terminal; does nothing when piped. */
  progress(line: string): void;
  /** Styles text where standard output is a terminal and NO_COLOR is unset. */
  paint(style: "red" | "green" | "yellow" | "cyan" | "bold" | "dim", text: string): string;
  readonly json: boolean;
  /** Whether standard output takes colours. */
  readonly colour: boolean;
};

/** Ends a command with problems to show: exit code 1 (usage or internal error) unless said otherwise. */
export class CommandFailure extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: number;
  constructor(problems: readonly Problem[], exitCode = 1) {
    super(problems.map((problem) => problem.message).join("; "));
    this.problems = problems;
    this.exitCode = exitCode;
  }
}

/** The terminal of this process. */
export function processTerminal(json: boolean): Terminal {
  const live = process.stderr.isTTY === true && !json;
  let dirty = false;
  const clear = () => {
    if (dirty) process.stderr.write("\r\u001b[K");
    dirty = false;
  };
  return {
    json,
    colour: styleText("red", "x", { stream: process.stdout }) !== "x",
    out: (line) => {
      clear();
      process.stdout.write(`${line}\n`);
    },
    note: (line) => {
      clear();
      process.stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (!live) return;
      process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
      dirty = true;
    },
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
  };
}

/** Runs a command's body, prints what went wrong, and sets the exit code. Nobody sees a stack without `--debug`. */
export async function runCommand(command: Command, body: (terminal: Terminal) => Promise<number>): Promise<void> {
  const { json, debug } = command.optsWithGlobals<{ json?: boolean; debug?: boolean }>();
  const terminal = processTerminal(json === true);
  // Should the process end with nothing left to wait for before the body has, then that is a failure.
  process.exitCode = 1;
  try {
    process.exitCode = await body(terminal);
  } catch (error) {
    const failure = error instanceof CommandFailure ? error : asFailure(error);
    if (terminal.json) terminal.out(JSON.stringify({ ok: false, problems: failure.problems }));
    else {
      // Imported when there is something to say: it would double the time that --help takes.
      const { formatProblem } = await import("../model/index.js");
      for (const problem of failure.problems) terminal.note(formatProblem(problem));
    }
    if (debug === true && error instanceof Error) terminal.note(error.stack ?? error.message);
    process.exitCode = failure.exitCode;
  }
}

function asFailure(error: unknown): CommandFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new CommandFailure([{ code: "internal/bug", message, hint: "run again with --debug to see where" }]);
}
