import { ladders, type RequirementResult } from "../../src/index.js";
import { html, type Markup } from "./html-markup.js";

type Laddered = Pick<RequirementResult, "method" | "reached" | "demanded">;

/** The ladder as a small picture: a bar for each rung, rising, filled where reached, underlined where demanded. */
export function ladderPicture(one: Laddered): Markup {
  const rungs = ladders[one.method];
  const bars = rungs.map((rung, at) => {
    const height = 6 + at * (14 / rungs.length);
    const kind = one.reached.includes(rung) ? "on" : beyond(one, at) ? "later" : "off";
    return html`<rect class="${kind}" x="${at * 9}" y="${(20 - height).toFixed(1)}" width="7" height="${height.toFixed(1)}" rx="1"/>`;
  });
  const goal = placeOf(one);
  const line = goal === -1 ? undefined : html`<rect class="goal" x="${goal * 9}" y="22" width="7" height="2"/>`;
  return html`<svg class="ladder" viewBox="0 0 45 24" width="45" height="24" role="img" aria-label="${sentence(one)}">${bars}${line}</svg>`;
}

/** The ladder with its words. */
export function ladderList(one: Laddered): Markup {
  const steps = ladders[one.method].map((rung, at) => {
    const on = one.reached.includes(rung);
    const kind = on ? "on" : beyond(one, at) ? "later" : "off";
    const word = on ? "reached" : beyond(one, at) ? "not demanded" : "missing";
    const goal = rung === one.demanded ? html` <span class="goal">demanded</span>` : undefined;
    return html`<li class="${kind}"><span class="rung">${rung.replaceAll("_", " ")}</span> <span class="said">${word}${goal}</span></li>`;
  });
  return html`<ol class="rungs" aria-label="Ladder">${steps}</ol>`;
}

/** Whether a rung stands above what this version demands. */
function beyond({ method, demanded }: Laddered, at: number): boolean {
  return at > placeOf({ method, demanded });
}

/** Where the demanded rung stands on the ladder; -1 where none is. */
function placeOf({ method, demanded }: Pick<Laddered, "method" | "demanded">): number {
  const rungs: readonly (string | null)[] = ladders[method];
  return rungs.indexOf(demanded);
}

function sentence({ method, reached, demanded }: Laddered): string {
  const top = reached.at(-1);
  const count = `${reached.length} of ${ladders[method].length} rungs`;
  const state = top === undefined ? `no rung reached` : `${top.replaceAll("_", " ")} reached, ${count}`;
  return demanded === null ? `${state}, none demanded yet` : `${state}, ${demanded.replaceAll("_", " ")} demanded`;
}
