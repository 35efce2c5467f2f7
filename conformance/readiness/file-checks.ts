import { parserOfJsonSchema, parseStrictJson } from "../../src/index.js";
import { readCoverage } from "../results/index.js";
import { finding, type ReadinessFinding, type ReadinessWorld } from "./finding.js";

/** Every code of a table is used by code and named by a test. */
export function checkErrorCodes({ textOf, sources }: ReadinessWorld, file: string): ReadinessFinding[] {
  const text = textOf(file);
  if (text === undefined) return [finding("unknown", "there is no such file", file)];
  const codes = text.split("\n").flatMap((line, index) => {
    const code = /^\s*["']([a-z][a-z0-9_]*\/[a-z][a-z0-9_]*)["']\s*:/.exec(line)?.[1];
    return code === undefined ? [] : [{ code, row: index + 1 }];
  });
  if (codes.length === 0) return [finding("no", "no error code stands in it", file)];
  const others = sources.filter((source) => source.file !== file);
  const inTests = others.filter((source) => isTest(source.file)).map((source) => source.text);
  const inCode = others.filter((source) => !isTest(source.file)).map((source) => source.text);
  const open = codes.flatMap(({ code, row }) => {
    const used = inCode.some((one) => names(one, code));
    const tested = inTests.some((one) => names(one, code));
    if (used && tested) return [];
    const missing = [...(used ? [] : ["no code uses it"]), ...(tested ? [] : ["no test names it"])];
    return [finding("no", `${code}: ${missing.join(", ")}`, file, row)];
  });
  return open.length > 0 ? open : [finding("yes", `all ${codes.length} error codes are used and tested`, file)];
}

/** The code as a whole text, or at the end or in the middle of one where a test compares a whole line. */
function names(text: string, code: string): boolean {
  for (let at = text.indexOf(code); at !== -1; at = text.indexOf(code, at + 1)) {
    const [before = " ", after = " "] = [text[at - 1], text[at + code.length]];
    if (!/[a-z0-9_/]/i.test(before) && !/[a-z0-9_/]/i.test(after)) return true;
  }
  return false;
}

function isTest(file: string): boolean {
  return /(\.|_|\/)tests?\.[a-z]+$|(^|\/)(tests?|testdata)\/|(^|\/)test_[^/]*$/.test(file);
}

/** Every schema of a folder accepts its valid fixtures and refuses its invalid ones, and has both. */
export function checkSchemas(world: ReadinessWorld, folder: string): ReadinessFinding[] {
  const names = (world.namesIn(folder) ?? []).filter((name) => name.endsWith(".schema.json"));
  if (names.length === 0) return [finding("unknown", "no schema is there", folder)];
  return names.map((name) => checkSchema(world, folder, name.slice(0, -".schema.json".length)));
}

function checkSchema({ textOf, namesIn }: ReadinessWorld, folder: string, name: string): ReadinessFinding {
  const file = `${folder}/${name}.schema.json`;
  const fixtures = namesIn(`${folder}/fixtures/${name}`) ?? [];
  const valid = fixtures.filter((one) => /^valid.*\.json$/.test(one));
  const invalid = fixtures.filter((one) => /^invalid.*\.json$/.test(one));
  if (valid.length === 0 || invalid.length === 0) {
    const missing = [...(valid.length === 0 ? ["valid"] : []), ...(invalid.length === 0 ? ["invalid"] : [])];
    return finding("no", `it has no ${missing.join(" and no ")} fixture`, file);
  }
  const accepts = acceptsOf(textOf(file));
  if (accepts === undefined) return finding("no", "it is no JSON Schema that can be used", file);
  const wrong = [
    ...valid.filter((one) => accepts(textOf(`${folder}/fixtures/${name}/${one}`), false) !== true),
    // One that no strict reader takes is refused as well.
    ...invalid.filter((one) => accepts(textOf(`${folder}/fixtures/${name}/${one}`), true) === true),
  ];
  if (wrong.length > 0) return finding("no", `it decides otherwise than its fixtures say: ${wrong.join(", ")}`, file);
  return finding("yes", `it accepts ${valid.length} fixtures and refuses ${invalid.length}`, file);
}

/** Whether a schema accepts a fixture; an invalid fixture holds the value beside why it is refused. */
function acceptsOf(schema: string | undefined) {
  const read = (text: string | undefined) => {
    const document = parseStrictJson(text ?? "", "fixture");
    return document.ok ? document.value.value : undefined;
  };
  const parsed = read(schema);
  if (typeof parsed !== "object" || parsed === null) return undefined;
  try {
    const parse = parserOfJsonSchema(parsed);
    return (text: string | undefined, explained: boolean): boolean | undefined => {
      const fixture = read(text);
      if (fixture === undefined) return undefined;
      const within = explained && typeof fixture === "object" && fixture !== null && "value" in fixture;
      return parse(within ? fixture.value : fixture).ok;
    };
  } catch {
    return undefined;
  }
}

/** At least a share of the lines that could run did. */
export function checkCoverage(
  { textOf }: ReadinessWorld,
  { file, at_least }: { readonly file: string; readonly at_least: number },
): ReadinessFinding[] {
  const text = textOf(file);
  if (text === undefined) return [finding("unknown", "no coverage was measured", file)];
  const covered = readCoverage(text, file);
  if (!covered.ok) return [finding("unknown", covered.error.message, file)];
  const hits = covered.value.flatMap((one) => [...one.hits.values()]);
  if (hits.length === 0) return [finding("unknown", "it speaks of no line", file)];
  const share = (100 * hits.filter((count) => count > 0).length) / hits.length;
  const says = `${Math.floor(share * 10) / 10} % of ${hits.length} lines ran; ${at_least} % are asked for`;
  return [finding(share >= at_least ? "yes" : "no", says, file)];
}

/** Each page has an example: a block of a console, a shell or a language. */
export function checkExamples({ textOf }: ReadinessWorld, files: readonly string[]): ReadinessFinding[] {
  return files.map((file) => {
    const text = textOf(file);
    if (text === undefined) return finding("no", "there is no such page", file);
    const rows = text.split("\n").flatMap((line, index) => (/^\s*```[a-z]/.test(line) ? [index + 1] : []));
    const [row] = rows;
    return row === undefined
      ? finding("no", "it has no example", file)
      : finding("yes", `${rows.length} examples, the first here`, file, row);
  });
}

/** Nothing that the hygiene rules look for is there, but what is waived. */
export function checkHygiene({ hygiene }: ReadinessWorld): ReadinessFinding[] {
  const here = ".";
  if (hygiene === undefined || hygiene.files === 0) return [finding("unknown", "nothing was searched", here)];
  if (hygiene.open.length === 0) return [finding("yes", `no finding in ${hygiene.files} files`, here)];
  return hygiene.open.map(({ message, file, row }) => finding("no", message, file, row));
}
