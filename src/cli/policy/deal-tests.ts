import type { PolicyTree } from "../../policy/index.js";

/**
 * Deals tests out to workers: regular expressions (RE2) over `data.<package>.<test>`, of which exactly one matches each
 * test, whatever its name is. They go by the last character of the name, weighed by how much source the tests have whose
 * names end so: long tests take long.
 *
 * @returns one expression for each hand; the empty one, which matches all, for a single hand
 */
export function dealTests(tree: Pick<PolicyTree, "tests">, hands: number): readonly string[] {
  if (hands < 2) return [""];
  const dealt = Array.from({ length: hands }, () => ({ weight: 0, endings: "" }));
  for (const [ending, weight] of [...weights(tree)].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))) {
    const [least] = dealt.toSorted((a, b) => a.weight - b.weight);
    if (least === undefined) continue;
    least.weight += weight;
    least.endings += ending;
  }
  // The last takes every other ending, too.
  const others = dealt.slice(0, -1).map(({ endings }) => endings);
  const taken = others.filter((endings) => endings !== "");
  return [...taken.map((endings) => `[${endings}]$`), taken.length === 0 ? "" : `[^${taken.join("")}]$`];
}

/** How much source follows the names that end in each letter or digit. */
function weights({ tests }: Pick<PolicyTree, "tests">): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { text } of tests) {
    const starts = [...text.matchAll(/^test_\w*([a-zA-Z0-9])\b/gm)];
    for (const [index, start] of starts.entries()) {
      const ending = start[1] ?? "";
      const length = (starts[index + 1]?.index ?? text.length) - start.index;
      found.set(ending, (found.get(ending) ?? 0) + length);
    }
  }
  return found;
}
