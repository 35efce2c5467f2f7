import type { ProofResult } from "../../src/index.js";
import { markdownBlock, markdownCode, markdownText } from "./markdown-text.js";
import { grouped, plural } from "./report-words.js";

/** Most survivors that are shown of one requirement, and most killers that are named of one place. */
const most = { survivors: 20, killers: 5 } as const;

/** What breaking the cited lines showed, a line a place, and what nobody noticed as diffs. */
export function mutantsBlock(proof: ProofResult | undefined): string[] {
  if (proof === undefined) return [];
  const survivors = proof.places.flatMap((place) =>
    place.mutants.filter((one) => one.diff !== undefined).map((one) => ({ file: place.file, ...one })),
  );
  const rest = proof.survived - Math.min(survivors.length, most.survivors);
  return [
    "",
    `Broken on purpose: ${grouped(proof.killed)} killed, ${grouped(proof.survived)} survived, ${grouped(proof.equivalent)} equivalent (${proof.state})`,
    "",
    ...proof.places.map(placeLine),
    ...survivors
      .slice(0, most.survivors)
      .flatMap(({ file, row, mutator, why = "", diff = "" }) => [
        "",
        `Survivor at ${markdownCode(`${file}:${row}`)}, ${markdownText(mutator)}: ${markdownText(why)}`,
        "",
        markdownBlock(diff.replaceAll("\t", "  ")),
      ]),
    ...(rest > 0 ? ["", `And ${plural(rest, "more survivor")}.`] : []),
  ];
}

function placeLine({ kind, name, file, row, state, killed, survived, killers }: ProofResult["places"][number]): string {
  const by = killers.slice(0, most.killers).map(({ trial, mutants }) => `${markdownCode(trial)} ${mutants}`);
  const others = killers.length - by.length;
  const who = by.length === 0 ? "" : `, noticed by ${by.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
  return `- ${kind} ${markdownCode(name)} at ${markdownCode(`${file}:${row}`)}: ${state}, ${killed} of ${plural(killed + survived, "mutant")} killed${who}`;
}
