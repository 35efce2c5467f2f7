package approval_test

import data.approval
import data.lib_test.changed
import data.lib_test.command_hash
import data.lib_test.gateway_request
import data.lib_test.local_request
import data.lib_test.without
import data.lib_test.without_in

found(request) := found_with(request, true, 1)

found_with(request, four_eyes, min_approvers) := violations if {
	violations := approval.violations with input as request
		with data.approval.four_eyes as four_eyes
		with data.approval.min_approvers as min_approvers
		with data.token.channels as {
			"gateway": {"capability": "required"},
			"local": {"capability": "none", "profiles": ["readonly"]},
		}
}

rules(violations) := {violation.rule | some violation in violations}

with_approval(changes) := changed({"approval": changes})

test_allow_good_approval if found(gateway_request) == set()

test_allow_no_approval_where_none_is_required if found(local_request) == set()

test_deny_missing_approval if {
	found(changed({"approval": null})) == {{
		"rule": "approval/missing",
		"message": "Approval missing",
		"requirements": ["EXE-06"],
		"detail": {"approval_id": "approval-1"},
	}}
}

test_deny_request_without_approval if {
	rules(found(changed({"approval": null, "approval_id": null}))) == {"approval/missing"}
	rules(found(without("approval"))) == {"approval/missing"}
}

test_deny_approval_that_is_no_object if {
	every value in [true, 1, "approved", ["approved"]] {
		rules(found(object.union(without("approval"), {"approval": value}))) == {"approval/missing"}
	}
}

# Who names an approval wants it to count, on whatever channel.
test_deny_named_approval_that_is_missing_on_local_channel if {
	rules(found(object.union(local_request, {"approval_id": "approval-1"}))) == {"approval/missing"}
}

test_deny_bad_approval_on_local_channel if {
	request := changed({"channel": "local", "approval": {"state": "revoked"}})
	rules(found(request)) == {"approval/revoked"}
}

test_deny_pending_approval if {
	found(with_approval({"state": "pending", "approvers": []})) == {{
		"rule": "approval/not_approved",
		"message": "Approval not given",
		"requirements": ["EXE-06"],
		"detail": {"state": "pending"},
	}}
}

test_deny_state_other_than_approved if {
	every state in ["rejected", "Approved", "APPROVED", "approved ", "", null, true, 1, ["approved"], {"approved": true}] {
		rules(found(object.union(with_approval({}), {"approval": {"state": state}}))) == {"approval/not_approved"}
	}
}

test_deny_revoked_approval if {
	found(with_approval({"state": "revoked"})) == {{
		"rule": "approval/revoked",
		"message": "Approval revoked",
		"requirements": ["EXE-06"],
		"detail": {},
	}}
}

test_deny_used_approval if {
	found(with_approval({"state": "used"})) == {{
		"rule": "approval/used",
		"message": "Approval already used",
		"requirements": ["EXE-06"],
		"detail": {},
	}}
}

test_deny_at_expiry if {
	found(changed({"now_ms": 1700000600000})) == {{
		"rule": "approval/expired",
		"message": "Approval expired",
		"requirements": ["EXE-06"],
		"detail": {"expires_ms": 1700000600000, "now_ms": 1700000600000},
	}}
}

test_allow_last_millisecond_before_expiry if found(changed({"now_ms": 1700000599999})) == set()

test_deny_after_expiry if rules(found(changed({"now_ms": 1700000600001}))) == {"approval/expired"}

test_deny_unknown_time if {
	every request in [
		without("now_ms"),
		changed({"now_ms": null}),
		changed({"now_ms": "1"}),
		with_approval({"expires_ms": null}),
		with_approval({"expires_ms": "never"}),
		with_approval({"expires_ms": ["never"]}),
	] {
		rules(found(request)) == {"approval/expired"}
	}
}

test_deny_other_approval_than_named if {
	found(with_approval({"id": "approval-2"})) == {{
		"rule": "approval/wrong_id",
		"message": "Another approval",
		"requirements": ["EXE-05"],
		"detail": {"approval": "approval-2", "request": "approval-1"},
	}}
}

test_deny_approval_that_is_not_named if {
	rules(found(changed({"approval_id": null}))) == {"approval/wrong_id"}
	rules(found(without("approval_id"))) == {"approval/wrong_id"}
	rules(found(with_approval({"id": "Approval-1"}))) == {"approval/wrong_id"}
}

test_deny_approval_of_another_command if {
	found(with_approval({"cmd_hash": "other"})) == {{
		"rule": "approval/command_mismatch",
		"message": "Approval of another command",
		"requirements": ["EXE-07"],
		"detail": {"approval": "other", "request": command_hash},
	}}
}

# For each field that is gone, exactly the rules that read it object.
test_deny_missing_field if {
	every field, expected in {
		"id": {"approval/wrong_id"},
		"state": {"approval/not_approved"},
		"cmd_hash": {"approval/command_mismatch"},
		"requested_by": {"approval/own_request"},
		"approvers": {"approval/no_approver"},
		"expires_ms": {"approval/expired"},
	} {
		rules(found(without_in("approval", field))) == expected
	}
}
