package access_test

import data.access

test_allow_verbs_over_an_approval if {
	found(asked_over("approve", pending, "bob", "MIDDLE")) == set()
	found(asked_over("reject", pending, "bob", "MIDDLE")) == set()
	found(asked_over("revoke", pending, "bob", "MIDDLE")) == set()
	found(asked_over("revoke", approved, "bob", "MIDDLE")) == set()
	found(asked_over("complete", object.union(pending, {"approvers": ["bob"]}), "bob", "MIDDLE")) == set()
	found(asked_over("mint", approved, "ann", "machine")) == set()
	found(asked_over("review", broken_glass, "bob", "MIDDLE")) == set()
}

test_deny_verbs_without_an_approval if {
	every verb in ["read", "approve", "complete", "reject", "revoke", "mint", "review"] {
		every nothing in [null, "approval-1", true, []] {
			rules(found(asked_over(verb, nothing, "bob", "HIGH"))) == {"access/approval_missing"}
		}
	}
	found(asked_over("approve", null, "bob", "MIDDLE")) == {{
		"rule": "access/approval_missing",
		"message": "Approval missing",
		"requirements": ["EXE-06"],
		"detail": {"permission": "approval.approve"},
	}}
	rules(found(object.remove(asked_over("approve", pending, "bob", "MIDDLE"), {"approval"}))) == {"access/approval_missing"}
}

test_deny_what_is_not_open if {
	found(asked_over("approve", approved, "cid", "MIDDLE")) == {{
		"rule": "access/not_open",
		"message": "The approval is not open to this",
		"requirements": ["EXE-06", "EXE-08"],
		"detail": {"state": "approved"},
	}}
}

states := {"pending", "approved", "rejected", "revoked", "used", "Pending", "", null}

open_in(verb, id, role) := {state |
	some state in states
	facts := object.union(approved, {"state": state})
	not "access/not_open" in rules(found(asked_over(verb, facts, id, role)))
}

test_open_states_of_each_verb if {
	open_in("approve", "bob", "MIDDLE") == {"pending"}
	open_in("complete", "bob", "MIDDLE") == {"pending"}
	open_in("reject", "bob", "MIDDLE") == {"pending"}
	open_in("revoke", "bob", "MIDDLE") == {"pending", "approved"}
	open_in("mint", "ann", "machine") == {"approved"}
	open_in("read", "bob", "MIDDLE") == states
	open_in("review", "bob", "MIDDLE") == states
}

test_deny_at_expiry if {
	found(object.union(asked_over("approve", pending, "bob", "MIDDLE"), {"now_ms": 2000})) == {{
		"rule": "access/expired",
		"message": "The approval has expired",
		"requirements": ["EXE-06"],
		"detail": {"expires_ms": 2000, "now_ms": 2000},
	}}
}

test_allow_last_millisecond_before_expiry if {
	found(object.union(asked_over("approve", pending, "bob", "MIDDLE"), {"now_ms": 1999})) == set()
}

late(request) := object.union(request, {"now_ms": 2001})

test_deny_each_verb_that_expires if {
	rules(found(late(asked_over("complete", object.union(pending, {"approvers": ["bob"]}), "bob", "MIDDLE")))) == {"access/expired"}
	rules(found(late(asked_over("mint", approved, "ann", "machine")))) == {"access/expired"}
	rules(found(late(asked_over("mint", broken_glass, "ann", "machine")))) == {"access/expired", "access/too_few_approvers"}
}

test_allow_late_refusal_and_review if {
	found(late(asked_over("reject", pending, "bob", "MIDDLE"))) == set()
	found(late(asked_over("revoke", approved, "bob", "MIDDLE"))) == set()
	found(late(asked_over("review", broken_glass, "bob", "MIDDLE"))) == set()
	found(late(asked_over("read", approved, "bob", "MIDDLE"))) == set()
}

test_deny_unknown_expiry if {
	every expires in [null, "never", []] {
		facts := object.union(pending, {"expires_ms": expires})
		rules(found(asked_over("approve", facts, "bob", "MIDDLE"))) == {"access/expired"}
	}
}

test_deny_ones_own_request if {
	found(asked_over("approve", pending, "ann", "MIDDLE")) == {{
		"rule": "access/own_request",
		"message": "One's own request",
		"requirements": ["EXE-08"],
		"detail": {"requested_by": "ann"},
	}}
	rules(found(asked_over("review", broken_glass, "ann", "HIGH"))) == {"access/own_request"}
	rules(found(asked_over("complete", object.union(pending, {"approvers": ["bob"]}), "ann", "HIGH"))) == {"access/own_request"}
}

test_deny_ones_own_request_in_other_case if {
	rules(found(asked_over("approve", pending, "ANN", "MIDDLE"))) == {"access/own_request"}
}

test_deny_request_of_nobody if {
	facts := object.remove(pending, {"requested_by"})
	rules(found(asked_over("approve", facts, "bob", "MIDDLE"))) == {"access/own_request"}
}

test_allow_to_reject_ones_own if found(asked_over("reject", pending, "ann", "MIDDLE")) == set()

test_allow_ones_own_where_four_eyes_are_off if {
	alone := object.union(people, {"four_eyes": false})
	found_where(asked_over("approve", pending, "ann", "MIDDLE"), alone, []) == set()
	found_where(asked_over("review", broken_glass, "ann", "MIDDLE"), alone, []) == set()
}

test_deny_ones_own_unless_four_eyes_are_plainly_off if {
	every four_eyes in [true, null, 0, "false"] {
		hazy := object.union(people, {"four_eyes": four_eyes})
		rules(found_where(asked_over("approve", pending, "ann", "MIDDLE"), hazy, [])) == {"access/own_request"}
	}
}

# A store that was edited by hand is found out when the token is asked for.
test_deny_minting_what_the_requester_approved if {
	rules(found(asked_over("mint", object.union(approved, {"approvers": ["ann"]}), "ann", "machine"))) == {"access/own_request"}
	rules(found(asked_over("mint", object.union(approved, {"approvers": ["Ann", "bob"]}), "ann", "machine"))) == {"access/own_request"}
}

test_deny_saying_yes_twice if {
	found(asked_over("approve", object.union(pending, {"approvers": ["Bob"]}), "bob", "MIDDLE")) == {{
		"rule": "access/said_before",
		"message": "Said before",
		"requirements": ["EXE-08"],
		"detail": {"by": "bob"},
	}}
}

test_allow_another_yes if {
	found(asked_over("approve", object.union(pending, {"approvers": ["cid"]}), "bob", "MIDDLE")) == set()
}

test_allow_no_after_a_yes if {
	found(asked_over("reject", object.union(pending, {"approvers": ["bob"]}), "bob", "MIDDLE")) == set()
}

two := object.union(people, {"min_approvers": 2})

test_deny_before_there_are_enough if {
	facts := object.union(pending, {"approvers": ["bob", "BOB"]})
	found_where(asked_over("complete", facts, "bob", "MIDDLE"), two, []) == {{
		"rule": "access/too_few_approvers",
		"message": "Too few approvers",
		"requirements": ["EXE-08"],
		"detail": {"approvers": 1, "required": 2},
	}}
	rules(found_where(asked_over("mint", approved, "ann", "machine"), two, [])) == {"access/too_few_approvers"}
}

test_allow_once_there_are_enough if {
	facts := object.union(pending, {"approvers": ["bob", "cid"]})
	found_where(asked_over("complete", facts, "bob", "MIDDLE"), two, []) == set()
	found_where(asked_over("mint", object.union(facts, {"state": "approved"}), "ann", "machine"), two, []) == set()
}

test_deny_when_the_number_is_unknown if {
	hazy := object.union(people, {"min_approvers": "one"})
	rules(found_where(asked_over("mint", approved, "ann", "machine"), hazy, [])) == {"access/too_few_approvers"}
}

test_deny_when_the_number_is_missing if {
	violations := access.violations with input as asked_over("mint", approved, "ann", "requester")
		with data.approval as {"four_eyes": true, "break_glass": {"roles": []}, "approvers": {"bob"}}
	violations == {{
		"rule": "access/too_few_approvers",
		"message": "Too few approvers",
		"requirements": ["EXE-08"],
		"detail": {"approvers": 1, "required": null},
	}}
}

test_deny_minting_by_somebody_else if {
	rules(found(asked_over("mint", approved, "eve", "machine"))) == {"access/role_lacks_permission"}
	rules(found(asked_over("mint", approved, "eve", "MIDDLE"))) == {"access/role_lacks_permission"}
	found(asked_over("mint", approved, "eve", "HIGH")) == set()
}

emergency := object.union(people, {"break_glass": {"roles": ["HIGH"]}})

test_allow_minting_from_a_broken_glass if {
	found_where(asked_over("mint", broken_glass, "ann", "HIGH"), emergency, []) == set()
}

test_deny_minting_from_a_broken_glass_where_nobody_may_break_it if {
	rules(found(asked_over("mint", broken_glass, "ann", "HIGH"))) == {"access/too_few_approvers"}
}

test_deny_review_of_what_is_no_emergency if {
	found(asked_over("review", approved, "bob", "MIDDLE")) == {{
		"rule": "access/nothing_to_review",
		"message": "Nothing to look back at",
		"requirements": ["EXE-08"],
		"detail": {},
	}}
	rules(found(asked_over("review", object.remove(approved, {"break_glass"}), "bob", "MIDDLE"))) == {"access/nothing_to_review"}
}
