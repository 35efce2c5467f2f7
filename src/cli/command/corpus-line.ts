import Type from "typebox";
import { err, ok, type Problem, parserOf, parseStrictJson, type Result } from "../../model/index.js";

const closed = { additionalProperties: false } as const;
const Profile = Type.Optional(Type.String({ maxLength: 100 }));
const Line = Type.Union([
  Type.String(),
  Type.Object({ command: Type.String(), profile: Profile }, closed),
  Type.Object({ argv: Type.Array(Type.String(), { minItems: 1 }), profile: Profile }, closed),
]);
const parseLine = parserOf(Line);

/** A command of a corpus: a text to parse, or words as they are. */
export type CorpusCommand = { readonly command: string | readonly string[]; readonly profile?: string | undefined };

/**
 * Reads one line of a corpus: a JSON string, `{"command": "…"}` or `{"argv": […]}`, the objects with an optional `profile`.
 *
 * @param row - the line's number, from 1
 */
export function parseCorpusLine(text: string, row: number): Result<CorpusCommand, Problem> {
  const hint = 'write "ls -la", {"command": "ls -la"} or {"argv": ["ls", "-la"]}';
  const json = parseStrictJson(text, "standard input");
  if (!json.ok) {
    const [first] = json.error;
    const col = first?.place?.col;
    const place = { file: "standard input", row, ...(col === undefined ? {} : { col, source_line: text }) };
    return err({ code: "json/syntax", message: first?.message ?? "not JSON", place, hint });
  }
  const line = parseLine(json.value.value);
  const place = { file: "standard input", row };
  if (!line.ok) return err({ code: "schema/invalid", message: "not a command", place, hint });
  if (typeof line.value === "string") return ok({ command: line.value });
  const { profile } = line.value;
  return ok({ command: "argv" in line.value ? line.value.argv : line.value.command, profile });
}
