import type { CheckResult, Report } from "../../src/index.js";
import { failing } from "./findings.js";
import { html, type Markup } from "./html-markup.js";
import { pill } from "./html-requirement.js";
import { countsText, grouped, plural } from "./report-words.js";

const titles: readonly { readonly kind: CheckResult["kind"]; readonly title: string }[] = [
  { kind: "attack", title: "Property attacks" },
  { kind: "differential", title: "Engine against interpreter" },
  { kind: "fault", title: "Planted faults" },
  { kind: "case", title: "Cases" },
  { kind: "test", title: "Tests" },
];

/** Everything that was tried: by kind, cases by suite; groups with something to look at stand open. */
export function checksSection({ checks, requirements }: Report): Markup {
  const ids = new Set(requirements.map((one) => one.id));
  const kinds = titles.map(({ kind, title }) => {
    const mine = checks.filter((check) => check.kind === kind);
    if (mine.length === 0) return undefined;
    const groups = kind === "case" ? [...Map.groupBy(mine, (check) => check.file)] : [["", mine] as const];
    return html`<h3>${title} <span class="count">${grouped(mine.length)}</span></h3>${groups.map(([file, items]) => group(file, items, ids))}`;
  });
  const none = checks.length === 0 ? html`<p class="none">No check ran.</p>` : undefined;
  return html`<section class="card" aria-labelledby="checks"><h2 id="checks">What was tried</h2>${none}${kinds}</section>`;
}

function group(file: string, checks: readonly CheckResult[], ids: ReadonlySet<string>): Markup {
  const items = checks.map((check) => item(check, ids));
  if (file === "") return html`<div class="list">${items}</div>`;
  const open = checks.some((check) => failing.has(check.status)) ? html` open` : undefined;
  const counts = countsText(
    Object.fromEntries([...Map.groupBy(checks, (one) => one.status)].map(([status, all]) => [status, all.length])),
  );
  const name =
    file
      .split("/")
      .at(-1)
      ?.replace(/\.ya?ml$/, "") ?? file;
  return html`<details class="suite"${open}><summary><span class="name">${name}</span><span class="at">${counts}</span></summary><div class="list">${items}</div></details>
`;
}

function item(check: CheckResult, ids: ReadonlySet<string>): Markup {
  const { id, title, status, file, row, inputs, requirements, detail, kind } = check;
  const links = requirements.map((one) => (ids.has(one) ? html` <a href="#${one}">${one}</a>` : html` ${one}`));
  const many =
    inputs > 1 || kind === "attack" ? html` <span class="inputs">${plural(inputs, "input")}</span>` : undefined;
  const find = `${id} ${title} ${file} ${requirements.join(" ")}`.toLowerCase();
  const told = detail === undefined ? undefined : html`<pre class="detail">${detail}</pre>`;
  return html`<div class="check" id="check-${kind}-${id}" data-status="${status}" data-find="${find}">${pill(status)}<span class="name">${id}</span><span class="title">${title}</span><span class="at">${file}:${row}${many}</span><span class="cites">${links}</span>${told}</div>
`;
}
