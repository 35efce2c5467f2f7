import { type PolicyFiles, policyFilesOf } from "../../../src/index.js";

/** A change to one line of the shipped policies: `find` stands exactly once in the file. */
export type PlantedChange = {
  readonly id: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The rule that stops objecting; of several, one that must be among them. */
  readonly loosens: string;
};

/** Changes of one line that let something through, over all areas, in rules and in data. */
export const plantedLoosenings: readonly PlantedChange[] = [
  {
    id: "token good at its last moment",
    file: "policies/token/times.rego",
    find: "token.exp_s * 1000 > earliest_ms",
    replace: "token.exp_s * 1000 >= earliest_ms",
    loosens: "token/expired",
  },
  {
    id: "four eyes are two",
    file: "policies/approval/approvers.rego",
    find: "	not requester in approvers\n",
    replace: "",
    loosens: "approval/own_request",
  },
  {
    id: "one execution more than the limit",
    file: "policies/quota/consumptions.rego",
    find: "used < limit.limit",
    replace: "used <= limit.limit",
    loosens: "quota/exceeded",
  },
  {
    id: "a git option that writes a file",
    file: "policies/command/shared.yaml",
    find: "    --raw: {}\n",
    replace: "    --raw: {}\n    --output: {arity: required, type: path}\n",
    loosens: "command/unknown_option",
  },
  {
    id: "a path may go up once more",
    file: "policies/command/paths.rego",
    find: "count(up) <= _depth",
    replace: "count(up) <= _depth + 1",
    loosens: "command/positional_value",
  },
  {
    id: "the environment may name a library",
    file: "policies/command/environment.yaml",
    find: "    CI: {kind: enum",
    replace: "    LD_PRELOAD: {kind: path}\n    CI: {kind: enum",
    loosens: "command/env_not_allowed",
  },
  {
    id: "a build tool is for reading",
    file: "policies/command/profile.rego",
    find: "	_profile in _program.profiles",
    replace: "	is_array(_program.profiles)",
    loosens: "command/not_allowed",
  },
  {
    id: "the network need not be cut off",
    file: "policies/sandbox/isolation.yaml",
    find: "contained: [mount, net, pid, user]",
    replace: "contained: [mount, pid, user]",
    loosens: "sandbox/isolation_missing",
  },
  {
    id: "findings of unknown places go out",
    file: "policies/output/output.rego",
    find: "	not place_known\n",
    replace: "	not place_known\n	input.finding.place == \"\"\n",
    loosens: "output/unknown_place",
  },
  {
    id: "any subject is well formed",
    file: "policies/main/shape.rego",
    find: "	is_name(input.subject.id)\n",
    replace: "",
    loosens: "main/malformed_input",
  },
];

/** The same rules, said otherwise: nothing is decided differently. */
export type PlantedRefactoring = {
  readonly id: string;
  readonly file: string;
  /** Must give another text. */
  rewrite(text: string): string;
};

/** One for each way in which people tidy up. */
export const plantedRefactorings: readonly PlantedRefactoring[] = [
  {
    id: "a local variable gets another name",
    file: "policies/approval/approvers.rego",
    rewrite: (text) => text.replaceAll(/\brequester\b/g, "asker"),
  },
  {
    id: "conditions are asked in another order",
    file: "policies/main/request.rego",
    rewrite: (text) =>
      text.replace(
        "\tcount(token.violations) == 0\n\tcount(approval.violations) == 0\n",
        "\tcount(approval.violations) == 0\n\tcount(token.violations) == 0\n",
      ),
  },
  {
    id: "a comparison moves into a function",
    file: "policies/quota/consumptions.rego",
    rewrite: (text) =>
      `${text.replace("used < limit.limit", "_below(used, limit.limit)")}\n_below(used, most) if used < most\n`,
  },
  {
    id: "a comment and an empty line come in",
    file: "policies/token/times.rego",
    rewrite: (text) => text.replace("unexpired(token)", "# Not at its last moment, either.\n\nunexpired(token)"),
  },
  {
    id: "data is laid out otherwise",
    file: "policies/command/environment.yaml",
    rewrite: (text) => text.replace("{kind: enum, values: [\"true\", \"1\"]}", "\n      values: [\"true\", \"1\"]\n      kind: enum"),
  },
];

/** A policy folder with one file rewritten. */
export function rewritten(folder: PolicyFiles, file: string, rewrite: (text: string) => string): PolicyFiles {
  const files = folder.files.map(({ path, bytes }) => {
    if (path !== file) return { path, bytes };
    const text = Buffer.from(bytes).toString("utf8");
    const after = rewrite(text);
    if (after === text) throw new Error(`${file} is as it was: what was to be changed is not there`);
    return { path, bytes: Buffer.from(after) };
  });
  const made = policyFilesOf(folder.name, files);
  if (!made.ok) throw new Error("no policy folder");
  return made.value;
}

/** A policy folder with a change planted. */
export function planted(folder: PolicyFiles, { file, find, replace }: PlantedChange): PolicyFiles {
  return rewritten(folder, file, (text) => {
    if (text.split(find).length !== 2) throw new Error(`not once in ${file}: ${find}`);
    return text.replace(find, () => replace);
  });
}
