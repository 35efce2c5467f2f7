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

/** Changes that decide nothing differently. */
export const plantedRefactorings: readonly Omit<PlantedChange, "loosens">[] = [];
