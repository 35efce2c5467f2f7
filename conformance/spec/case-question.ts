import { mergePatch } from "./merge-patch.js";
import type { SpecCase, SpecSuite } from "./specs.js";

/** What a case asks of the product. */
export type CaseQuestion =
  /** A command string, for the parser and then the policy. */
  | { readonly kind: "command"; readonly text: string; readonly profile: string | undefined }
  /** An argv, for the policy. */
  | { readonly kind: "argv"; readonly argv: readonly string[]; readonly profile: string | undefined }
  /** An input of the entrypoint of the same name. */
  | { readonly kind: "request" | "output" | "access"; readonly input: unknown };

/**
 * Works out what a case asks: `repeat` repeats the whole command text, or the text of the last word of an argv;
 * `request`, `output` and `access` patch the suite's base (RFC 7396), where null removes a key. A key that has to be there and
 * null is null in the base: a patch cannot say so.
 *
 * @param item - a case as `specsOf` gives it, so that exactly one input is there
 */
export function questionOf(item: Pick<SpecCase, "input">, suite: Pick<SpecSuite, "base">): CaseQuestion {
  const { command, argv, request, output, access, profile, repeat = 1 } = item.input;
  if (command !== undefined) return { kind: "command", text: command.repeat(repeat), profile };
  if (argv !== undefined) return { kind: "argv", argv: argv.with(-1, (argv.at(-1) ?? "").repeat(repeat)), profile };
  if (request !== undefined) return { kind: "request", input: mergePatch(suite.base, request) };
  if (output !== undefined) return { kind: "output", input: mergePatch(suite.base, output) };
  if (access !== undefined) return { kind: "access", input: mergePatch(suite.base, access) };
  throw new Error("unreachable: a case without an input");
}
