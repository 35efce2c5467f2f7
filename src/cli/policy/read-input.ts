import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { isJsonObject, type JsonObject, parseStrictJson } from "../../model/index.js";
import { CommandFailure } from "../terminal.js";

/**
 * Reads the input of a question: one JSON object.
 *
 * @param name - a file, or `-` for standard input
 */
export async function readInput(name: string): Promise<JsonObject> {
  const file = name === "-" ? "standard input" : name;
  if (name === "-" && process.stdin.isTTY) {
    const hint = "give --input FILE, or pipe JSON in";
    throw new CommandFailure([{ code: "usage/missing", message: "there is no input", hint }]);
  }
  const bytes =
    name === "-"
      ? await buffer(process.stdin)
      : await readFile(name).catch((error: unknown) => {
          throw unreadable(error, name);
        });
  const document = parseStrictJson(bytes.toString("utf8"), file);
  if (!document.ok) throw new CommandFailure(document.error);
  const { value, placeOf } = document.value;
  if (isJsonObject(value)) return value;
  throw new CommandFailure([{ code: "engine/input", message: "an input is a JSON object", place: placeOf("") }]);
}

/** Ends a command that was given a file that cannot be read. */
export function unreadable(error: unknown, file: string): CommandFailure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const message = code === "ENOENT" ? "no such file" : error instanceof Error ? error.message : String(error);
  return new CommandFailure([{ code: "internal/io", message, place: { file } }]);
}
