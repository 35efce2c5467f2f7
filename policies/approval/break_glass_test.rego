# METADATA
# custom: {requirements: [EXE-05, EXE-06, EXE-07, EXE-08]}
package approval_test

import data.approval
import data.lib_test.changed
import data.lib_test.gateway_request

emergency := changed({"approval": {"break_glass": true, "approvers": []}})

found_by(request, break_glass) := violations if {
	violations := approval.violations with input as request
		with data.approval.four_eyes as true
		with data.approval.min_approvers as 2
		with data.approval.break_glass as break_glass
		with data.token.channels as {"gateway": {"capability": "required"}}
}

test_allow_broken_glass_without_an_approver if found_by(emergency, {"roles": ["ADMIN"]}) == set()

test_deny_broken_glass_where_nobody_may_break_it if {
	every break_glass in [{"roles": []}, {}, null, {"roles": null}] {
		rules(found_by(emergency, break_glass)) == {"approval/no_approver"}
	}
}

test_deny_unless_the_glass_was_plainly_broken if {
	every broken in [false, null, "true", 1] {
		request := changed({"approval": {"break_glass": broken, "approvers": []}})
		rules(found_by(request, {"roles": ["ADMIN"]})) == {"approval/no_approver"}
	}
	rules(found_by(changed({"approval": {"approvers": []}}), {"roles": ["ADMIN"]})) == {"approval/no_approver"}
	rules(found_by(gateway_request, {"roles": ["ADMIN"]})) == {"approval/no_approver"}
}

# It excuses from a second person and from nothing else.
test_deny_broken_glass_for_every_other_reason if {
	every case in [
		{"changes": {"approval": {"state": "revoked"}}, "expected": {"approval/revoked"}},
		{"changes": {"approval": {"state": "pending"}}, "expected": {"approval/not_approved"}},
		{"changes": {"now_ms": 1700000600000}, "expected": {"approval/expired"}},
		{"changes": {"approval": {"cmd_hash": "other"}}, "expected": {"approval/command_mismatch"}},
		{"changes": {"approval_id": "approval-2"}, "expected": {"approval/wrong_id"}},
	] {
		rules(found_by(object.union(emergency, case.changes), {"roles": ["ADMIN"]})) == case.expected
	}
}
