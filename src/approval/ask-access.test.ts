import { expect, it } from "vitest";
import type { Violation } from "../model/index.js";
import { facts } from "./approval.js";
import { mayAct } from "./ask-access.js";
import { actOf, approval, rules, someone } from "./testdata/world.js";

const bob = someone("bob", "VIEWER");

const refusing = (...violations: Pick<Violation, "rule" | "message" | "detail">[]) => {
  const { decide } = rules();
  return actOf(bob, (input) => ({
    ...decide(input),
    allow: false,
    violations: violations.map((one) => ({ requirements: [], ...one })),
  }));
};

it("asks with what the credential says, the moment and the approval", () => {
  const { decide, asked } = rules();
  const legacy = { ...bob, credential: "legacy" as const, channel: "elsewhere" };
  const about = facts(approval());
  expect(mayAct(actOf(legacy, decide, 77), "approval.read", about)).toEqual({ ok: true, value: true });
  expect(asked).toEqual([
    {
      now_ms: 77,
      channel: "elsewhere",
      subject: { id: "bob", roles: ["VIEWER"] },
      credential: "legacy",
      permission: "approval.read",
      approval: about,
    },
  ]);
});

it("says which permission is lacking and which roles have it", () => {
  const lacking = (roles: string[], own_roles: string[]) => {
    const detail = { permission: "approval.mint", roles, own_roles };
    const message = "Role lacks permission";
    return mayAct(refusing({ rule: "access/role_lacks_permission", message, detail }), "approval.mint", null);
  };
  expect(lacking(["ADMIN"], ["OPERATOR"])).toEqual({
    ok: false,
    error: {
      code: "access/refused",
      message:
        "Role lacks permission: approval.mint, it takes ADMIN or OPERATOR over what they asked for [access/role_lacks_permission]",
    },
  });
  expect(lacking([], [])).toMatchObject({
    error: { message: "Role lacks permission: approval.mint, nobody has it [access/role_lacks_permission]" },
  });
});

it.each([
  "access/not_open",
  "access/expired",
  "access/said_before",
  "access/too_few_approvers",
  "access/nothing_to_review",
])("tells a refusal by %s alone apart from one of whoever asks", (rule) => {
  const state = { rule, message: "No", detail: { state: "used" } };
  expect(mayAct(refusing(state), "approval.approve", null)).toEqual({
    ok: false,
    error: { code: "approval/state", message: `No: state used [${rule}]` },
  });
  const own = { rule: "access/own_request", message: "One's own", detail: {} };
  expect(mayAct(refusing(state, own), "approval.approve", null)).toEqual({
    ok: false,
    error: { code: "access/refused", message: `No: state used [${rule}]; One's own [access/own_request]` },
  });
});

it("is a refusal of whoever asks where the rules give no reason", () => {
  expect(mayAct(refusing(), "approval.approve", null)).toEqual({
    ok: false,
    error: { code: "access/refused", message: "approval.approve is refused" },
  });
});
