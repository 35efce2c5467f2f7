import { createHash } from "node:crypto";
import type { Specs } from "./specs.js";

/** SHA-256 of a specification: of what it says and where it says it. */
export function specsDigest(specs: Specs): string {
  return createHash("sha256").update(JSON.stringify(specs)).digest("hex");
}
