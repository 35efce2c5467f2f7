import { err, ok, type Problem, parserOf, RequirementFile, type Result } from "../../src/index.js";
import { readSpecDocument, type SpecFile } from "./spec-document.js";
import type { SpecRequirement } from "./specs.js";

const parse = parserOf(RequirementFile);

/**
 * Reads a file of `specs/requirements/`. Each requirement's source is one that the file declares, and each declared
 * source is used.
 */
export function readRequirements(file: SpecFile): Result<readonly SpecRequirement[], readonly Problem[]> {
  const document = readSpecDocument(file, parse);
  if (!document.ok) return document;
  const { value, placeOf, locateItems } = document.value;
  const problems: Problem[] = [];
  const sources = new Set(Object.keys(value.sources));
  for (const [index, { id, source }] of value.requirements.entries()) {
    if (sources.has(source.doc)) continue;
    const message = `${id} has the source ${source.doc}, which this file does not declare`;
    const place = placeOf(["requirements", index, "source", "doc"]);
    problems.push({ code: "spec/invalid", message, place, hint: "add it under sources" });
  }
  const used = new Set(value.requirements.map(({ source }) => source.doc));
  for (const name of [...sources].filter((source) => !used.has(source))) {
    const place = placeOf(["sources", name]);
    problems.push({ code: "spec/invalid", message: `the source ${name} is used by no requirement`, place });
  }
  if (problems.length > 0) return err(problems);
  const places = locateItems("requirements", value.requirements.length);
  return ok(
    value.requirements.flatMap((item, index) => places.slice(index, index + 1).map((at) => ({ ...item, ...at }))),
  );
}
