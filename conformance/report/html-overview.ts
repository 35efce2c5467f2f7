import type { Report, Status } from "../../src/index.js";
import { html, type Markup } from "./html-markup.js";
import { grouped, plural, scoreOf } from "./report-words.js";
import { exitMeaning } from "./terminal-summary.js";

type Counts = Readonly<Record<string, number>>;

/** The order in which statuses are drawn in a bar: what holds, what is excused, what does not hold, what comes later. */
const barOrder: readonly Status[] = [
  "pass",
  "waived",
  "xfail",
  "skip",
  "unverified",
  "stale",
  "xpass",
  "fail",
  "planned",
];

/** The head of the page: verdict, what was shown, and the figures of the run. */
export function verdictHeader(report: Report): Markup {
  const { product, verdict, totals } = report;
  const { inForce, met, waived, planned } = scoreOf(report);
  const rest = [
    waived > 0 ? `${waived} waived (${met + waived} with waivers)` : "",
    planned > 0 ? `${planned} planned for later` : "",
  ].filter(Boolean);
  const passing = verdict === "PASS";
  const mark = passing ? html`<path d="M9 17l5 5 10-12"/>` : html`<path d="M10 10l12 12M22 10L10 22"/>`;
  return html`<header class="top ${passing ? "passing" : "failing"}">
<div class="verdict"><svg viewBox="0 0 32 32" width="56" height="56" aria-hidden="true"><circle cx="16" cy="16" r="15"/>${mark}</svg>
<div><p class="eyebrow">${product.name} ${product.version}, conformance report</p>
<h1>${verdict}</h1>
<p class="headline">${met} of ${plural(inForce, "requirement")} in force ${inForce === 1 ? "is" : "are"} met${rest.length > 0 ? `; ${rest.join(", ")}` : ""}.</p></div></div>
<dl class="figures">
<div><dt>generated inputs</dt><dd>${grouped(totals.property_inputs)}</dd></div>
<div><dt>also interpreted</dt><dd>${grouped(totals.interpreter_inputs)}</dd></div>
<div class="${totals.disagreements > 0 ? "bad" : ""}"><dt>disagreements</dt><dd>${grouped(totals.disagreements)}</dd></div>
<div class="${totals.bypasses > 0 ? "bad" : ""}"><dt>bypasses</dt><dd>${grouped(totals.bypasses)}</dd></div>
${mutantFigure(report)}<div><dt>profile</dt><dd>${report.profile}</dd></div>
<div><dt>seed</dt><dd>${report.seed}</dd></div>
<div class="${report.exit_code > 0 ? "bad" : ""}"><dt>exit code</dt><dd>${report.exit_code}</dd></div>
</dl>
${report.only.length === 0 ? undefined : html`<p class="only">Judged: only ${report.only.join(", ")}.</p>`}
</header>`;
}

function mutantFigure({ totals: { mutants } }: Report): Markup | undefined {
  if (mutants === undefined || mutants.killed + mutants.survived === 0) return undefined;
  const { killed, survived } = mutants;
  const kind = survived > 0 ? "bad" : "";
  return html`<div class="${kind}"><dt>mutants killed</dt><dd>${grouped(killed)} of ${grouped(killed + survived)}</dd></div>
`;
}

/** Why the run fails, by exit code; nothing when it passes. */
export function reasonList({ reasons, requirements, checks }: Report): Markup | undefined {
  if (reasons.length === 0) return undefined;
  const anchors = new Set([
    ...requirements.map((one) => one.id),
    ...checks.map((one) => `check-${one.kind}-${one.id}`),
  ]);
  const codes = [...new Set(reasons.map((reason) => reason.exit_code))];
  const blocks = codes.map((code) => {
    const items = reasons.filter((reason) => reason.exit_code === code).map(({ text }) => reasonItem(text, anchors));
    const [first, rest] = [items.slice(0, maxReasonsOpen), items.slice(maxReasonsOpen)];
    const more = html`<details class="more"><summary>${plural(rest.length, "more reason")}</summary><ul>${rest}</ul></details>`;
    return html`<h3><span class="code-number">${code}</span> ${exitMeaning(code)}</h3><ul>${first}</ul>${rest.length > 0 ? more : undefined}`;
  });
  return html`<section class="card reasons" aria-labelledby="why"><h2 id="why">Why it fails</h2>${blocks}</section>`;
}

/** Reasons of one exit code that stand open; the rest opens on demand, so that the overview stays in sight. */
const maxReasonsOpen = 12;

/** A reason that opens with a requirement's id or a check links there; a requirement's gaps are a list of their own. */
function reasonItem(text: string, anchors: ReadonlySet<string>): Markup {
  const [, kind = "", check = ""] = /^([a-z]+) (.+?) \(/s.exec(text) ?? [];
  const target = `check-${kind}-${check}`;
  if (anchors.has(target)) {
    return html`<li>${kind} <a href="#${target}">${check}</a>${text.slice(kind.length + 1 + check.length)}</li>`;
  }
  const [, id = "", said = "", gaps] = /^([A-Z0-9-]+)( [^:]*)(?:: (.*))?$/s.exec(text) ?? [];
  if (!anchors.has(id)) return html`<li>${text}</li>`;
  const list = gaps?.split("; ").map((gap) => html`<li>${gap}</li>`);
  return html`<li><a class="id" href="#${id}">${id}</a>${said}${list === undefined ? undefined : html`<ul>${list}</ul>`}</li>`;
}

/** Bars for requirements and checks, and a table of requirements by their source. */
export function overviewSection(report: Report): Markup {
  return html`<section class="card" aria-labelledby="overview"><h2 id="overview">Overview</h2>
<div class="bars">${bar("Requirements", report.totals.requirements)}${bar("Cases, attacks and other checks", report.totals.checks)}</div>
${familyTable(report)}
</section>`;
}

function bar(title: string, counts: Counts): Markup {
  const parts = barOrder.map((status) => ({ status, count: counts[status] ?? 0 })).filter(({ count }) => count > 0);
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const legend = parts.map(
    ({ status, count }) => html`<li><i class="swatch ${status}"></i>${grouped(count)} ${status}</li>`,
  );
  return html`<figure class="bar"><figcaption>${title} <b>${grouped(total)}</b></figcaption>${barPicture(parts, total, title)}<ul class="legend">${legend.length > 0 ? legend : html`<li>none</li>`}</ul></figure>`;
}

function barPicture(
  parts: readonly { readonly status: Status; readonly count: number }[],
  total: number,
  title: string,
): Markup {
  let x = 0;
  const pieces = parts.map(({ status, count }) => {
    // A single failure among thousands stays wide enough to be seen.
    const width = Math.max(0.8, (count / total) * 100);
    const piece = html`<rect class="${status}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="10"/>`;
    x += width;
    return piece;
  });
  const words = parts.map(({ status, count }) => `${count} ${status}`).join(", ");
  return html`<svg class="barline" viewBox="0 0 ${Math.max(100, x).toFixed(2)} 10" preserveAspectRatio="none" role="img" aria-label="${title}: ${words || "none"}">${pieces}</svg>`;
}

function familyTable({ requirements }: Report): Markup | undefined {
  const families = [...Map.groupBy(requirements, (one) => one.id.split("-")[0] ?? "")].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  if (families.length === 0) return undefined;
  const rows = families.map(([name, mine]) => {
    const counts = barOrder.map((status) => ({ status, count: mine.filter((one) => one.status === status).length }));
    const parts = counts.filter(({ count }) => count > 0);
    const count = (...statuses: readonly Status[]) => mine.filter((one) => statuses.includes(one.status)).length;
    const open = count("fail", "xpass", "unverified", "stale");
    return html`<tr><th scope="row">${name}</th><td class="n">${mine.length}</td><td class="n">${count("pass")}</td><td class="n${open > 0 ? " bad" : ""}">${open}</td><td class="n">${count("waived", "xfail", "skip")}</td><td class="n">${count("planned")}</td><td class="wide">${barPicture(parts, mine.length, name)}</td></tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Requirements by source"><table><thead><tr><th scope="col">Source</th><th scope="col" class="n">All</th><th scope="col" class="n">Met</th><th scope="col" class="n">Open</th><th scope="col" class="n">Excused</th><th scope="col" class="n">Planned</th><th scope="col" class="wide"><span class="hidden">Share</span></th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
