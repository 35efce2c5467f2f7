import type { SpecFile } from "../spec/index.js";
import { type AnchorField, anchorFault, anchorsIn, noAnchor } from "./anchor-text.js";
import type { PacketFinding } from "./packet-rules.js";
import type { ResolvedAnchor, SpecPlace } from "./resolve-anchor.js";
import { isInRanges, type SectionNumber, sectionNumber, shownSection } from "./section-number.js";
import { type RequiredItem, type SpecSection, sectionsUnder, specSections } from "./spec-document.js";

/** Which sections are a plan, and which are what is to be built. */
export type SectionRanges = Pick<SpecPlace, "roadmap" | "mainBody">;

/** A section on the way from an anchor, and the section that points to it: none to the anchor's own. */
export type Step = { readonly number: SectionNumber; readonly from: string | undefined };

/** Looks anchors up in a spec in Markdown: the sections of the main body that they lead to, and all that these require. */
export function markdownAnchor(at: AnchorField, spec: SpecFile, ranges: SectionRanges): Omit<ResolvedAnchor, "spec"> {
  const sections = specSections(spec.text, spec.file);
  const findings: PacketFinding[] = [];
  const done = new Map<string, SectionNumber>();
  const told = new Set<string>();
  for (const anchor of new Set(anchorsIn(at.field))) {
    const number = sectionNumber(anchor);
    if (number === undefined) {
      findings.push(noAnchor(anchor, spec.file, at));
      continue;
    }
    const steps = stepsFrom(number, sections, ranges);
    const reached = doneSections(steps, sections, ranges);
    for (const one of reached) done.set(shownSection(one), one);
    for (const step of steps.filter((one) => !told.has(shownSection(one.number)))) {
      // Where the ways of two anchors meet, what is wrong there is told once.
      told.add(shownSection(step.number));
      findings.push(...stepFaults(step, rowsOf(step.number, sections), spec.file, at));
    }
    findings.push(...anchorFaults(number, rowsOf(number, sections), reached.length, ranges, spec.file, at));
  }
  const requirements = requirementsOf([...done.values()], sections);
  return { sections: [...done.keys()], requirements, findings };
}

/**
 * What a section is by its number: a roadmap's, which only points elsewhere; of the main body, which defines done;
 * or neither. Without ranges of the main body, all is that is not the roadmap's.
 *
 * @requirement MEX-14, MEX-18
 */
export function sectionRole(number: SectionNumber, { roadmap, mainBody }: SectionRanges): "roadmap" | "body" | "other" {
  if (isInRanges(number, roadmap)) return "roadmap";
  return mainBody.length === 0 || isInRanges(number, mainBody) ? "body" : "other";
}

/**
 * The way from an anchor: itself, and of a roadmap's section those that it and all below it point to, and so on.
 *
 * @requirement MEX-14
 */
export function stepsFrom(
  anchor: SectionNumber,
  sections: readonly SpecSection[],
  ranges: SectionRanges,
): readonly Step[] {
  const steps = new Map<string, Step>([[shownSection(anchor), { number: anchor, from: undefined }]]);
  for (const [from, { number }] of steps) {
    if (sectionRole(number, ranges) !== "roadmap") continue;
    for (const to of sectionsUnder(sections, number).flatMap(({ pointers }) => pointers)) {
      const shown = shownSection(to);
      if (!steps.has(shown)) steps.set(shown, { number: to, from });
    }
  }
  return [...steps.values()];
}

/**
 * The sections that define done: those on the way that are there and of the main body. What a roadmap says itself is not
 * among them.
 *
 * @requirement MEX-14, MEX-18
 */
export function doneSections(
  steps: readonly Step[],
  sections: readonly SpecSection[],
  ranges: SectionRanges,
): readonly SectionNumber[] {
  const numbers = steps.map(({ number }) => number);
  return numbers.filter((one) => sectionRole(one, ranges) === "body" && rowsOf(one, sections).length > 0);
}

/**
 * Every rule, schema and invariant of sections and of all below them, each once.
 *
 * @requirement MEX-14, MEX-18
 */
export function requirementsOf(
  numbers: readonly SectionNumber[],
  sections: readonly SpecSection[],
): readonly RequiredItem[] {
  const under = numbers.flatMap((number) => sectionsUnder(sections, number));
  return [...new Set(under)].flatMap(({ items }) => items);
}

/** The rows of the headings that have a number: none where it is not there, several where it stands twice. */
function rowsOf(number: SectionNumber, sections: readonly SpecSection[]): readonly number[] {
  const shown = shownSection(number);
  return sections.filter((one) => shownSection(one.number) === shown).map(({ row }) => row);
}

/**
 * What is wrong with a section on the way: it is not there, or stands twice.
 *
 * @requirement MEX-14
 */
export function stepFaults(
  { number, from }: Step,
  rows: readonly number[],
  spec: string,
  at: AnchorField,
): PacketFinding[] {
  const shown = shownSection(number);
  const [row] = rows;
  if (row === undefined) {
    if (from === undefined) return [noAnchor(shown, spec, at)];
    return [{ rule: "SPEC-POINTER", message: `${from} points to ${shown}, which is not there`, file: spec }];
  }
  if (rows.length === 1) return [];
  const message = `${shown} stands more than once in ${spec}: rows ${rows.join(", ")}`;
  return [{ rule: "SPEC-ANCHOR", message, file: spec, row }];
}

/**
 * What is wrong with an anchor that is there, but leads to nothing that defines done.
 *
 * @param reached - how many sections of the main body it leads to
 * @requirement MEX-14
 */
export function anchorFaults(
  number: SectionNumber,
  [row]: readonly number[],
  reached: number,
  ranges: SectionRanges,
  spec: string,
  at: AnchorField,
): PacketFinding[] {
  if (row === undefined || reached > 0) return [];
  const shown = shownSection(number);
  if (sectionRole(number, ranges) === "roadmap") {
    const message = `${shown} is a roadmap's and names no section of the main body`;
    const hint = "let it say which sections define done, such as §11.8";
    return [{ rule: "SPEC-POINTER", message, file: spec, row, hint }];
  }
  const message = `${shown} of ${spec} is neither in the roadmap nor in the main body`;
  return [{ ...anchorFault("SPEC-ANCHOR", message, at), hint: "see packets in lockkeeper.yaml" }];
}
