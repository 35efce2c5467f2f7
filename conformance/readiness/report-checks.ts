import { isRecord, type RequirementResult } from "../../src/index.js";
import { finding, type ReadinessFinding, type ReadinessWorld } from "./finding.js";

/**
 * Each requirement passes in the last report; one that is planned, waived or unknown is not met.
 *
 * @requirement HAR-13
 */
export function checkRequirements(world: ReadinessWorld, ids: readonly string[]): ReadinessFinding[] {
  const { report, reportFile } = world;
  if (report === undefined) return [noReport(reportFile)];
  return ids.map((id) => {
    const one = report.requirements.find((requirement) => requirement.id === id);
    if (one === undefined) return finding("no", `${id} is no requirement`, reportFile);
    const [place = { file: reportFile, row: undefined }] = one.evidence;
    return finding(one.status === "pass" ? "yes" : "no", `${id}: ${statusWord(one)}`, place.file, place.row);
  });
}

/**
 * Every requirement in force has reached a rung.
 *
 * @requirement HAR-13
 */
export function checkReached(world: ReadinessWorld, rung: string): ReadinessFinding[] {
  const { report, reportFile } = world;
  if (report === undefined) return [noReport(reportFile)];
  const inForce = report.requirements.filter(({ status }) => status !== "planned");
  if (inForce.length === 0) return [finding("no", "no requirement is in force", reportFile)];
  const short = inForce.filter(({ method, reached }) => method === "mutation" && !reached.includes(rung));
  if (short.length > 0) {
    return short.map(({ id, reached }) => {
      return finding("no", `${id} has not reached ${rung}, but ${reached.at(-1) ?? "no rung"}`, reportFile);
    });
  }
  return [finding("yes", `all ${inForce.length} requirements in force have reached ${rung}`, reportFile)];
}

/** Every threat names requirements, and each of them passes in the last report. */
export function checkThreats(world: ReadinessWorld, file: string): ReadinessFinding[] {
  const text = world.textOf(file);
  if (text === undefined) return [finding("unknown", "there is no such file", file)];
  const { report } = world;
  if (report === undefined) return [noReport(world.reportFile)];
  const threats = text
    .split("\n")
    .flatMap((line, index) => (/^\|\s*\d+\s*\|/.test(line) ? [{ line, row: index + 1 }] : []));
  if (threats.length === 0) return [finding("no", "no row of a table of threats", file)];
  const passing = new Set(report.requirements.filter(({ status }) => status === "pass").map(({ id }) => id));
  return threats.map(({ line, row }) => {
    const ids = requirementIdsIn(line, report.requirements);
    const threat = line.split("|")[1]?.trim();
    const open = ids.filter((id) => !passing.has(id));
    if (ids.length === 0) return finding("no", `threat ${threat} names no requirement`, file, row);
    if (open.length > 0)
      return finding("no", `threat ${threat} is held by what does not pass: ${open.join(", ")}`, file, row);
    return finding("yes", `threat ${threat} is held by ${ids.join(", ")}`, file, row);
  });
}

/** Ids in a line, ranges such as "EXE-04 to EXE-08" with all that lie between. */
function requirementIdsIn(line: string, requirements: readonly RequirementResult[]): string[] {
  const known = requirements.map(({ id }) => id);
  const id = "[A-Z][A-Z0-9]*-[A-Z0-9]+";
  const ranges = [...line.matchAll(new RegExp(`\\b(${id}) to (${id})\\b`, "g"))].flatMap(([, from = "", to = ""]) => {
    const [start, end] = [known.indexOf(from), known.indexOf(to)];
    return start === -1 || end === -1 ? [] : known.slice(start, end + 1);
  });
  const named = line.match(new RegExp(`\\b${id}\\b`, "g")) ?? [];
  return [...new Set([...named, ...ranges])];
}

/** Each test file has tests, and all of them passed. */
export function checkTests({ results }: ReadinessWorld, files: readonly string[]): ReadinessFinding[] {
  return files.map((file) => {
    if (results === undefined) return finding("unknown", "there are no test results", file);
    const mine = results.tests.filter((test) => test.file === file || test.source === file);
    const bad = mine.filter(({ status }) => status !== "pass");
    if (mine.length === 0) return finding("unknown", `none of its tests is in ${results.file}`, file);
    if (bad.length > 0)
      return finding("no", `${bad.length} of ${mine.length} tests did not pass: ${bad[0]?.name}`, file);
    return finding("yes", `${mine.length} tests passed`, file);
  });
}

/** Every figure that has a bar is within it. */
export function checkFigures(world: ReadinessWorld, file: string): ReadinessFinding[] {
  const figures = jsonOf(world.textOf(file));
  if (!Array.isArray(figures)) return [finding("unknown", "no figures were measured", file)];
  const items: readonly unknown[] = figures;
  const barred = items.filter((item) => isRecord(item)).filter(({ bar }) => bar !== undefined);
  if (barred.length === 0) return [finding("unknown", "no figure has a bar", file)];
  return barred.map(({ name, value, unit, bar, met, skipped }) => {
    if (skipped !== undefined || typeof met !== "boolean") return finding("unknown", `${name} was not measured`, file);
    return finding(met ? "yes" : "no", `${name}: ${value} ${unit}, bar ${bar}`, file);
  });
}

/** The version of Node that ran is one that package.json asks for. */
export function checkEngines(world: ReadinessWorld, file: string): ReadinessFinding[] {
  const text = world.textOf(file) ?? "";
  const parsed = jsonOf(text);
  const engines = isRecord(parsed) && isRecord(parsed.engines) ? parsed.engines.node : undefined;
  if (typeof engines !== "string") return [finding("no", "engines.node is not said", file)];
  const row = text.split("\n").findIndex((line) => /^\s*"engines"/.test(line)) + 1;
  const least = /^>=\s*(\d+)/.exec(engines)?.[1];
  const ran = /^v(\d+)\./.exec(world.node ?? "")?.[1];
  if (least === undefined)
    return [finding("unknown", `engines.node is ${engines}, which is not understood`, file, row)];
  if (ran === undefined) return [finding("unknown", "no run says which Node it had", file, row)];
  const says = `engines.node is ${engines}, and the last run had ${world.node}`;
  return [finding(Number(ran) >= Number(least) ? "yes" : "no", says, file, row)];
}

function noReport(file: string): ReadinessFinding {
  return finding("unknown", "no report speaks of what is there now: run lockkeeper conform", file);
}

function statusWord({ status, since }: RequirementResult): string {
  return status === "planned" ? `planned for ${since}` : status;
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
