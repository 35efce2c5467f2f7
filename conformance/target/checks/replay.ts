import { bodyOf, refuses, shownAnswer } from "../attempts.js";
import { bypassed, failed, passed, type TargetCheck, type TargetSuite } from "../check.js";
import { NotAskable } from "../target.js";
import { watched } from "../witness.js";

/** How many requests present one token at once. */
const atOnce = 64;

const inSequence: TargetCheck = {
  id: "http-replay-sequence",
  title: "refuses a token that was used",
  requirements: ["EXE-04"],
  needs: [],
  run: async (target) => {
    const granted = await target.grant();
    const first = await target.execute(bodyOf(granted), granted.token);
    if (first.status !== 200) throw new NotAskable(`the first use was refused: ${shownAnswer(first)}`);
    return refuses(target, () => target.execute(bodyOf(granted), granted.token), [401]);
  },
};

const inParallel: TargetCheck = {
  id: "http-replay-parallel",
  title: `lets one of ${atOnce} requests with one token through, and no more`,
  requirements: ["EXE-04"],
  needs: [],
  run: async (target) => {
    const granted = await target.grant();
    const { answers, runs } = await watched(target.observers, () =>
      Promise.all(Array.from({ length: atOnce }, () => target.execute(bodyOf(granted), granted.token))),
    );
    if (runs > 1) return bypassed(`it ran ${runs} times`);
    const statuses = answers.map(({ status }) => status);
    const [ran, refused] = [statuses.filter((one) => one === 200), statuses.filter((one) => one === 401)];
    if (ran.length === 1 && refused.length === atOnce - 1) return passed;
    return failed(`expected 200 once and 401 for the others: ${[...new Set(statuses)].join(", ")}`);
  },
};

const afterFailure: TargetCheck = {
  id: "http-replay-after-failure",
  title: "refuses a token that was used for a command that failed",
  requirements: ["EXE-04", "EXE-13"],
  needs: ["failing"],
  run: async (target) => {
    const { failing, allowed } = target.config.commands;
    const granted = await target.grant(failing?.command ?? allowed.command);
    const first = await target.execute(bodyOf(granted), granted.token);
    if (first.status !== 200) throw new NotAskable(`the first use was refused: ${shownAnswer(first)}`);
    return refuses(target, () => target.execute(bodyOf(granted), granted.token), [401]);
  },
};

const otherKey: TargetCheck = {
  id: "http-replay-idempotency",
  title: "refuses a token that was used, also under an idempotency key",
  requirements: ["EXE-04"],
  needs: ["idempotency"],
  run: async (target) => {
    const granted = await target.grant();
    const first = await target.execute(bodyOf(granted), granted.token, { "idempotency-key": "first" });
    if (first.status !== 200) throw new NotAskable(`the first use was refused: ${shownAnswer(first)}`);
    const again = () => target.execute(bodyOf(granted), granted.token, { "idempotency-key": "second" });
    return refuses(target, again, [401]);
  },
};

/** A token is good for one execution. */
export const replaySuite: TargetSuite = {
  file: "conformance/target/checks/replay.ts",
  checks: [inSequence, inParallel, afterFailure, otherKey],
};
