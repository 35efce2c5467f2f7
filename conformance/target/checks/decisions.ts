import { isRecord } from "../../../src/index.js";
import { memberOf, shownAnswer } from "../attempts.js";
import { bypassed, failed, passed, type TargetCheck, type TargetSuite } from "../check.js";
import type { Need, Target } from "../target.js";

const needs: readonly Need[] = ["decisions", "person:decider"];

async function query(target: Target, method: string, path: string, body?: object) {
  const authorization = `Bearer ${await target.bearer("decider")}`;
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  return target.ask({ method, path: `/v1/data/${path}`, headers: { authorization, ...type }, ...sent });
}

const decides: TargetCheck = {
  id: "http-decisions-entrypoint",
  title: "answers a declared entrypoint as OPA does, and refuses an input that is none",
  requirements: ["WFL-02"],
  twin: true,
  needs,
  run: async (target) => {
    const answer = await query(target, "POST", "main/request", { input: { a: 1 } });
    const result = memberOf(answer, "result");
    if (answer.status !== 200 || !isRecord(result)) return failed(`no decision: ${shownAnswer(answer)}`);
    return result.allow === false ? passed : bypassed(`allowed: ${shownAnswer(answer)}`);
  },
};

/** Paths of data, rules and packages, which are nobody's to read. */
const paths = [
  "",
  "main",
  "main/request/allow",
  "main/request/violations",
  "token",
  "access/permissions",
  "approval",
  "quota/limits",
  "command/profiles",
  "system",
  "main%2Frequest/../../token",
];

const served = paths.flatMap((path) =>
  (["POST", "GET"] as const).map(
    (method): TargetCheck => ({
      id: `http-decisions-data-${method.toLowerCase()}-${path === "" ? "root" : path.replaceAll(/[^a-z]+/gi, "-").toLowerCase()}`,
      title: `serves no data by ${method} /v1/data/${path}`,
      requirements: ["WFL-02"],
      needs,
      run: async (target) => {
        const answer = await query(target, method, path, method === "POST" ? {} : undefined);
        if (memberOf(answer, "result") !== undefined) return bypassed(`it serves data: ${shownAnswer(answer)}`);
        const isEmpty = isRecord(answer.json) && Object.keys(answer.json).length === 0;
        return answer.status >= 400 || isEmpty ? passed : failed(`expected {} or a refusal: ${shownAnswer(answer)}`);
      },
    }),
  ),
);

/** The decision API: decisions, never data. */
export const decisionSuite: TargetSuite = {
  file: "conformance/target/checks/decisions.ts",
  checks: [decides, ...served],
};
