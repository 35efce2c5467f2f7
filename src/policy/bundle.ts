import { hash } from "node:crypto";
import Type, { type Static } from "typebox";
import {
  err,
  ok,
  type Place,
  type Problem,
  parserOf,
  parseStrictJson,
  problemsOfIssues,
  type Result,
  Violation,
} from "../model/index.js";

const closed = { additionalProperties: false } as const;
const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Words = Type.String({ maxLength: 10_000 });
const Lines = Type.Object(
  { file: Words, row: Type.Integer({ minimum: 1 }), end_row: Type.Integer({ minimum: 1 }) },
  closed,
);

/** A rule with an id, and every place that states it: one for each of its bodies. */
const BundleRule = Type.Object(
  {
    package: Words,
    rule: Words,
    requirements: Violation.properties.requirements,
    title: Words,
    places: Type.Array(Lines, { minItems: 1 }),
  },
  closed,
);
export type BundleRule = Static<typeof BundleRule>;

/** The `.manifest` of an OPA bundle, with what the engine needs to know under `metadata.lockkeeper`. */
const BundleManifest = Type.Object(
  {
    /** The bundle's identity: see `bundleHash`. */
    revision: Hash,
    roots: Type.Array(Words, { minItems: 1 }),
    wasm: Type.Array(Type.Object({ entrypoint: Words, module: Type.Literal("/policy.wasm") }, closed), { minItems: 1 }),
    rego_version: Type.Literal(1),
    metadata: Type.Object(
      {
        lockkeeper: Type.Object(
          {
            schema: Type.Literal("lockkeeper/bundle/v1"),
            /** SHA-256 of the two files, checked whenever they are read. */
            files: Type.Object({ "policy.wasm": Hash, "data.json": Hash }, closed),
            rules: Type.Record(Violation.properties.rule, BundleRule, closed),
          },
          closed,
        ),
      },
      closed,
    ),
  },
  closed,
);
export type BundleManifest = Static<typeof BundleManifest>;

/** A compiled policy with its data, its bytes checked against its manifest. */
export type Bundle = {
  readonly sha256: string;
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** JSON text as UTF-8; parsed off the main thread, for it may be large. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly manifest: BundleManifest;
};

/** The three files of a bundle as bytes, by their names. */
export type BundleFiles = {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly manifest: Uint8Array<ArrayBuffer>;
};

/**
 * The identity of what a policy folder compiles to: SHA-256 over the folder's hash and the toolchain's. It is known
 * before compiling, and names the bundle in the cache, in decisions and in the audit.
 */
export function bundleHash(treeSha256: string, toolchainSha256: string): string {
  return hash("sha256", `lockkeeper/bundle/v1\n${toolchainSha256}\n${treeSha256}\n`);
}

const parseManifest = parserOf(BundleManifest);

/** The entrypoints of a bundle, such as `main/request`. */
export function entrypointsOf(bundle: Bundle): readonly string[] {
  return bundle.manifest.wasm.map(({ entrypoint }) => entrypoint);
}

/** Where a rule is stated: the first place of its id. */
export function placeOfRule(bundle: Bundle, id: string): Place | undefined {
  const { rules } = bundle.manifest.metadata.lockkeeper;
  const [first] = Object.hasOwn(rules, id) ? (rules[id]?.places ?? []) : [];
  return first === undefined ? undefined : { file: first.file, row: first.row, end_row: first.end_row };
}

/** Puts a bundle into its three files. */
export function bundleFiles(bundle: Bundle): BundleFiles {
  const manifest = new TextEncoder().encode(`${JSON.stringify(bundle.manifest)}\n`);
  return { wasm: bundle.wasm, data: bundle.data, manifest };
}

/**
 * Checks three files and makes a bundle of them: the manifest's shape, and the digests of the others.
 *
 * @param from - for problems: the folder or tarball
 * @returns on failure `bundle/invalid`
 */
export function parseBundle(files: BundleFiles, from: string): Result<Bundle, readonly Problem[]> {
  const text = new TextDecoder().decode(files.manifest);
  const document = parseStrictJson(text, `${from}/.manifest`, { bytes: 16 * 1024 * 1024, depth: 20, nodes: 1_000_000 });
  if (!document.ok) return document;
  const manifest = parseManifest(document.value.value);
  if (!manifest.ok) return err(problemsOfIssues(document.value, manifest.error, "bundle/invalid"));
  const digests = manifest.value.metadata.lockkeeper.files;
  const parts = [
    ["policy.wasm", files.wasm],
    ["data.json", files.data],
  ] as const;
  for (const [name, bytes] of parts) {
    if (hash("sha256", bytes) === digests[name]) continue;
    const message = `${name} is not the file that the manifest names`;
    return err([
      { code: "bundle/invalid", message, place: { file: `${from}/${name}` }, hint: "build the bundle again" },
    ]);
  }
  return ok({ sha256: manifest.value.revision, wasm: files.wasm, data: files.data, manifest: manifest.value });
}
