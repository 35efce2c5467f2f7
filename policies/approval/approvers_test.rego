package approval_test

import data.lib_test.changed
import data.lib_test.without

asked_by(requester, approvers) := with_approval({"requested_by": requester, "approvers": approvers})

test_deny_requester_among_approvers if {
	found(asked_by("agent-7", ["agent-7"])) == {{
		"rule": "approval/own_request",
		"message": "Approved by the one who asked",
		"requirements": ["EXE-08"],
		"detail": {"requested_by": "agent-7"},
	}}
}

# An approver who also asked has shown that the list is not one of independent people.
test_deny_requester_among_other_approvers if {
	rules(found(asked_by("agent-7", ["alice", "agent-7"]))) == {"approval/own_request"}
}

test_deny_requester_in_other_case if {
	rules(found(asked_by("Agent-7", ["AGENT-7"]))) == {"approval/own_request"}
}

test_deny_acting_subject_as_only_approver if {
	rules(found(asked_by("bob", ["agent-7"]))) == {"approval/own_request"}
	rules(found(asked_by("bob", ["Agent-7", "agent-7"]))) == {"approval/own_request"}
}

test_allow_acting_subject_beside_another_approver if {
	found(asked_by("bob", ["agent-7", "alice"])) == set()
}

test_allow_own_request_where_four_eyes_are_off if {
	found_with(asked_by("agent-7", ["agent-7"]), false, 1) == set()
}

test_deny_own_request_unless_four_eyes_are_plainly_off if {
	every four_eyes in [true, null, 0, "false", {}] {
		rules(found_with(asked_by("agent-7", ["agent-7"]), four_eyes, 1)) == {"approval/own_request"}
	}
}

test_deny_unknown_requester_or_actor if {
	rules(found(asked_by(null, ["alice"]))) == {"approval/own_request"}
	rules(found(asked_by(["agent-7"], ["alice"]))) == {"approval/own_request"}
	rules(found(without("subject"))) == {"approval/own_request"}
}

test_deny_no_approver if {
	found(with_approval({"approvers": []})) == {{
		"rule": "approval/no_approver",
		"message": "Too few approvers",
		"requirements": ["EXE-08"],
		"detail": {"approvers": 0},
	}}
}

test_deny_no_approver_where_four_eyes_are_off if {
	rules(found_with(with_approval({"approvers": []}), false, 1)) == {"approval/no_approver"}
}

test_deny_approvers_that_are_nobody if {
	every approvers in [null, true, 7, "alice", [7], [null], [["alice"]], {"alice": true}] {
		rules(found(object.union(with_approval({}), {"approval": {"approvers": approvers}}))) == {"approval/no_approver"}
	}
}

# Who approved what is not approved is no matter.
test_deny_unapproved_for_one_reason if {
	rules(found(with_approval({"state": "pending", "approvers": ["agent-7"]}))) == {"approval/not_approved"}
	rules(found(with_approval({"state": "revoked", "approvers": ["agent-7"]}))) == {"approval/revoked"}
}

# One person listed twice is one person.
test_deny_fewer_approvers_than_required if {
	found_with(with_approval({"approvers": ["alice", "alice", "Alice"]}), true, 2) == {{
		"rule": "approval/no_approver",
		"message": "Too few approvers",
		"requirements": ["EXE-08"],
		"detail": {"approvers": 1},
	}}
}

test_allow_as_many_approvers_as_required if {
	found_with(with_approval({"approvers": ["alice", "bob"]}), true, 2) == set()
}

test_allow_more_approvers_than_required if {
	found_with(with_approval({"approvers": ["alice", "bob", "carol"]}), true, 2) == set()
}

test_deny_when_required_number_is_unknown if {
	rules(found_with(changed({}), true, "many")) == {"approval/no_approver"}
}
