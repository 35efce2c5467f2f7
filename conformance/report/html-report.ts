import { createHash } from "node:crypto";
import { type Report, statuses } from "../../src/index.js";
import type { Sources } from "./findings.js";
import { checksSection } from "./html-checks.js";
import { html, type Markup } from "./html-markup.js";
import { overviewSection, reasonList, verdictHeader } from "./html-overview.js";
import { requirementLists } from "./html-requirement.js";
import { script } from "./html-script.js";
import { style } from "./html-style.js";

/**
 * Writes the report as one page that needs nothing else: no font, picture, script or style from elsewhere, and a policy
 * that lets the browser load none. Only its own script and style run, named by their hashes.
 *
 * @param sources - texts for the excerpts; evidence of a file that is not there says so
 * @requirement HAR-05
 */
export function htmlReport(report: Report, sources: Sources): string {
  const { product, verdict, requirements, inputs } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${verdict}: ${product.name} ${product.version} conformance</title>
<style>${{ markup: style }}</style>
</head>
<body>
<a class="skip" href="#requirements">Skip to the requirements</a>
<div class="page">
${verdictHeader(report)}
<main>
${reasonList(report)}
${overviewSection(report)}
<section class="card" aria-labelledby="requirements"><h2 id="requirements" tabindex="-1">Requirements</h2>
${tools(report)}
${requirements.length === 0 ? html`<p class="none">No requirement was judged.</p>` : requirementLists(requirements, sources)}
</section>
${checksSection(report)}
<section class="card" aria-labelledby="inputs"><h2 id="inputs">What went in</h2>${hashes(inputs)}</section>
</main>
<footer>The same inputs give this page byte for byte. Times and machines are in run.json beside it.</footer>
</div>
<script>${{ markup: script }}</script>
</body>
</html>
`;
  return page.markup;
}

const policy = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** Hidden until the script runs, for without it they would do nothing. */
function tools({ requirements }: Report): Markup {
  const families = [...new Set(requirements.map((one) => one.id.split("-")[0] ?? ""))].sort();
  const there = statuses.filter((status) => requirements.some((one) => one.status === status));
  return html`<div class="tools" role="search">
<label class="search">Search <input type="search" id="search" placeholder="id, text, rule, file … ( / )" autocomplete="off" spellcheck="false"></label>
${select("status", "Status", ["open", "in force", ...there])}
${select("level", "Level", ["MUST", "SHOULD"])}
${select("source", "Source", families)}
<button type="button" id="clear">Clear</button><button type="button" id="toggle">Open all</button>
<output id="shown" aria-live="polite"></output>
</div>`;
}

function select(id: string, title: string, values: readonly string[]): Markup {
  const options = values.map((value) => html`<option value="${value}">${value}</option>`);
  return html`<label>${title} <select id="${id}"><option value="">all</option>${options}</select></label>`;
}

function hashes(inputs: Report["inputs"]): Markup {
  const entries = Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return html`<p class="none">Nothing is recorded.</p>`;
  return html`<dl class="hashes">${entries.map(([name, hash]) => html`<div><dt>${name}</dt><dd>${hash}</dd></div>`)}</dl>`;
}
