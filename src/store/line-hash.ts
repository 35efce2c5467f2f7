import { hash } from "node:crypto";

/** SHA-256 of a line as it is stored. */
export function lineHash(line: string): string {
  return hash("sha256", line, "hex");
}
