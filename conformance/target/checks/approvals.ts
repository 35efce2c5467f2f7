import { isRecord } from "../../../src/index.js";
import { bodyOf, memberOf, refusedWell, refuses, shownAnswer } from "../attempts.js";
import { bypassed, failed, passed, type TargetCheck, type TargetSuite, type Verdict } from "../check.js";
import { post } from "../grants.js";
import type { HttpAnswer } from "../http-client.js";
import { attemptedCommand, type Need, type PersonName, personOf, type Target } from "../target.js";

const needs: readonly Need[] = ["approvals", "person:requester", "person:approver", "person:operator"];
const why = { reason: "a conformance run" };

/** Asks for an approval, and gives its id. */
async function asked(target: Target, person: PersonName): Promise<string> {
  const body = { command: attemptedCommand(target.config), ...why };
  const answer = await target.ask(post("/approvals", await target.bearer(person), body));
  const id = memberOf(answer, "id");
  if (typeof id !== "string") throw new Error(`no approval could be asked for: ${shownAnswer(answer)}`);
  return id;
}

async function act(
  target: Target,
  person: PersonName,
  id: string,
  verb: string,
  body: object = why,
): Promise<HttpAnswer> {
  return target.ask(post(`/approvals/${id}/${verb}`, await target.bearer(person), body));
}

/** Mints as who asked; there must be no token. */
async function mintsNone(target: Target, person: PersonName, id: string): Promise<Verdict> {
  const answer = await target.ask(post(`/approvals/${id}/token`, await target.bearer(person)));
  return memberOf(answer, "token") === undefined
    ? refusedWell(answer, [400, 403, 404, 409])
    : bypassed("it minted a token for what nobody approved");
}

const beforeApproval: TargetCheck = {
  id: "http-approvals-before",
  title: "mints no token before somebody has approved",
  requirements: ["EXE-08", "EXE-06"],
  needs,
  run: async (target) => mintsNone(target, "requester", await asked(target, "requester")),
};

const fourEyes: TargetCheck = {
  id: "http-approvals-four-eyes",
  title: "refuses the approval of whoever asked",
  requirements: ["EXE-08"],
  needs,
  run: async (target) => {
    const id = await asked(target, "operator");
    const answer = await act(target, "operator", id, "approve");
    if (answer.status < 300) return bypassed(`who asked approved: ${shownAnswer(answer)}`);
    const refused = refusedWell(answer, [403, 409]);
    return refused.status === "pass" ? mintsNone(target, "operator", id) : refused;
  },
};

/** Members by which a body might say who somebody is. */
const names = ["by", "approver", "approved_by", "approver_id", "subject", "pilot_id"];

const namedInBody: readonly TargetCheck[] = names.map((name) => ({
  id: `http-approvals-body-${name.replaceAll("_", "-")}`,
  title: `does not take the approver's name from the body (${name})`,
  requirements: ["EXE-08"],
  needs,
  run: async (target) => {
    const id = await asked(target, "operator");
    const answer = await act(target, "operator", id, "approve", { ...why, [name]: "somebody-else" });
    if (answer.status < 300) return bypassed(`it took the body's word for who approves: ${shownAnswer(answer)}`);
    return refusedWell(answer, [400, 403, 409, 422]);
  },
}));

const requesterInBody: TargetCheck = {
  id: "http-approvals-body-requested-by",
  title: "does not take the requester's name from the body",
  requirements: ["EXE-08"],
  needs,
  run: async (target) => {
    const body = { command: attemptedCommand(target.config), ...why, requested_by: "somebody-else" };
    const answer = await target.ask(post("/approvals", await target.bearer("operator"), body));
    if (memberOf(answer, "requested_by") === "somebody-else") return bypassed("it took the body's word for who asks");
    return answer.status < 300 ? failed(`it took a member that it does not know: ${shownAnswer(answer)}`) : passed;
  },
};

const noReason: TargetCheck = {
  id: "http-approvals-reason",
  title: "takes no approval without a reason",
  requirements: ["EXE-08"],
  needs,
  run: async (target) => {
    const id = await asked(target, "requester");
    for (const body of [{}, { reason: "" }, { reason: "  " }]) {
      const answer = await act(target, "approver", id, "approve", body);
      if (answer.status < 300) return bypassed(`approved without a reason: ${shownAnswer(answer)}`);
    }
    return passed;
  },
};

const revoked: TargetCheck = {
  id: "http-approvals-revoked",
  title: "refuses the token of an approval that was revoked",
  requirements: ["EXE-06"],
  needs,
  run: async (target) => {
    const granted = await target.grant();
    const answer = await act(target, "approver", granted.approval_id, "revoke");
    if (answer.status !== 200) return failed(`it could not be revoked: ${shownAnswer(answer)}`);
    return refuses(target, () => target.execute(bodyOf(granted), granted.token), [401, 403]);
  },
};

const rejected: TargetCheck = {
  id: "http-approvals-rejected",
  title: "mints no token for what was rejected",
  requirements: ["EXE-06", "EXE-08"],
  needs,
  run: async (target) => {
    const id = await asked(target, "requester");
    const answer = await act(target, "approver", id, "reject");
    return answer.status === 200 ? mintsNone(target, "requester", id) : failed(`not rejected: ${shownAnswer(answer)}`);
  },
};

const kept: TargetCheck = {
  id: "http-approvals-kept",
  title: "keeps who approved, when and why",
  requirements: ["EXE-08"],
  twin: true,
  needs,
  run: async (target) => {
    const { approval_id } = await target.grant();
    const headers = { authorization: `Bearer ${await target.bearer("approver")}` };
    const answer = await target.ask({ method: "GET", path: `/approvals/${approval_id}`, headers });
    const decisions = memberOf(answer, "decisions");
    const [first] = Array.isArray(decisions) ? decisions : [];
    if (!isRecord(first)) return failed(`no decision is kept: ${shownAnswer(answer)}`);
    const person = personOf(target.config, "approver");
    const isBy = person === undefined || !("id" in person) || first.by === person.id;
    const isTimed = Object.keys(first).some((key) => /(?:^|_)at(?:_ms)?$/.test(key));
    return isBy && isTimed && first.reason === why.reason ? passed : failed(`not all of it: ${JSON.stringify(first)}`);
  },
};

/** Who approves, and what an approval is good for. */
export const approvalSuite: TargetSuite = {
  file: "conformance/target/checks/approvals.ts",
  checks: [beforeApproval, fourEyes, ...namedInBody, requesterInBody, noReason, revoked, rejected, kept],
};
