import { extname } from "node:path";
import type { CitedPlace } from "./cited-place.js";
import type { TestResult } from "./junit-results.js";

/** The package that a file belongs to: its name, and the folder it is in (`""` for the root). */
export type Package = { readonly name: string; readonly folder: string };

/** Finds a file's package by the nearest manifest at or above it. */
export type PackageOf = (file: string, manifest: "Cargo.toml" | "go.mod") => Package | undefined;

/** What of a cited test its results are found by. */
export type PathTest = Pick<CitedPlace, "kind" | "file" | "path">;

/** The results of a test, or that they may be another's. */
type ResultsOf = (place: PathTest) => readonly TestResult[] | "ambiguous";

/**
 * Finds the results of tests that are named by a path, whatever their runner makes of it. Both sides are cut into
 * words: the test's package, file, classes and function; the result's `classname` and `name`. A result belongs to the
 * test whose words it ends, with two words at least, or with one where the runner names the file. What is exactly one
 * test's is no other's; what could be that of several cited tests is nobody's.
 */
export function resultsByPath(
  places: readonly PathTest[],
  results: readonly TestResult[],
  packageOf: PackageOf,
): ResultsOf {
  const tests = places
    .filter(({ kind, path }) => kind === "test" && path !== undefined)
    .map((place): Named => ({ place, words: identityOf(place, packageOf) }));
  const found = new Map(tests.map(({ place }) => [place, [] as TestResult[]]));
  const doubtful = new Set<PathTest>();
  for (const [ending, ours] of Map.groupBy(tests, ({ place }) => extname(place.file))) {
    const byLast = Map.groupBy(ours, ({ words }) => words.at(-1));
    for (const one of results.map((result) => parse(result, ending))) {
      const fits = (byLast.get(one.words.at(-1)) ?? []).map((test) => ({ test, how: fitOf(one, test) }));
      const exact = fits.filter(({ how }) => how === "exact");
      const chosen = exact.length > 0 ? exact : fits.filter(({ how }) => how === "partial");
      const isOne = chosen.every(({ test }) => isSame(test.words, chosen[0]?.test.words ?? []));
      for (const { test } of chosen) {
        if (isOne) found.get(test.place)?.push(one.result);
        else doubtful.add(test.place);
      }
    }
  }
  return (place) => (doubtful.has(place) ? "ambiguous" : (found.get(place) ?? []));
}

/** A test with all of its words. */
type Named = { readonly place: PathTest; readonly words: readonly string[] };

/** How surely a result is a test's. */
type Fit = "exact" | "partial" | "none";

function fitOf({ words, sourceOf: source }: Parsed, { place, words: identity }: Named): Fit {
  const ends = words.length <= identity.length && words.every((one, at) => one === identity.at(at - words.length));
  if (!ends) return "none";
  if (source === undefined) return isSame(words, identity) ? "exact" : words.length > 1 ? "partial" : "none";
  if (source === place.file) return words.length >= (place.path?.length ?? 0) ? "exact" : "partial";
  return endsPath(source, place.file) || endsPath(place.file, source) ? "partial" : "none";
}

type Parsed = { readonly result: TestResult; readonly words: readonly string[]; readonly sourceOf: string | undefined };

function parse(result: TestResult, ending: string): Parsed {
  return { result, words: wordsOf(result, ending), sourceOf: sourceOf(result, ending) };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}

/** Whether a path is another's end, folder by folder. */
export function endsPath(end: string, path: string): boolean {
  return path === end || path.endsWith(`/${end}`);
}

/** The file that a result names, if it names one: apart, or as what it stands in. */
function sourceOf({ source, file }: TestResult, ending: string): string | undefined {
  return source ?? (file.endsWith(ending) ? file : undefined);
}

function wordsOf({ source, file, name, suites }: TestResult, ending: string): readonly string[] {
  // pytest's ids hold the file; what is after it is the path.
  const [inside = name] = name.split(`${ending}::`).slice(-1);
  const own = words(withoutParameters(inside, ending));
  const holder = (suites ?? [file]).filter((one) => one !== source && !one.endsWith(ending)).flatMap(words);
  return ending === ".rs" && own.length > 1 && /^case_\d+/.test(own.at(-1) ?? "")
    ? [...holder, ...own.slice(0, -1)]
    : [...holder, ...own];
}

/** A test's own name without the parameters it ran with: `test_a[1-2]`, `a(int)[1]`, `TestA/small`. */
function withoutParameters(name: string, ending: string): string {
  if (ending === ".go") return name.split("/")[0] ?? name;
  return ending === ".rs" ? name : name.replace(/\s*[[({].*$/s, "");
}

function words(text: string): string[] {
  return text.split(/::|\s>\s|[./\\$]/).filter((word) => word !== "");
}

/** A test's words, outermost first, as the usual runner of its language puts them together. */
function identityOf({ file, path = [] }: PathTest, packageOf: PackageOf): readonly string[] {
  const folders = file.split("/").slice(0, -1);
  switch (extname(file)) {
    case ".py":
      return [...words(file.slice(0, -".py".length)), ...path];
    case ".go": {
      const module = packageOf(file, "go.mod");
      const inside = module === undefined ? folders : folders.slice(foldersOf(module.folder).length);
      return [...words(module?.name ?? ""), ...inside.flatMap(words), ...path];
    }
    case ".rs":
      return [...rustContainer(file, packageOf(file, "Cargo.toml")), ...path];
    default:
      return path;
  }
}

/** The folders of a path. */
function foldersOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}

/** Crate, binary and module of a Rust file: `src/a/b.rs` is `crate::a::b`, `tests/a.rs` is the binary `crate::a`. */
function rustContainer(file: string, crate: Package | undefined): readonly string[] {
  const inside = foldersOf(crate === undefined ? file : file.slice(crate.folder.length));
  const [top, ...rest] = inside.map((part) => part.replace(/\.rs$/, ""));
  const name = crate === undefined ? [] : [crate.name];
  const modules = rest.filter((part, index) => !(index === rest.length - 1 && part === "mod"));
  if (top === "src" && rest.length === 1 && rest[0] === "lib") return name;
  if (top === "src" && rest.length === 1 && rest[0] === "main") return [...name, "bin", ...name];
  return [...name, ...modules];
}
