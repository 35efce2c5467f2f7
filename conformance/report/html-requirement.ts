import type { Evidence, RequirementResult, Status } from "../../src/index.js";
import type { Sources } from "./findings.js";
import { excerpt } from "./html-excerpt.js";
import { ladderList, ladderPicture } from "./html-ladder.js";
import { html, type Markup } from "./html-markup.js";
import { mutantSection } from "./html-mutants.js";
import { countsText, plural } from "./report-words.js";

/** A word for a status, in a pill whose shape and word tell it without colour. */
export function pill(status: Status): Markup {
  return html`<span class="pill ${status}">${status}</span>`;
}

/** All requirements: those in force first, then what is planned. */
export function requirementLists(requirements: readonly RequirementResult[], sources: Sources): Markup {
  const planned = requirements.filter((one) => one.status === "planned");
  const inForce = requirements.filter((one) => one.status !== "planned");
  const list = (title: string, items: readonly RequirementResult[]) =>
    items.length === 0
      ? undefined
      : html`<section class="items"><h3>${title} <span class="count">${items.length}</span></h3>${items.map((one) => requirementItem(one, sources))}</section>`;
  return html`${list("In force", inForce)}${list("Planned", planned)}`;
}

/** One requirement: a row that opens to its ladder, its gaps and its evidence. */
function requirementItem(one: RequirementResult, sources: Sources): Markup {
  const words = [one.id, one.text, one.source, ...one.evidence.map((each) => `${each.name} ${each.file}`)];
  const find = words.join(" ").toLowerCase().slice(0, 20_000);
  const family = one.id.split("-")[0] ?? "";
  return html`<details class="item" id="${one.id}" data-status="${one.status}" data-level="${one.level}" data-source="${family}" data-find="${find}">
<summary><span class="id">${one.id}</span>${pill(one.status)}${ladderPicture(one)}<span class="text">${withCode(one.text)}</span></summary>
<div class="body">
<p class="statement">${withCode(one.text)}</p>
<dl class="meta"><div><dt>Level</dt><dd>${one.level}</dd></div><div><dt>Method</dt><dd>${one.method}</dd></div><div><dt>Source</dt><dd>${one.source}</dd></div><div><dt>In force from</dt><dd>${one.since}</dd></div><div><dt>Revision</dt><dd>${one.rev}</dd></div></dl>
${ladderList(one)}
${gapList(one)}
${mutantSection(one.proof)}
${evidenceGroups(one.evidence, sources)}
</div>
</details>
`;
}

/** Text whose words between backticks stand as code. */
function withCode(text: string): Markup {
  return html`${text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

function gapList({ gaps, status }: RequirementResult): Markup | undefined {
  if (gaps.length === 0) return undefined;
  const title = status === "planned" ? "What is there so far" : plural(gaps.length, "gap");
  return html`<section class="gaps"><h4>${title}</h4><ul>${gaps.map((gap) => html`<li>${gap}</li>`)}</ul></section>`;
}

const groups: readonly {
  readonly title: string;
  readonly kinds: readonly Evidence["kind"][];
  readonly open: boolean;
}[] = [
  { title: "Met by", kinds: ["rule", "code"], open: true },
  { title: "Shown by", kinds: ["test", "attack", "case"], open: false },
  { title: "Recorded in", kinds: ["measurement", "artifact", "inspection"], open: false },
];

function evidenceGroups(evidence: readonly Evidence[], sources: Sources): Markup {
  if (evidence.length === 0) return html`<p class="none">No evidence.</p>`;
  const drawn = groups.map(({ title, kinds, open }) => {
    const mine = kinds.flatMap((kind) => evidence.filter((one) => one.kind === kind));
    if (mine.length === 0) return undefined;
    const cases = mine.filter((one) => one.kind === "case");
    const bundled = cases.length > 6 ? cases : [];
    const items = mine.filter((one) => !bundled.includes(one));
    const bundles = [...Map.groupBy(bundled, (one) => one.file)];
    return html`<section class="evidence"><h4>${title} <span class="count">${mine.length}</span></h4>${items.map((one) => evidenceItem(one, sources, open && mine.length <= 12))}${bundles.map(([file, all]) => caseBundle(file, all, sources))}</section>`;
  });
  return html`${drawn}`;
}

/** Many cases of one file: what did not pass stands open. */
function caseBundle(file: string, cases: readonly Evidence[], sources: Sources): Markup {
  const open = cases.some(needsLook) ? html` open` : undefined;
  const counts = countsText(
    Object.fromEntries([...Map.groupBy(cases, (one) => one.status)].map(([status, all]) => [status, all.length])),
  );
  return html`<details class="ev bundle"${open}><summary><span class="kind">cases</span><span class="name">${plural(cases.length, "case")}</span><span class="at">${file}</span><span class="at">${counts}</span></summary><div class="inner">${cases.map((one) => evidenceItem(one, sources, false))}</div></details>
`;
}

function needsLook({ status }: Evidence): boolean {
  return status !== "pass" && status !== "skip";
}

function evidenceItem(one: Evidence, sources: Sources, open: boolean): Markup {
  const state = open || needsLook(one) ? html` open` : undefined;
  const detail = one.detail === undefined ? undefined : html`<p class="detail">${one.detail}</p>`;
  return html`<details class="ev"${state}><summary><span class="kind">${one.kind}</span><span class="name">${one.name}</span><span class="at">${placeText(one)}</span>${pill(one.status)}</summary>${detail}${excerpt(one, sources)}</details>
`;
}

/** `file:row` or `file:row-end`, as editors and terminals open it. */
export function placeText({ file, row, end_row }: Pick<Evidence, "file" | "row" | "end_row">): string {
  return row === end_row ? `${file}:${row}` : `${file}:${row}-${end_row}`;
}
