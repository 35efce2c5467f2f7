import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";

const config = { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator }] };

/** Most of each stream that a report keeps, in UTF-16 code units; the end says more than the beginning. */
const kept = 4000;
/** Most that is searched: what comes before is cut off unseen. */
const searched = 256 * 1024;

/**
 * Output of a command as a report may hold it: secrets replaced before anything is cut, so that no half of one is left,
 * terminal codes gone, at most 1 000 characters of each line and the last 4 000 of all.
 */
export async function redactedOutput(bytes: Uint8Array): Promise<string> {
  const all = new TextDecoder().decode(bytes);
  const plain = withoutTerminalCodes(all.slice(-searched));
  // What a command writes must not be able to switch the search off. The length stays, and with it every place.
  const content = plain.replace(/secretlint-(?=disable|enable)/gi, "secretlint_");
  const source = { filePath: "output.txt", content, ext: ".txt", contentType: "text" } as const;
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
  let text = plain;
  // From the end, so that earlier places stay where they are.
  for (const { range, messageId } of messages.toSorted((one, other) => other.range[0] - one.range[0])) {
    text = `${text.slice(0, range[0])}[secret: ${messageId}]${text.slice(range[1])}`;
  }
  text = text.replace(/(?<=^.{1000}).+$/gmu, "[…]");
  const isCut = text.length > kept || all.length > searched;
  return isCut ? `[…]\n${text.slice(-kept).replace(/^\p{Surrogate}/u, "")}` : text;
}

/** Colours and cursor movements mean nothing in a document, and could hide a secret from the search. */
function withoutTerminalCodes(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g, "")
      .replace(/\r\n?/g, "\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "")
  );
}
