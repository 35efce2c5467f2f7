import { isJsonObject, type JsonObject, type JsonValue } from "../../src/index.js";
import { textsIn } from "./described-programs.js";
import { partAt } from "./json-path.js";
import { textsMatching } from "./text-samples.js";

/** Paths that are in the workspace, and such that lead out of it one way or another. */
const paths = [
  "a.txt",
  "../x",
  "/etc/passwd",
  "/workspace/x",
  "/workspacex",
  "a/../../x",
  "..",
  "-",
  "",
  "a..b",
  "/workspace/../etc",
  "/",
  "./a",
  "x/..",
];

/**
 * Values that a described type takes and such that it refuses, the plainest that fits first. Both policies' data is
 * looked at, so that a type that changed is sampled at both its borders.
 */
export function samplesOfType(type: JsonValue | undefined, datas: readonly JsonObject[], seed: number): string[] {
  if (typeof type === "string") {
    return distinct(datas.flatMap((data) => samplesOfType(partAt(data, ["command", "types", type]), datas, seed)));
  }
  if (Array.isArray(type)) return distinct(type.flatMap((one: JsonValue) => samplesOfType(one, datas, seed)));
  return isJsonObject(type) ? distinct(described(type, seed)) : ["x"];
}

function described(type: JsonObject, seed: number): string[] {
  const words = (key: string) => textsIn(type[key]);
  switch (type.kind) {
    case "path":
      return [...paths.slice(0, 1), ...words("also"), ...words("except"), ...paths.slice(1)];
    case "text": {
      const max = typeof type.max === "number" ? type.max : 4096;
      const long = max <= 9000 ? ["a".repeat(max), "a".repeat(max + 1)] : [];
      return ["x", "", ...words("without").flatMap((part) => [part, `x${part}y`]), ...long];
    }
    case "integer": {
      const [min, max] = [type.min, type.max].map((bound) => (typeof bound === "number" ? bound : 0));
      return [max, min, (max ?? 0) + 1, (min ?? 0) - 1].map(String).concat(["01", "1.5", "x", "+5", "1".repeat(16)]);
    }
    case "enum":
      return [...words("values"), "x", ...words("values").map((value) => value.toUpperCase())];
    case "pattern":
      return typeof type.regex === "string" ? [...textsMatching(type.regex, 5, seed), "", "../x", "-x", "a b"] : [];
    default:
      return ["x"];
  }
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
