import { type Place, type Problem, placesIn } from "../../src/index.js";
import type { CitedPlace, Found, SourceFile } from "./cited-place.js";
import { markersIn, unknownIds } from "./marker.js";
import type { Comment, Declaration, Syntax } from "./syntax.js";

/** How comments and docstrings open and close, in every language that is read. */
const opening = /^(?:[rRuUbBfF]{0,2}(?:"""|'''|"|')|\/\*[*!]*|\/\/[/!]*|\(\*+|\{-|--+|#[#!]*|;+|%+)/;
const closings = ['"""', "'''", '"', "'", "*/", "*)", "-}"];

/**
 * Finds what a file cites, given its comments and declarations. A marker in a comment speaks for the declaration after
 * it, past blanks and other comments; in a docstring for the declaration that holds it; before what only holds tests
 * for every test inside. It stands on a line of its own. A marker that speaks for nothing, cites an unknown id, or
 * whose declaration does not parse is a problem.
 *
 * @param known - the ids that the specifications have
 * @requirement HAR-10
 */
export function citationsIn({ file, text }: SourceFile, syntax: Syntax, known: ReadonlySet<string>): Found {
  const placeAt = placesIn(text, file);
  const problems: Problem[] = [];
  const cited = new Map<Declaration, Set<string>>();
  const byStart = new Map(syntax.comments.map((one) => [one.start, one]));
  for (const comment of syntax.comments) {
    const { markers, faults } = markersIn(innerText(text, comment));
    problems.push(...faults.map((one) => unresolved(one.message, placeAt(comment.start + one.offset))));
    for (const { offset, ids } of markers) {
      const place = placeAt(comment.start + offset);
      problems.push(...unknownIds(ids, known, place));
      const target = targetOf(comment, byStart, syntax, text);
      if (typeof target === "string") problems.push(unresolved(target, place));
      else for (const one of target) cited.set(one, new Set([...(cited.get(one) ?? []), ...ids]));
    }
  }
  const places = [...cited].map(([declaration, ids]) => placeOf(declaration, [...ids].sort(), file, placeAt));
  return { places: places.sort((a, b) => a.row - b.row), problems };
}

/** The comment without its delimiters, every offset as it was. */
function innerText(text: string, { start, end }: Comment): string {
  const blank = (part: string) => " ".repeat(part.length);
  const inner = text.slice(start, end).replace(opening, blank).trimEnd();
  const closing = closings.find((one) => inner.endsWith(one)) ?? "";
  return inner.slice(0, inner.length - closing.length);
}

/** What a comment speaks for, or why it speaks for nothing. */
function targetOf(
  comment: Comment,
  byStart: ReadonlyMap<number, Comment>,
  syntax: Syntax,
  text: string,
): readonly Declaration[] | string {
  if (comment.holder === undefined && !opensLine(text, comment.start)) {
    return "the marker stands behind code: give it a line of its own, before what it speaks for";
  }
  const after = nextCode(comment.end, byStart, text);
  const declaration = comment.holder ?? syntax.declarationAt(after);
  const { start, end } = declaration ?? { start: after, end: after };
  if (syntax.broken.some((one) => one.start <= end && start <= one.end)) {
    return "what the marker speaks for does not parse";
  }
  if (declaration === undefined) return "the marker is followed by no declaration";
  if (declaration.group === undefined) return [declaration];
  const inside = syntax.tests.filter((one) => start <= one.start && one.end <= end);
  return inside.length > 0 ? inside : "the marker speaks for a group of tests that holds none";
}

function opensLine(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset).trim() === "";
}

function nextCode(from: number, byStart: ReadonlyMap<number, Comment>, text: string): number {
  let at = from;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at += 1;
    const next = byStart.get(at);
    if (next === undefined || next.holder !== undefined) return at;
    at = next.end;
  }
}

function placeOf(
  { name, start, end, path }: Declaration,
  requirements: readonly string[],
  file: string,
  placeAt: (offset: number) => Place,
): CitedPlace {
  const row = placeAt(start).row ?? 1;
  const range = { name, file, row, end_row: placeAt(Math.max(start, end - 1)).row ?? row, requirements };
  return path === undefined ? { kind: "code", ...range } : { kind: "test", ...range, path };
}

function unresolved(message: string, place: Place): Problem {
  return { code: "evidence/unresolved", message, place };
}
