import { err, ok, type Problem, parserOf, type Result, WaiverFile } from "../../src/index.js";
import { readSpecDocument, type SpecFile } from "./spec-document.js";
import type { SpecWaiver } from "./specs.js";

const parse = parserOf(WaiverFile);

/** Reads `specs/waivers.yaml`. Each waiver's last day is one that the calendar has; whether it has passed is not asked. */
export function readWaivers(file: SpecFile): Result<readonly SpecWaiver[], readonly Problem[]> {
  const document = readSpecDocument(file, parse);
  if (!document.ok) return document;
  const { value, placeOf, locateItems } = document.value;
  const problems = value.waivers.flatMap(({ id, expires }, index): Problem[] => {
    if (isCalendarDate(expires)) return [];
    const place = placeOf(["waivers", index, "expires"]);
    return [{ code: "spec/invalid", message: `${id} expires on ${expires}, which is no day`, place }];
  });
  if (problems.length > 0) return err(problems);
  const places = locateItems("waivers", value.waivers.length);
  return ok(value.waivers.flatMap((item, index) => places.slice(index, index + 1).map((at) => ({ ...item, ...at }))));
}

/** Dates that the calendar does not have, such as 2026-02-30, roll over into the next month. */
function isCalendarDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
