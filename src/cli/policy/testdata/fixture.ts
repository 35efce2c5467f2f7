import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { formatProblem } from "../../../model/index.js";
import { CommandFailure, type Terminal } from "../../terminal.js";

/** Files of a policy folder by their path in it. */
export type Files = Readonly<Record<string, string>>;

/** A small policy that is in order: a grant by data, an objection, and a test of each line. */
export const goodPolicy: Files = {
  "main/request.rego": `package main

# METADATA
# title: May this run?
# entrypoint: true
request := {"allow": allow, "violations": [v | some v in violations], "obligations": obligations}

default allow := false

allow if {
	granted
	count(violations) == 0
}

granted if input.subject.id in data.main.people

obligations := {"run": null, "isolation": {"profile": null, "requires": []}, "limits": null, "consume": [], "filter": null}

# METADATA
# title: Not on this channel
# custom: {id: main/channel_closed, requirements: [EXE-15]}
violations contains {
	"rule": rego.metadata.rule().custom.id,
	"message": rego.metadata.rule().title,
	"requirements": rego.metadata.rule().custom.requirements,
	"detail": {"channel": input.channel},
} if {
	input.channel == "closed"
}
`,
  "main/people.yaml": "people: [ann, bob]\n",
  "main/data.schema.json": JSON.stringify({
    type: "object",
    properties: { people: { type: "array", items: { type: "string" } } },
    additionalProperties: false,
  }),
  "main/request_test.rego": `package main_test

import data.main

test_allow_ann if main.request.allow with input as {"subject": {"id": "ann"}, "channel": "open"}

test_deny_eve if not main.request.allow with input as {"subject": {"id": "eve"}, "channel": "open"}

test_deny_closed if {
	main.request.violations[0].rule == "main/channel_closed" with input as {"subject": {"id": "ann"}, "channel": "closed"}
}
`,
};

/** Writes a policy folder to a new place; it is called `policies`, and what is in it goes with `discard`. */
export async function policyFolder(files: Files): Promise<{ readonly dir: string; discard(): Promise<void> }> {
  const base = await mkdtemp(join(tmpdir(), "lockkeeper-cli-"));
  const dir = join(base, "policies");
  await mkdir(dir);
  await writeFiles(dir, files);
  return { dir, discard: () => rm(base, { recursive: true, force: true }) };
}

/** Writes files into a folder. */
export async function writeFiles(dir: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

/** A terminal that remembers what was said, without colours. */
export type Recorded = Terminal & {
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  text(): string;
  /** Waits until a line is told that holds the words, among those from `from` on. */
  told(words: string, from?: number): Promise<string>;
};

/** Makes one. */
export function recordingTerminal(json = false): Recorded {
  const lines: string[] = [];
  const notes: string[] = [];
  const waiting: (() => void)[] = [];
  const told = (words: string, from = 0): Promise<string> => {
    const line = lines.slice(from).find((one) => one.includes(words));
    return line === undefined ? new Promise((resolve) => waiting.push(() => resolve(told(words, from)))) : Promise.resolve(line);
  };
  return {
    json,
    colour: false,
    lines,
    notes,
    told,
    text: () => lines.join("\n"),
    out: (line) => {
      lines.push(line);
      for (const again of waiting.splice(0)) again();
    },
    note: (line) => {
      notes.push(line);
    },
    progress: () => {},
    paint: (_, text) => text,
  };
}

/** Runs a command to its failure: the exit code, the codes of its problems, and how they are printed. */
export async function failureOf(command: Promise<number>): Promise<{ exit: number; codes: string[]; text: string }> {
  try {
    const code = await command;
    throw new Error(`it ended with ${code}`);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const codes = error.problems.map(({ code }) => code);
    return { exit: error.exitCode, codes, text: error.problems.map(formatProblem).join("\n") };
  }
}
