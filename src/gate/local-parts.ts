import { err, ok } from "../model/index.js";
import type { Approvals, Authenticator, KillSwitch, OutputFilter } from "./ports.js";
import type { Submission } from "./submission.js";

/** What is the same in every submission of the channel `local`, until somebody says otherwise. */
export const localSubmission = {
  channel: "local",
  env: {},
  stdin: null,
  limits: {},
  credential: null,
  approvalId: null,
  task: null,
} satisfies Partial<Submission>;

/**
 * The parts of a gate on the channel `local`: a person at a terminal, known by the operating system, who has no token
 * and needs no approval, and whose output goes back to them as it is.
 *
 * @param user - the operating system's name for who runs this process
 */
export function localParts(user: string): {
  readonly authenticator: Authenticator;
  readonly approvals: Approvals;
  readonly killSwitch: KillSwitch;
  readonly filter: OutputFilter;
} {
  return {
    authenticator: {
      authenticate: async (_, channel) =>
        channel === "local"
          ? ok({ subject: { id: user, roles: [] }, token: null })
          : err({
              code: "gate/identity",
              message: "a person at a terminal has a credential for the channel `local` only",
            }),
    },
    approvals: { find: async () => null },
    killSwitch: { engaged: async () => false },
    filter: passingFilter,
  };
}

/** Lets everything through as it is: for a person who sees what they could read anyway. */
export const passingFilter: OutputFilter = {
  open: () => ({ push: (chunk) => chunk, end: () => new Uint8Array() }),
  action: (action) => action,
  text: (text) => text,
};
