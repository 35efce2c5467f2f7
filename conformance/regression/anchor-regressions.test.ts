import { afterEach, beforeEach, expect, it } from "vitest";
import { anchorRegressions } from "./anchor-regressions.js";
import { type RepositoryExample, repositoryExample } from "./testdata/repository-example.js";

let repository: RepositoryExample;
beforeEach(() => {
  repository = repositoryExample();
});
afterEach(() => repository[Symbol.dispose]());

const spec = "# Spec\n\n## 1 Gates\n\nThe gate MUST close.\n\n## 2 Quotas\n\nA quota MUST hold.\n";
const packet = "# WP-1\n\n## SCOPE\n\nSPEC_ANCHOR: §2\n\n## AUTHORITY\n\nSPEC_CURRENT: docs/spec.md\n";
const packets = { folder: "packets", task_board: "packets/board.md", spec_current: "docs/spec.md" };

const found = (over: object = {}) => {
  const { root } = repository.config;
  return anchorRegressions({ root, packets: { ...packets, ...over } }).map(({ kind, after }) => `${kind} ${after}`);
};

/** @requirement MEX-10 */
it("names each packet whose anchor is gone, and a spec that is not there; and nothing where all resolve", () => {
  repository.write({ "docs/spec.md": spec, "packets/WP-1.md": packet });
  expect(found()).toEqual([]);
  repository.write({ "docs/spec.md": spec.replace("## 2 Quotas", "## 3 Quotas"), "packets/WP-2.md": packet });
  expect(found()).toEqual([
    expect.stringMatching(/^anchor packets\/WP-1\.md:\d+: docs\/spec\.md has no §2 \[SPEC-ANCHOR\]$/),
    expect.stringMatching(/^anchor packets\/WP-2\.md:\d+: docs\/spec\.md has no §2 \[SPEC-ANCHOR\]$/),
  ]);
  expect(anchorRegressions({ root: repository.config.root, packets })[0]).toEqual({
    requirement: "",
    kind: "anchor",
    before: "every anchor resolves in the current spec",
    after: "packets/WP-1.md:5: docs/spec.md has no §2 [SPEC-ANCHOR]",
    text: expect.stringMatching(/^an anchor of the spec: before every anchor resolves .*; after packets\/WP-1\.md:5: /),
  });
  expect(found({ spec_current: "docs/gone.md" })).toEqual([
    expect.stringMatching(/^anchor docs\/gone\.md: .*SPEC-CURRENT\]$/),
  ]);
  expect(anchorRegressions({ root: repository.config.root })).toEqual([]);
});
