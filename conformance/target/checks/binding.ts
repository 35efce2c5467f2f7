import { bodyOf, refuses } from "../attempts.js";
import { failed, type TargetCheck, type TargetSuite, type Verdict } from "../check.js";
import { partsOf, signToken } from "../compact-token.js";
import type { Target } from "../target.js";

/** A good token for a command that was not approved is no good. */
const refusing = [401, 403];

/** Presents a token for the attempted command with other members in the body. */
async function swap(target: Target, members: object): Promise<Verdict> {
  const granted = await target.grant();
  return refuses(target, () => target.execute({ ...bodyOf(granted), ...members }, granted.token), refusing);
}

const words = (command: string | readonly string[]): readonly string[] =>
  typeof command === "string" ? command.split(" ") : command;

const swaps: readonly (readonly [string, TargetCheck["needs"], (target: Target) => object])[] = [
  ["another command", [], ({ config }) => ({ command: config.commands.other })],
  [
    "one more argument",
    ["arguments"],
    ({ config: { commands } }) => ({
      command: [...words(commands.witness?.command ?? commands.allowed.command), "more"],
    }),
  ],
  ["another working directory", ["arguments"], () => ({ cwd: "/tmp" })],
  ["another environment", ["arguments"], () => ({ env: { LC_ALL: "C" } })],
  ["other standard input", ["arguments"], () => ({ stdin_base64: "AA==" })],
];

const commandChecks = swaps.map(
  ([what, needs, members], index): TargetCheck => ({
    id: `http-binding-command-${index + 1}`,
    title: `refuses a token with ${what} than it was made for`,
    requirements: ["EXE-07"],
    needs,
    run: (target) => swap(target, members(target)),
  }),
);

const otherApproval: TargetCheck = {
  id: "http-binding-approval",
  title: "refuses a token with the approval of another request",
  requirements: ["EXE-05"],
  needs: ["approvals", "person:requester", "person:approver"],
  run: async (target) => {
    const [mine, other] = [await target.grant(), await target.grant()];
    return refuses(
      target,
      () => target.execute(bodyOf({ ...mine, approval_id: other.approval_id }), mine.token),
      refusing,
    );
  },
};

const noApproval: TargetCheck = {
  id: "http-binding-unknown",
  title: "refuses a token with an approval that nobody gave",
  requirements: ["EXE-05", "EXE-06"],
  needs: [],
  run: (target) => swap(target, { approval_id: "nobody-gave-this-approval" }),
};

const forgedApproval: TargetCheck = {
  id: "http-binding-store",
  title: "refuses a well-signed token for an approval that the store does not have",
  requirements: ["EXE-06"],
  needs: ["key", "approvals"],
  run: async (target) => {
    const granted = await target.grant();
    const parts = partsOf(granted.token);
    if (parts === undefined || target.key === undefined) return failed("its token cannot be read");
    const approval_id = "nobody-gave-this-approval";
    const token = signToken(parts.header, { ...parts.claims, approval_id }, target.key);
    return refuses(target, () => target.execute({ ...bodyOf(granted), approval_id }, token), refusing);
  },
};

/** What a token is bound to. */
export const bindingSuite: TargetSuite = {
  file: "conformance/target/checks/binding.ts",
  checks: [...commandChecks, otherApproval, noApproval, forgedApproval],
};
