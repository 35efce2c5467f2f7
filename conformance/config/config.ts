import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import Type, { type Static } from "typebox";
import { err, ok, type Problem, parserOf, parseStrictYaml, problemsOfIssues, type Result } from "../../src/index.js";
import { PacketSettings } from "../packet/packet-settings.js";

const closed = { additionalProperties: false } as const;
const Path = Type.String({ minLength: 1, maxLength: 4096 });
const Globs = Type.Array(Path, { minItems: 1, maxItems: 100 });

/** The file `lockkeeper.yaml`: where a repository keeps its policies, specs, evidence and reports. */
export const ConfigFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/config/v1"),
    /** What the report speaks of; name and version of package.json unless told. */
    product: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 100 }),
          version: Type.String({ pattern: "^[0-9]+\\.[0-9]+", maxLength: 60 }),
        },
        closed,
      ),
    ),
    /** Left out where a repository has no Rego of ours. */
    policies: Type.Optional(Path),
    specs: Path,
    reports: Path,
    evidence: Type.Object(
      { roots: Type.Array(Path, { minItems: 1, maxItems: 100 }), ignore: Type.Array(Path, { maxItems: 100 }) },
      closed,
    ),
    /** Runs the tests that cite requirements and says where their JUnit results are; left out where there are none. */
    tests: Type.Optional(
      Type.Object(
        {
          command: Type.Array(Type.String({ maxLength: 4096 }), { minItems: 1, maxItems: 100 }),
          junit: Path,
          timeout_s: Type.Integer({ minimum: 1, maximum: 3600 }),
        },
        closed,
      ),
    ),
    /** JUnit XML and CTRF JSON that other programs wrote: paths, or globs. */
    results: Type.Optional(Globs),
    /** LCOV and Cobertura XML. */
    coverage: Type.Optional(Globs),
    /** JSON in the schema of mutation-testing-elements. */
    mutants: Type.Optional(Globs),
    /** The rung that code must reach; the top one unless told. */
    demand: Type.Optional(Type.Enum(["passed", "executed", "killed"])),
    /** What `lockkeeper hygiene` leaves out: globs of texts that are wrong on purpose. */
    hygiene: Type.Optional(Type.Object({ ignore: Type.Array(Path, { maxItems: 100 }) }, closed)),
    /** The gateway's own settings, which the gateway reads. */
    gateway: Type.Optional(Type.Unknown()),
    /** Where work packets are, and the spec that they are validated against. */
    packets: Type.Optional(PacketSettings),
  },
  { ...closed, $id: "lockkeeper/config/v1" },
);

/** The configuration with the folder it was found in. */
export type Config = Static<typeof ConfigFile> & { readonly root: string };

const parseConfigFile = parserOf(ConfigFile);

/**
 * Reads `lockkeeper.yaml` from `start` or the nearest folder above it.
 *
 * @returns on failure the problems with row and column, or one that says that there is no such file
 */
export async function readConfig(start: string): Promise<Result<Config, readonly Problem[]>> {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    const text = await readFile(join(folder, "lockkeeper.yaml"), "utf8").catch(absent);
    if (text !== undefined) return parseConfig(text, folder);
    if (folder === dirname(folder)) return err([noConfig]);
  }
}

const noConfig: Problem = {
  code: "usage/missing",
  message: "no lockkeeper.yaml here or in a folder above",
  hint: "run in a repository that has one; README.md shows what stands in it",
};

function parseConfig(text: string, root: string): Result<Config, readonly Problem[]> {
  const document = parseStrictYaml(text, "lockkeeper.yaml");
  if (!document.ok) return document;
  const parsed = parseConfigFile(document.value.value);
  return parsed.ok ? ok({ ...parsed.value, root }) : err(problemsOfIssues(document.value, parsed.error));
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
