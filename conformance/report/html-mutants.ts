import type { ProofResult } from "../../src/index.js";
import { html, type Markup } from "./html-markup.js";
import { grouped, plural } from "./report-words.js";

type Place = ProofResult["places"][number];
type Mutant = Place["mutants"][number];

/** How the state of a proof is coloured. */
const pills: Readonly<Record<ProofResult["state"], string>> = {
  killed: "pass",
  survived: "fail",
  stale: "stale",
  missing: "unverified",
};

/** What breaking the cited lines showed: each place with who noticed, and what nobody did as a diff. */
export function mutantSection(proof: ProofResult | undefined): Markup | undefined {
  if (proof === undefined) return undefined;
  const counts = plural(proof.killed + proof.survived, "mutant");
  return html`<section class="evidence"><h4>Broken on purpose <span class="count">${counts}</span></h4>${proof.places.map(placeItem)}</section>`;
}

function placeItem(place: Place): Markup {
  const { kind, name, file, row, state, killed, survived, equivalent, mutants, killers } = place;
  const open = survived > 0 ? html` open` : undefined;
  const same = equivalent > 0 ? `, ${grouped(equivalent)} equivalent` : "";
  const survivors = mutants.filter((one) => one.diff !== undefined);
  const rest = mutants.filter((one) => one.diff === undefined);
  const unlisted = killed + survived + equivalent - mutants.length;
  return html`<details class="ev"${open}><summary><span class="kind">${kind}</span><span class="name">${name}</span><span class="at">${file}:${row}</span><span class="at">${grouped(killed)} killed, ${grouped(survived)} survived${same}</span><span class="pill ${pills[state]}">${state}</span></summary><div class="inner">${survivors.map((one) => survivor(one))}${killerList(killers)}${mutantTable(rest)}${unlisted > 0 ? html`<p class="none">${plural(unlisted, "more mutant")}</p>` : undefined}</div></details>
`;
}

function survivor({ row, mutator, why = "", diff = "" }: Mutant): Markup {
  const lines = diff.split("\n").map((line) => {
    const kind = line.startsWith("-") ? "was" : "now";
    return html`<span class="l ${kind}">${line}
</span>`;
  });
  return html`<p class="detail">${mutator} in row ${row}: ${why}</p><pre class="code diff" tabindex="0" aria-label="Survivor in row ${row}"><code>${lines}</code></pre>`;
}

function killerList(killers: Place["killers"]): Markup | undefined {
  if (killers.length === 0) return undefined;
  const items = killers.map(
    ({ trial, mutants }) => html`<li>${trial} <span class="count">${grouped(mutants)}</span></li>`,
  );
  return html`<p class="none">Noticed by</p><ul class="killers">${items}</ul>`;
}

function mutantTable(mutants: readonly Mutant[]): Markup | undefined {
  if (mutants.length === 0) return undefined;
  const rows = mutants.map(
    ({ row, mutator, replacement, killed_by }) =>
      html`<tr><td class="n">${row}</td><td>${mutator}</td><td><code>${replacement}</code></td><td>${killed_by ?? "equivalent"}</td></tr>`,
  );
  return html`<details class="more"><summary>${plural(mutants.length, "mutant")} that did not survive</summary><div class="scroll" tabindex="0" role="region" aria-label="Mutants"><table><thead><tr><th scope="col" class="n">Row</th><th scope="col">Mutator</th><th scope="col">Instead</th><th scope="col">Noticed by</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}
