import type { Evidence } from "../../src/index.js";
import type { Sources } from "./findings.js";
import { html, type Markup } from "./html-markup.js";

/** Most lines of one excerpt; what is longer is cut in the middle of nowhere better than at its end. */
export const maxExcerptLines = 40;
const maxLineLength = 400;

/**
 * Draws the lines of a piece of evidence with their numbers, those that ran marked by colour and by a tick.
 * Where the source is not at hand, says so.
 */
export function excerpt({ file, row, end_row, executed }: Evidence, sources: Sources): Markup {
  const text = sources.get(file);
  const lines = text?.split("\n").slice(Math.max(0, row - 1), end_row);
  if (lines === undefined || lines.length === 0) return html`<p class="none">The source is not at hand.</p>`;
  const ran = (at: number) => executed?.some(({ from, to }) => from <= at && at <= to) ?? false;
  const shown = lines.slice(0, maxExcerptLines).map((line, index) => {
    const at = row + index;
    const kind = `l${ran(at) ? " x" : ""}${/^\s*(#|\/\/|\*|\/\*)/.test(line) ? " c" : ""}`;
    return html`<span class="${kind}" data-n="${at}">${line.replace(/\r$/, "").slice(0, maxLineLength)}
</span>`;
  });
  const rest = lines.length - shown.length;
  const cut = rest > 0 ? html`<p class="none">${rest} more lines</p>` : undefined;
  return html`<pre class="code" tabindex="0" aria-label="${file}, rows ${row} to ${end_row}"><code>${shown}</code></pre>${cut}`;
}
