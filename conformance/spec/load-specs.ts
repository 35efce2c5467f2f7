import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { err, ok, type Problem, type Result } from "../../src/index.js";
import { type SpecFile, specBounds } from "./spec-document.js";
import { type Specs, specsOf } from "./specs.js";

/** The most files a folder of the specification may hold. */
const maxFiles = 1000;

/**
 * Loads the specification: `requirements/*.yaml` and, where they are there, `attacks/*.yaml` and `waivers.yaml`, in the
 * order of their names. Links are not followed, and no file may be another kind of thing or have another ending.
 *
 * @param dir - the folder `specs`
 * @param shownAs - what the folder is called in places; its own name unless said otherwise
 * @returns on failure at most 100 problems: `internal/io`, `yaml/…`, `schema/invalid` or `spec/invalid`
 */
export function loadSpecs(dir: string, shownAs = basename(resolve(dir))): Result<Specs, readonly Problem[]> {
  const requirements = readFolder(join(dir, "requirements"), `${shownAs}/requirements`);
  const suites = isThere(join(dir, "attacks")) ? readFolder(join(dir, "attacks"), `${shownAs}/attacks`) : ok([]);
  const waivers = readIfThere(join(dir, "waivers.yaml"), `${shownAs}/waivers.yaml`);
  const problems = [requirements, suites, waivers].flatMap((result) => (result.ok ? [] : result.error));
  if (!requirements.ok || !suites.ok || !waivers.ok) return err(problems);
  return specsOf({ requirements: requirements.value, suites: suites.value, waivers: waivers.value });
}

function readFolder(path: string, shownAs: string): Result<readonly SpecFile[], readonly Problem[]> {
  // What desktops and editors leave behind is hidden and no YAML.
  const names = attempt(() => readdirSync(path).sort())?.filter((name) => !name.startsWith(".") || isYaml(name));
  if (names === undefined) return err([ioProblem(shownAs, "the folder cannot be read")]);
  if (names.length === 0) return err([ioProblem(shownAs, "the folder is empty")]);
  if (names.length > maxFiles) return err([ioProblem(shownAs, `more than ${maxFiles} files`)]);
  const files: SpecFile[] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const file = readOne(join(path, name), `${shownAs}/${name}`);
    if (file.ok) files.push(file.value);
    else problems.push(file.error);
  }
  return problems.length > 0 ? err(problems) : ok(files);
}

function readIfThere(path: string, shownAs: string): Result<SpecFile | null, readonly Problem[]> {
  if (!isThere(path)) return ok(null);
  const file = readOne(path, shownAs);
  return file.ok ? file : err([file.error]);
}

function readOne(path: string, shownAs: string): Result<SpecFile, Problem> {
  if (!isYaml(path)) return err(ioProblem(shownAs, "not a .yaml file", "move it elsewhere or rename it"));
  const facts = attempt(() => lstatSync(path));
  if (facts?.isFile() !== true)
    return err(ioProblem(shownAs, "not a regular file", "links and folders are not followed"));
  if (facts.size > specBounds.bytes) return err(ioProblem(shownAs, `larger than ${specBounds.bytes} bytes`));
  const text = attempt(() => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path)));
  return text === undefined ? err(ioProblem(shownAs, "cannot be read as UTF-8")) : ok({ file: shownAs, text });
}

function isThere(path: string): boolean {
  return attempt(() => lstatSync(path)) !== undefined;
}

function isYaml(name: string): boolean {
  return name.endsWith(".yaml");
}

function ioProblem(file: string, message: string, hint?: string): Problem {
  return { code: "internal/io", message, place: { file }, ...(hint === undefined ? {} : { hint }) };
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
