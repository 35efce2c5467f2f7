/**
 * Measures what the project promises, each figure beside its bar and its peer in the same run: `npm run bench`.
 * Results also go to reports/bench.json; where rooms are named, the figures of the others stay. A machine that does other things at the same time shows in all of them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { auditFigures } from "./audit.js";
import { commandFigures } from "./commands.js";
import { coverageFigures } from "./coverage.js";
import { decisionFigures } from "./decision.js";
import type { Figure } from "./figure.js";
import { gatewayFigures } from "./gateway.js";
import { largeRepositoryFigures } from "./large-repository.js";
import { policyDiffFigures } from "./policy-diff.js";
import { sandboxFigures } from "./sandbox.js";
import { storeFigures } from "./store.js";
import { targetFigures } from "./target.js";
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
  target: targetFigures,
  coverage: coverageFigures,
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
writeFileSync("reports/bench.json", `${JSON.stringify([...earlier(), ...figures], null, 2)}\n`);
process.exitCode = figures.some(({ met }) => met === false) ? 2 : 0;

/** The figures of an earlier run that this one did not measure again. */
function earlier(): Figure[] {
  if (chosen.length === 0 || !existsSync("reports/bench.json")) return [];
  const known: Figure[] = JSON.parse(readFileSync("reports/bench.json", "utf8"));
  return known.filter(({ name }) => !figures.some((one) => one.name === name));
}
