import { err, ok, type Problem, type Result, type Waiver } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { scanRepository } from "../evidence/index.js";
import { hygieneRulesOf, scanHygiene } from "../hygiene/index.js";
import { sha256 } from "./compact-token.js";
import type { SecretSearch } from "./security-checklist.js";
import type { SignedSubject } from "./sign-off.js";

/** What a repository holds of a gateway. */
export type Built = {
  /** Files of code that cite its requirements, sorted. */
  readonly deliverables: readonly string[];
  /** A hash over their texts: what a sign-off is about. */
  readonly subject: SignedSubject;
  readonly secrets: SecretSearch;
};

/** What is looked for. */
export type BuiltSearch = {
  /** Ids of the gateway's requirements. */
  readonly requirements: readonly string[];
  /** Those of secrets count: somebody answers for them. */
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
};

/**
 * Looks through a repository for what was built, and for secrets.
 *
 * @returns on failure what is broken in the hygiene rules, or that nothing cites a requirement
 */
export async function builtIn(
  config: Config,
  { requirements, waivers, today }: BuiltSearch,
): Promise<Result<Built, readonly Problem[]>> {
  const { root, evidence } = config;
  const known = new Set(requirements);
  const found = await scanRepository({
    root,
    roots: evidence.roots,
    ignore: evidence.ignore,
    known,
    keep: () => false,
  });
  const code = found.places.filter((place) => place.kind === "code" && place.requirements.some((id) => known.has(id)));
  const deliverables = [...new Set(code.map(({ file }) => file))].sort();
  if (deliverables.length === 0)
    return err([{ code: "usage/missing", message: "no code cites a requirement of the gateway" }]);
  const rules = hygieneRulesOf(config);
  if (!rules.ok) return rules;
  const asked = rules.value.filter(({ id }) => id === "hygiene/secret");
  const scan = await scanHygiene({ root, rules: asked, waivers, today, ignore: config.hygiene?.ignore ?? [] });
  const unread = scan.problems.map(({ message, place }) => `${place?.file ?? "."}: ${message}`);
  const open = scan.findings.filter(({ waived }) => waived === undefined);
  const secrets = open.map(({ file, row, message }) => `${file}:${row}: ${message}`);
  const subject = sha256(deliverables.map((file) => `${file}\0${sha256(found.sources.get(file) ?? "")}`).join("\n"));
  return ok({ deliverables, subject, secrets: { files: scan.files, findings: [...secrets, ...unread] } });
}
