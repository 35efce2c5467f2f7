import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { Hit, HygieneSource } from "./hygiene-finding.js";

// It keeps dozens of marks for each file that nobody asks for: 100 000 files would need gigabytes.
secretLintProfiler.setEnabled(false);

/** A comment in a file must not be able to switch the search off: that is for a waiver, which somebody answers for. */
const config = {
  rules: rules
    .filter(({ meta }) => meta.id !== "@secretlint/secretlint-rule-filter-comments")
    .map((rule) => ({ id: rule.meta.id, rule })),
};

/**
 * Hits what `@secretlint`'s recommended rules take for a secret. Only the kind of secret is told, never a part of it.
 *
 * @see https://github.com/secretlint/secretlint
 */
export async function secretHits({ file, text }: HygieneSource): Promise<readonly Hit[]> {
  if (text === undefined) return [];
  const dot = file.lastIndexOf(".");
  const source = {
    filePath: file,
    content: text,
    ext: dot === -1 ? "" : file.slice(dot),
    contentType: "text",
  } as const;
  const { messages } = await lintSource({ source, options: { config, maskSecrets: true, noPhysicFilePath: true } });
  return messages.map(({ range, messageId }) => ({ offset: range[0], message: `a secret: ${messageId}` }));
}
