import type { Config } from "../config/index.js";
import { anchorFindings, specPlaceOf } from "../packet/index.js";
import { type Regression, regression } from "./regressions.js";

/**
 * Names every work packet whose anchor the current spec does not have, and a current spec that is not there. Where the
 * configuration speaks of no packets, there is none to look at.
 *
 * @requirement MEX-10
 */
export function anchorRegressions({ root, packets }: Pick<Config, "root" | "packets">): readonly Regression[] {
  if (packets === undefined) return [];
  return anchorFindings(specPlaceOf(root, packets), packets.folder).map(({ rule, message, file, row }) => {
    const at = row === undefined ? file : `${file}:${row}`;
    return regression("", "anchor", "every anchor resolves in the current spec", `${at}: ${message} [${rule}]`);
  });
}
