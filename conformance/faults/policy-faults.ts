/** A line of policy, and a worse one in its place: small enough to slip through a review. */
export type PolicyFault = {
  readonly id: string;
  readonly title: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
};

/** One fault or more in each gate. A run must notice every one of them. */
export const policyFaults: readonly PolicyFault[] = [
  {
    id: "token-expiry-includes-its-last-moment",
    title: "a token is still good at the moment it expires",
    file: "policies/token/times.rego",
    find: "unexpired(token) if token.exp_s * 1000 > earliest_ms",
    replace: "unexpired(token) if token.exp_s * 1000 >= earliest_ms",
  },
  {
    id: "token-not-before-is-ignored",
    title: "a token is good before it begins",
    file: "policies/token/times.rego",
    find: "begun(token) if token.nbf_s * 1000 <= latest_ms",
    replace: "begun(token) if is_number(token.nbf_s)",
  },
  {
    id: "token-replay-is-not-looked-at",
    title: "a token is good for any number of executions",
    file: "policies/token/binding.rego",
    find: "unused(token) if token.replayed == false",
    replace: "unused(token) if is_boolean(token.replayed)",
  },
  {
    id: "token-of-a-lost-store-is-accepted",
    title: "a token older than the nonce store is accepted",
    file: "policies/token/times.rego",
    find: "token.iat_s >= token.store_since_s",
    replace: "token.iat_s >= 0",
  },
  {
    id: "token-subject-is-not-compared",
    title: "a capability can be handed on",
    file: "policies/token/binding.rego",
    find: "own(token) if token.sub == input.subject.id",
    replace: "own(token) if is_string(token.sub)",
  },
  {
    id: "token-command-is-not-compared",
    title: "a token is good for any command",
    file: "policies/token/binding.rego",
    find: "token.cmd_hash == input.action.cmd_hash",
    replace: "is_string(token.cmd_hash)",
  },
  {
    id: "approval-of-any-state-is-good",
    title: "a rejected or pending approval is good",
    file: "policies/approval/approval.rego",
    find: 'approved(approval) if approval.state == "approved"',
    replace: "approved(approval) if is_string(approval.state)",
  },
  {
    id: "four-eyes-count-two",
    title: "people may approve what they asked for",
    file: "policies/approval/approvers.rego",
    find: "not requester in approvers",
    replace: "is_string(requester)",
  },
  {
    id: "kill-switch-is-not-looked-at",
    title: "the kill switch stops nothing",
    file: "policies/main/request.rego",
    find: "kill_switch_released if input.kill_switch.engaged == false",
    replace: "kill_switch_released if is_boolean(input.kill_switch.engaged)",
  },
  {
    id: "command-options-are-not-all-known",
    title: "an unknown option passes",
    file: "policies/command/options.rego",
    find: "reading[0] == null",
    replace: "reading == null",
  },
  {
    id: "command-values-are-not-checked",
    title: "an option takes any value",
    file: "policies/command/options.rego",
    find: "not _value_fits(i, option, value, takes_next)",
    replace: "option == i",
  },
  {
    id: "command-paths-lead-anywhere",
    title: "an absolute path may lead out of the workspace",
    file: "policies/command/paths.rego",
    find: '_below_workspace(path)\n\tnot ".." in split(path, "/")',
    replace: 'not ".." in split(path, "/")',
  },
  {
    id: "command-paths-lead-upwards",
    title: "a relative path may lead out of the workspace",
    file: "policies/command/paths.rego",
    find: "count(up) <= _depth",
    replace: "count(up) <= _depth + 1",
  },
  {
    id: "command-repository-is-trusted",
    title: "the configuration of a hostile repository is obeyed",
    file: "policies/command/repository.rego",
    find: "not _repository_trusted",
    replace: "not is_string(_repository)",
  },
  {
    id: "command-environment-is-free",
    title: "a request may set any variable",
    file: "policies/command/environment.rego",
    find: "not _variable_fits(name, value)",
    replace: "not is_string(value)",
  },
  {
    id: "quota-lets-one-more-through",
    title: "a limit is one higher than it says",
    file: "policies/quota/consumptions.rego",
    find: "used < limit.limit",
    replace: "used <= limit.limit",
  },
  {
    id: "quota-without-usage-passes",
    title: "a limit whose usage nobody knows does not count",
    file: "policies/quota/quota.rego",
    find: "not usage_known(id, limit)",
    replace: "not is_string(id)",
  },
  {
    id: "isolation-not-in-force-counts",
    title: "isolation that is not in force counts",
    file: "policies/sandbox/sandbox.rego",
    find: "input.isolation[kind] == true\n\t}",
    replace: "is_boolean(input.isolation[kind])\n\t}",
  },
  {
    id: "limits-can-be-loosened",
    title: "a request may ask for more than policy allows",
    file: "policies/sandbox/limits.rego",
    find: "value <= data.sandbox.limits[command.risk][name]",
    replace: "is_number(data.sandbox.limits[command.risk][name])",
  },
  {
    id: "output-of-unknown-kind-passes",
    title: "a finding nobody described goes out",
    file: "policies/output/output.rego",
    find: "not kind_known\n}",
    replace: "not kind_known\n\tfalse\n}",
  },
  {
    id: "output-fields-are-compared-as-spelt",
    title: "a sensitive field in capitals passes",
    file: "policies/output/fields.rego",
    find: "lower(input.finding.field)",
    replace: "input.finding.field",
  },
  {
    id: "access-reaches-down",
    title: "a lower role has what a higher one has",
    file: "policies/access/holders.rego",
    find: "place, count(data.access.hierarchy))",
    replace: "0, place + 1)",
  },
  {
    id: "access-lets-people-approve-their-own",
    title: "whoever asked says yes",
    file: "policies/access/approvals.rego",
    find: "lower(facts.requested_by) != lower(input.subject.id)",
    replace: "is_string(facts.requested_by)",
  },
  {
    id: "main-forgets-an-area",
    title: "what the token rules object to is not asked",
    file: "policies/main/request.rego",
    find: "\tcount(token.violations) == 0\n",
    replace: "",
  },
];
