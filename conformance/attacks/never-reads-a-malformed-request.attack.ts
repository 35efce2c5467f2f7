/**
 * Claim: a request with a field missing, of another type, or out of its bounds is refused, whatever else it says.
 *
 * Why: in Rego a rule that reads a missing or mistyped field stays silently empty, and silence must not be consent.
 * How: one or two fields of an allowed request, at any depth, are dropped or replaced by a value of another type.
 */
import fc from "fast-check";
import { type Attack, claim } from "./attack.js";
import { commandAction, gatewayRequest } from "./base-request.js";

type Path = readonly string[];

/**
 * Fields whose absence is no consent: a kind of isolation that is not plainly `true` is not in force (that claim has an
 * attack of its own), and the others grant nothing whatever they hold.
 */
const free = new Set(["isolation", "repository", "frees_at_ms", "roles"]);

export const neverReadsAMalformedRequest: Attack = {
  id: "never-reads-a-malformed-request",
  claim: "a request with a field missing or of another type is refused, whatever else it says",
  requirements: ["MEX-01", "EXE-15"],
  weight: 5,
  property: ({ decide, data }) => {
    const base = gatewayRequest(commandAction(["cat", "a.txt"]), Object.keys(data.quota.limits));
    const paths = pathsOf(base, []).filter((path) => path.length > 0 && !path.some((key) => free.has(key)));
    const junk = fc.oneof(
      fc.constantFrom<unknown>(undefined, null, true, false, 0, -1, 1.5, 1e300, "", "x", [], {}, [[]], { a: 1 }),
      fc.string().map((text): unknown => [text]),
      fc.dictionary(fc.string(), fc.integer()),
    );
    return fc.property(fc.constantFrom(...paths), junk, (path, value) => {
      const before = valueAt(base, path);
      if (mayBe(path, kindOf(before), kindOf(value))) return;
      const decision = decide("request", replaceAt(base, path, value));
      claim(!decision.allow, () => `allowed with ${path.join(".")} = ${JSON.stringify(value)}`);
    });
  },
};

function pathsOf(value: unknown, path: Path): Path[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

function valueAt(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return value;
  return isRecord(value) ? valueAt(value[key], rest) : undefined;
}

function replaceAt(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (!isRecord(value)) return value;
  return { ...value, [key]: replaceAt(value[key], rest, by) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same kind again, or what the contract allows there besides: null may be a text or a number, and a task may be null. */
function mayBe(path: Path, before: string, after: string): boolean {
  if (before === after) return true;
  if (before === "none") return ["string", "count", "fraction"].includes(after);
  // Whether a number is whole is for the edge to check: the rules only add and compare.
  if (before === "count" && after === "fraction") return true;
  return after === "none" && path.join() === "task";
}

/** What the contract tells apart: JSON's types, and of numbers whole, other and negative ones. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return value < 0 ? "negative" : Number.isSafeInteger(value) ? "count" : "fraction";
  return typeof value;
}
