import { constants } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { localSubmission, loggedPolicy, type Outcome, type Policy, type Submission } from "../../gate/index.js";
import { packageRoot, plainExecutor, systemClock } from "../../host/index.js";
import type { RequestInput } from "../../model/index.js";
import { cacheBeside, type Engine, openBundle, openEngine } from "../../policy/index.js";
import type { ExecFlags } from "../exec.js";
import { orFail, type PolicyFolder } from "../policy/policy-folder.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { openAuditFile } from "./audit-file.js";
import { appendLine } from "./decision-log.js";
import { exitCodeOf, jsonAnswer, writePlainly } from "./exec-answer.js";
import { folderOf, localGate } from "./local-gate.js";

/** The most that is read of standard input, in bytes. */
const stdinBytes = 16 * 1024 * 1024;

/**
 * Decides, runs, answers: `lockkeeper exec` without its flags' parsing.
 *
 * @param command - a text for our parser, or words as they are
 * @returns the exit code
 */
export async function execute(
  command: string | readonly string[],
  flags: ExecFlags,
  terminal: Terminal,
): Promise<number> {
  const folder = policyFolder(flags);
  const policy = await openPolicy(folder);
  const recording = await openAuditFile(flags.audit, systemClock);
  if (!recording.ok) throw new CommandFailure([recording.error]);
  await using recorder = recording.value;
  const failures: unknown[] = [];
  const gate = localGate({
    policy: logged(policy, flags.decisionLog),
    recorder,
    onFailure: (error) => failures.push(error),
  });
  const submission = await submissionOf(command, flags);
  const stopped = heedSignals();
  const outcome = await gate.submit(submission);
  await answer(outcome, folder, terminal);
  for (const failure of failures) terminal.note(`lockkeeper: ${failure instanceof Error ? failure.message : failure}`);
  return stopped() ?? exitCodeOf(outcome);
}

/** The policy, with its decisions appended to the file that was asked for. */
function logged(policy: Policy, log: string | undefined): Policy {
  if (log === undefined) return policy;
  const file = resolve(log);
  return loggedPolicy(policy, (line) => appendLine(file, line), systemClock);
}

/**
 * Told to stop, stops what runs and lets its end be recorded; where nothing runs yet, leaves before anything does.
 *
 * @returns tells the exit code if a signal has come
 */
function heedSignals(): () => number | undefined {
  let code: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      code = 128 + constants.signals[signal];
      if (plainExecutor.stopAll() === 0) process.exit(code);
    });
  }
  return () => code;
}

/**
 * The policies of this program unless told otherwise, and what they compile to kept beside them. Neither comes from the
 * folder we are in: whoever wrote that folder may be whom the policies are there for.
 */
function policyFolder({ policies }: ExecFlags): PolicyFolder {
  const dir = policies === undefined ? join(packageRoot(), "policies") : resolve(policies);
  return { dir, name: basename(dir), cache: dirname(cacheBeside(dir)), schemaDirs: [] };
}

async function openPolicy(folder: PolicyFolder): Promise<Engine> {
  const bundle = orFail(await openBundle({ policies: folder.dir }), folder);
  return orFail(await openEngine(bundle), folder);
}

async function submissionOf(command: string | readonly string[], flags: ExecFlags): Promise<Submission> {
  const cwd = await folderOf(flags.cwd ?? ".");
  const workspace = flags.workspace === undefined ? cwd : await folderOf(flags.workspace);
  const limits: RequestInput["action"]["limits"] = flags.timeoutMs === undefined ? {} : { wall_ms: flags.timeoutMs };
  return {
    ...localSubmission,
    command,
    profile: flags.profile,
    cwd,
    workspace,
    env: flags.env ?? {},
    stdin: flags.stdin === true ? await readStdin() : null,
    limits,
  };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > stdinBytes) {
      throw new CommandFailure([{ code: "usage/flag", message: `standard input is larger than ${stdinBytes} bytes` }]);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function answer(outcome: Outcome, folder: PolicyFolder, terminal: Terminal): Promise<void> {
  if (terminal.json) terminal.out(JSON.stringify(jsonAnswer(outcome, folder)));
  else await writePlainly(outcome, folder, terminal);
}
