import { type Comment, parseSync } from "oxc-parser";
import { type Place, type Problem, placesIn } from "../../src/index.js";
import type { CitedPlace, Found, SourceFile } from "./cited-place.js";
import { markersIn, markerWord, unknownIds } from "./marker.js";
import { type Declared, type Nodes, nodesOf, type TestNode } from "./typescript-nodes.js";

/**
 * Finds what a TypeScript or JavaScript file cites. A marker in a doc comment speaks for the declaration after it
 * (kind `code`), a marker in a comment before `it`, `test` or `describe` for that test or for all tests inside
 * (kind `test`). A marker before anything else, with an unknown id, or in a file that does not parse is a problem.
 *
 * Files without the marker's word are not parsed, so that a large tree costs little.
 *
 * @param known - the ids that the specifications have
 * @requirement HAR-02
 */
export function evidenceInTypeScript({ file, text }: SourceFile, known: ReadonlySet<string>): Found {
  if (!text.includes(markerWord)) return { places: [], problems: [] };
  const placeAt = placesIn(text, file);
  const parsed = parseSync(file, text);
  const [fault] = parsed.errors;
  if (fault !== undefined) {
    const message = `the file does not parse, so its markers cannot be resolved: ${fault.message}`;
    return {
      places: [],
      problems: [unresolved(message, placeAt(Math.max(0, ...fault.labels.map(({ start }) => start))))],
    };
  }

  const cited = new Map<Declared, Set<string>>();
  const problems: Problem[] = [];
  const nodes = nodesOf(parsed, text);
  const comments = new Map(parsed.comments.map((one) => [one.start, one]));
  for (const comment of parsed.comments) {
    const { markers, faults } = markersIn(comment.value);
    const opening = comment.start + 2;
    problems.push(...faults.map((one) => unresolved(one.message, placeAt(opening + one.offset))));
    for (const marker of markers) {
      const place = placeAt(opening + marker.offset);
      problems.push(...unknownIds(marker.ids, known, place));
      const targets = targetsOf(comment, comments, nodes, text);
      if (targets.length === 0) problems.push(nothingFollows(comment, place));
      for (const target of targets) {
        cited.set(target, new Set([...(cited.get(target) ?? []), ...marker.ids]));
      }
    }
  }
  const places = [...cited].map(([node, ids]) => placeOf(node, [...ids].sort(), file, placeAt));
  return { places, problems };
}

/** What a comment speaks for: the node that opens right after it, past blanks and other comments. */
function targetsOf(comment: Comment, comments: CommentsByStart, nodes: Nodes, text: string): readonly Declared[] {
  const at = nextCode(comment.end, comments, text);
  const test = nodes.tests.get(at);
  if (test !== undefined) return test.group ? testsInside(test, nodes) : [test];
  const declared = nodes.declared.get(at);
  return declared !== undefined && isDoc(comment) ? [declared] : [];
}

type CommentsByStart = ReadonlyMap<number, Comment>;

function nextCode(from: number, comments: CommentsByStart, text: string): number {
  let at = from;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at += 1;
    const next = comments.get(at);
    if (next === undefined) return at;
    at = next.end;
  }
}

function testsInside(group: TestNode, nodes: Nodes): readonly TestNode[] {
  return [...nodes.tests.values()].filter((one) => !one.group && one.start > group.start && one.end <= group.end);
}

function isDoc(comment: Comment): boolean {
  return comment.type === "Block" && comment.value.startsWith("*");
}

function placeOf(
  node: Declared,
  requirements: readonly string[],
  file: string,
  placeAt: (offset: number) => Place,
): CitedPlace {
  const row = placeAt(node.start).row ?? 1;
  const range = { file, row, end_row: placeAt(Math.max(node.start, node.end - 1)).row ?? row, requirements };
  return isTest(node)
    ? { kind: "test", name: node.name, ...range, title: node.title }
    : { kind: "code", name: node.name, ...range };
}

function isTest(node: Declared): node is TestNode {
  return "title" in node;
}

function nothingFollows(comment: Comment, place: Place): Problem {
  return isDoc(comment)
    ? unresolved("the marker is followed by no declaration and no test", place)
    : unresolved("the marker is followed by no test", place, "code cites in its doc comment: /** … @requirement ID */");
}

function unresolved(message: string, place: Place, hint?: string): Problem {
  return { code: "evidence/unresolved", message, place, ...(hint === undefined ? {} : { hint }) };
}
