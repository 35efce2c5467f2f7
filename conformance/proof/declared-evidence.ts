import { readFileSync } from "node:fs";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import {
  err,
  ok,
  type Parser,
  type Problem,
  parserOf,
  parseStrictYaml,
  problemsOfIssues,
  type Requirement,
  type Result,
} from "../../src/index.js";
import type { CitedPlace, Found } from "../evidence/index.js";
import { readInside } from "../packet/repository-file.js";
import { artifactFault } from "./artifact-check.js";
import { contentHash, rowsOf } from "./content-hash.js";

const closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$", maxLength: 60 });
const File = Type.String({ minLength: 1, maxLength: 1000 });
const person = Type.String({ minLength: 1, maxLength: 200, pattern: "\\S" });

/** The file `specs/artifacts.yaml`: what must be there, and what says that it is valid. */
export const ArtifactFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/artifacts/v1"),
    artifacts: Type.Array(
      Type.Object(
        {
          requirement: Id,
          file: File,
          /** Links of a Markdown file lead somewhere, a document holds a JSON Schema, or texts stand in it. */
          check: Type.Union([
            Type.Object({ kind: Type.Literal("links") }, closed),
            Type.Object({ kind: Type.Literal("schema"), schema: File }, closed),
            Type.Object(
              { kind: Type.Literal("contains"), texts: Type.Array(File, { minItems: 1, maxItems: 100 }) },
              closed,
            ),
          ]),
        },
        closed,
      ),
      { maxItems: 1000 },
    ),
  },
  { ...closed, $id: "lockkeeper/artifacts/v1" },
);
export type Artifact = Static<typeof ArtifactFile>["artifacts"][number];

/** The file `specs/inspections.yaml`: who looked at what, and which bytes they saw. */
export const InspectionFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/inspections/v1"),
    inspections: Type.Array(
      Type.Object(
        {
          requirement: Id,
          file: File,
          /** SHA-256 of the file's rows as `lockkeeper conform` tells it. */
          sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
          inspector: person,
          date: Type.String({ pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" }),
          statement: Type.String({ minLength: 10, maxLength: 2000, pattern: "\\S" }),
        },
        closed,
      ),
      { maxItems: 1000 },
    ),
  },
  { ...closed, $id: "lockkeeper/inspections/v1" },
);
export type Inspection = Static<typeof InspectionFile>["inspections"][number];

const parseArtifacts = parserOf(ArtifactFile);
const parseInspections = parserOf(InspectionFile);

/**
 * Finds artifacts and inspections as they are declared beside the requirements. An artifact's check is made now; an
 * inspection holds for the bytes that were seen, and is stale when they changed. A declaration of a requirement that has
 * another method is a problem.
 *
 * @param specs - the folder of the specification, from the root
 */
export function declaredEvidence(
  root: string,
  specs: string,
  requirements: readonly Pick<Requirement, "id" | "method">[],
): Result<Found, readonly Problem[]> {
  const artifacts = readDeclared(root, `${specs}/artifacts.yaml`, parseArtifacts);
  if (!artifacts.ok) return artifacts;
  const inspections = readDeclared(root, `${specs}/inspections.yaml`, parseInspections);
  if (!inspections.ok) return inspections;
  const methods = new Map(requirements.map(({ id, method }) => [id, method]));
  const listed = [
    ...(artifacts.value?.artifacts ?? []).map((one) => ({ at: `${specs}/artifacts.yaml`, method: "artifact", one })),
    ...(inspections.value?.inspections ?? []).map((one) => ({
      at: `${specs}/inspections.yaml`,
      method: "inspection",
      one,
    })),
  ];
  const problems = listed.flatMap(({ at, method, one: { requirement } }): Problem[] => {
    const actual = methods.get(requirement);
    if (actual === method) return [];
    const message =
      actual === undefined
        ? `no specification has ${requirement}`
        : `${requirement} is shown by ${actual}, not ${method}`;
    return [{ code: "evidence/unresolved", message, place: { file: at } }];
  });
  const places = [
    ...(artifacts.value?.artifacts ?? []).map((one) => artifactPlace(root, one)),
    ...(inspections.value?.inspections ?? []).map((one) => inspectionPlace(root, one)),
  ];
  return ok({ places, problems });
}

function readDeclared<T>(root: string, file: string, parse: Parser<T>): Result<T | undefined, readonly Problem[]> {
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch {
    return ok(undefined);
  }
  const document = parseStrictYaml(text, file);
  if (!document.ok) return document;
  const parsed = parse(document.value.value);
  return parsed.ok ? ok(parsed.value) : err(problemsOfIssues(document.value, parsed.error));
}

function artifactPlace(root: string, artifact: Artifact): CitedPlace {
  const { requirement, file, check } = artifact;
  const base = { kind: "artifact" as const, name: `${file} (${check.kind})`, file, requirements: [requirement] };
  const text = readInside(root, file);
  if (!text.ok) return { ...base, row: 1, end_row: 1, unresolved: text.error.message };
  const end_row = lastRow(text.value);
  const fault = artifactFault(root, artifact, Buffer.from(text.value).toString("utf8"));
  if (fault === undefined) return { ...base, row: 1, end_row, status: "pass" };
  return { ...base, row: 1, end_row, status: "fail", detail: fault };
}

function inspectionPlace(root: string, { requirement, file, sha256, inspector, date }: Inspection): CitedPlace {
  const name = `${inspector}, ${date}`;
  const base = { kind: "inspection" as const, name, file, requirements: [requirement] };
  const text = readInside(root, file);
  if (!text.ok) return { ...base, row: 1, end_row: 1, unresolved: text.error.message };
  const end_row = lastRow(text.value);
  const now = contentHash(Buffer.from(text.value).toString("utf8"), { row: 1, end_row });
  if (now === sha256) return { ...base, row: 1, end_row, status: "pass" };
  return { ...base, row: 1, end_row, status: "stale", detail: `signed for other bytes; these are ${now}` };
}

function lastRow(bytes: Uint8Array): number {
  const rows = rowsOf(Buffer.from(bytes).toString("utf8"));
  return Math.max(1, rows.at(-1) === "" ? rows.length - 1 : rows.length);
}
