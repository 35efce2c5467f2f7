package approval_test

import data.approval

# Policy data as it is.
objections(request) := {violation.rule | some violation in approval.violations with input as request}

test_allow_one_other_person if objections(asked_by("agent-7", ["alice"])) == set()

test_deny_the_one_who_asked if {
	# Because four_eyes is on.
	objections(asked_by("agent-7", ["agent-7"])) == {"approval/own_request"}
}

test_deny_nobody if objections(asked_by("agent-7", [])) == {"approval/no_approver"}
