import type { Case, Suite } from "../../src/index.js";

/** What is wrong with a case: where in it, and a sentence that the case's id begins. */
export type CaseFault = { readonly path: readonly string[]; readonly message: string; readonly hint?: string };

type Fault = (path: readonly string[], message: string, hint?: string) => CaseFault;

const fault: Fault = (path, message, hint) => (hint === undefined ? { path, message } : { path, message, hint });

/** What the contract's shape cannot say of a case: that its input is one thing, and its expectation fits the input. */
export function caseFaults(item: Case, suite: Pick<Suite, "base">): readonly CaseFault[] {
  return [...inputFaults(item, suite), ...expectationFaults(item), ...reasonFaults(item)];
}

const entries = ["command", "argv", "request", "output", "access"] as const;

function inputFaults({ input }: Case, suite: Pick<Suite, "base">): CaseFault[] {
  const given = entries.filter((name) => input[name] !== undefined);
  const [entry] = given;
  if (entry === undefined || given.length > 1) {
    return [fault(["input"], "needs exactly one of command, argv, request, output and access")];
  }
  const isCommand = entry === "command" || entry === "argv";
  const faults: CaseFault[] = [];
  for (const name of ["profile", "repeat"] as const) {
    if (!isCommand && input[name] !== undefined) {
      faults.push(fault(["input", name], `has a ${name}, which only a command can have`));
    }
  }
  if (!isCommand && suite.base === undefined) {
    faults.push(fault(["input", entry], "patches a base that its suite does not have", "add base to the suite"));
  }
  return faults;
}

function expectationFaults({ input, expect }: Case): CaseFault[] {
  const faults: CaseFault[] = [];
  const needs = (holds: boolean, key: string, message: string) => {
    if (!holds) faults.push(fault(key === "" ? ["expect"] : ["expect", key], message));
  };
  const { decision, phase, violations, offset, stdout, treatment } = expect;
  const isAllow = decision === "allow";
  needs(!isAllow || phase === undefined, "phase", "is allowed, so nothing stops it in a phase");
  needs(isAllow || phase !== undefined, "", "is denied and does not say in which phase");
  needs(violations === undefined || phase === "policy", "violations", "has violations without the phase policy");
  needs(phase !== "policy" || violations !== undefined, "", "is denied by policy and does not name the violations");
  needs(offset === undefined || phase === "parse", "offset", "has an offset without the phase parse");
  needs(offset === undefined || input.argv === undefined, "offset", "has an offset in words that are not parsed");
  const runs = input.command !== undefined || input.argv !== undefined;
  needs(phase !== "parse" || runs, "phase", "has the phase parse and no command to parse");
  needs(stdout === undefined || (isAllow && runs), "stdout", "has a stdout and runs nothing");
  needs(treatment === undefined || input.output !== undefined, "treatment", "has a treatment and no output");
  return faults;
}

/**
 * What does not run, or is expected to fail, says why.
 *
 * @requirement HAR-04
 */
function reasonFaults(item: Case): CaseFault[] {
  const given = (["withdrawn", "xfail", "skip"] as const).flatMap((key) => {
    const reason = item[key];
    return reason === undefined ? [] : [{ key, reason }];
  });
  const blank = given.filter(({ reason }) => reason.trim() === "");
  const faults = blank.map(({ key }) => fault([key], `is ${key} without a reason`));
  const keys = given.map(({ key }) => key);
  return keys.length > 1 ? [...faults, fault(keys.slice(1, 2), `is ${keys.join(" and ")} at once`)] : faults;
}
