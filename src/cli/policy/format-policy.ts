import { readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { diff } from "node:util";
import { printable } from "../../model/index.js";
import { problemsOf, readPolicyFiles, type SourceFile } from "../../policy/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { type FolderOptions, findPolicies, orFail, shownFile, shownProblems, toolchainFor } from "./policy-folder.js";
import { unreadable } from "./read-input.js";

/** The flags of `policy fmt`. */
export type FormatOptions = FolderOptions & { readonly check?: boolean | undefined };

type Read = { readonly source: SourceFile; readonly path: string };

/**
 * `lockkeeper policy fmt`: writes Rego files in the one form that `opa fmt` gives; with `--check` only says which
 * would change. A file that does not parse ends the command before anything is written.
 *
 * @param names - files to format; all of the policy folder when empty
 * @returns 0; 2 where `--check` finds something to change
 */
export async function formatPolicy(
  names: readonly string[],
  options: FormatOptions,
  terminal: Terminal,
): Promise<number> {
  const folder = await findPolicies(options);
  const files = names.length > 0 ? await named(names) : await inFolder();
  await using toolchain = toolchainFor(folder);
  const formatted = await toolchain.format(files.map(({ source }) => source));
  if (!formatted.ok) throw new CommandFailure(shownProblems(problemsOf(formatted.error), folder));
  const changed = formatted.value.flatMap((file) => {
    const read = files.find(({ source }) => source.path === file.path);
    return read !== undefined && file.text !== read.source.text ? [{ ...read, text: file.text }] : [];
  });
  if (options.check !== true) for (const { path, text } of changed) await writeFile(path, text);
  const done = changed.map(({ source }) => source.path);
  if (terminal.json) terminal.out(JSON.stringify({ ok: options.check !== true || done.length === 0, changed: done }));
  else {
    for (const { source, text } of changed) {
      terminal.out(`${terminal.paint("bold", source.path)}${options.check === true ? " is not formatted" : ""}`);
      if (options.check === true) for (const line of firstChanges(source.text, text)) terminal.out(`  ${line}`);
    }
    const verb = options.check === true ? "would change" : "changed";
    terminal.out(`${done.length} of ${files.length} files ${verb}`);
    if (options.check === true && done.length > 0) terminal.note("hint: lockkeeper policy fmt writes them");
  }
  return options.check === true && done.length > 0 ? 2 : 0;

  async function inFolder(): Promise<Read[]> {
    const read = orFail(await readPolicyFiles(folder.dir), folder);
    return read.files
      .filter(({ path }) => path.endsWith(".rego"))
      .map(({ path, bytes }) => ({
        source: { path: shownFile(path, folder), text: new TextDecoder().decode(bytes) },
        path: join(folder.dir, path.slice(folder.name.length + 1)),
      }));
  }
}

async function named(names: readonly string[]): Promise<Read[]> {
  return Promise.all(
    [...new Set(names.map((name) => resolve(name)))].map(async (path) => {
      const shownPath = relative(process.cwd(), path);
      if (!path.endsWith(".rego")) {
        const hint = "only .rego files are formatted";
        throw new CommandFailure([{ code: "usage/flag", message: `not a Rego file: ${shownPath}`, hint }]);
      }
      const text = await readFile(path, "utf8").catch((error: unknown) => {
        throw unreadable(error, shownPath);
      });
      return { source: { path: shownPath, text }, path };
    }),
  );
}

/** The first lines that differ, at most eight, each with its row. */
function firstChanges(before: string, after: string): string[] {
  const lines: string[] = [];
  const rows = { before: 1, after: 1 };
  // util.diff marks a line of its first argument with 1, of its second with -1.
  for (const [kind, line] of diff(before.split("\n"), after.split("\n"))) {
    const text = printable(line.replaceAll("\t", "    "));
    if (kind === 1) lines.push(`${rows.before} - ${text}`);
    if (kind === -1) lines.push(`${rows.after} + ${text}`);
    if (kind !== -1) rows.before += 1;
    if (kind !== 1) rows.after += 1;
  }
  return lines.length > 8 ? [...lines.slice(0, 8), `… ${lines.length - 8} more`] : lines;
}
