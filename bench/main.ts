/**
 * Measures what the project promises, each figure beside its bar and its peer in the same run: `npm run bench`.
 * Results also go to reports/bench.json. A machine that does other things at the same time shows in all of them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { auditFigures } from "./audit.js";
import { commandFigures } from "./commands.js";
import { decisionFigures } from "./decision.js";
import type { Figure } from "./figure.js";
import { gatewayFigures } from "./gateway.js";
import { largeRepositoryFigures } from "./large-repository.js";
import { policyDiffFigures } from "./policy-diff.js";
import { sandboxFigures } from "./sandbox.js";
import { storeFigures } from "./store.js";
import { tokenFigures } from "./token.js";

const chosen = process.argv.slice(2);
const rooms: Readonly<Record<string, () => Figure[] | Promise<Figure[]>>> = {
  decision: decisionFigures,
  commands: commandFigures,
  "policy-diff": policyDiffFigures,
  repository: largeRepositoryFigures,
  sandbox: sandboxFigures,
  store: storeFigures,
  token: tokenFigures,
  gateway: gatewayFigures,
  audit: auditFigures,
};

const figures: Figure[] = [];
for (const [name, measure] of Object.entries(rooms)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  for (const figure of await measure()) {
    figures.push(figure);
    const { name: what, value, unit, bar = "", met, peer, skipped } = figure;
    const verdict = met === undefined ? "" : met ? "met" : "MISSED";
    const beside = peer === undefined ? "" : `(${peer.name}: ${peer.value})`;
    console.log(
      skipped === undefined ? `${what}: ${value} ${unit}  ${bar} ${verdict} ${beside}` : `${what}: skipped, ${skipped}`,
    );
  }
}
mkdirSync("reports", { recursive: true });
writeFileSync("reports/bench.json", `${JSON.stringify(figures, null, 2)}\n`);
process.exitCode = figures.some(({ met }) => met === false) ? 2 : 0;
