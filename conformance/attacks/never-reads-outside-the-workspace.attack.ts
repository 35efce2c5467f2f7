/**
 * Claim: a path argument that is allowed names a place inside the workspace, and a plain relative path is allowed.
 *
 * Why: `..`, doubled slashes, dots and absolute paths are how a reader of files leaves its folder.
 * How: paths of hostile and ordinary segments from several working folders, against `posix.resolve`.
 */
import { posix } from "node:path";
import fc from "fast-check";
import { type Attack, claim } from "./attack.js";
import { commandAction, localRequest } from "./base-request.js";

const segment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "src", "a.txt", "b c", "größe", ".hidden", "x..y", "...", "-") },
  { weight: 2, arbitrary: fc.constantFrom("..", ".", "") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("workspace", "workspace2", "etc", "proc", "self", "root", "~", "%2e%2e", "..%2f"),
  },
);
const path = fc
  .tuple(
    fc.constantFrom("", "", "", "/", "//", "/workspace/", "/workspace/../", "./"),
    fc.array(segment, { minLength: 1, maxLength: 6 }),
  )
  .map(([start, segments]) => start + segments.join("/"));

export const neverReadsOutsideTheWorkspace: Attack = {
  id: "never-reads-outside-the-workspace",
  claim: "a path argument that is allowed names a place inside the workspace, and a plain relative path is allowed",
  requirements: ["EXE-15"],
  weight: 2,
  property: ({ decide, data }) => {
    const limitIds = Object.keys(data.quota.limits);
    const cwds = fc.constantFrom("/workspace", "/workspace/src", "/workspace/src/deep");
    const argv = (file: string) =>
      fc.constantFrom(["cat", "--", file], ["grep", "-e", "x", "--", file], ["head", "-n", "3", "--", file]);
    return fc.property(
      path.chain((file) => fc.tuple(fc.constant(file), argv(file))),
      cwds,
      ([file, words], cwd) => {
        const decision = decide("request", localRequest(commandAction(words, { cwd }), limitIds));
        const target = posix.resolve(cwd, file);
        const inside = target === "/workspace" || target.startsWith("/workspace/");
        claim(inside || !decision.allow, () => `${JSON.stringify(words)} in ${cwd} reaches ${target}`);
        const isPlain =
          /^(?!-|~)[^/]+(\/[^/]+)*$/.test(file) &&
          !file.split("/").some((part) => [".", "..", "~", "..%2f"].includes(part));
        claim(!isPlain || decision.allow, () => `a plain path is refused: ${JSON.stringify(file)} in ${cwd}`);
      },
    );
  },
};
