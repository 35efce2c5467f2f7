# METADATA
# custom: {requirements: [EXE-06, EXE-08, WFL-01, WFL-02, WFL-03, WFL-04, WFL-06]}
package access_test

import data.access

# Data that the tests fix, and a question that is answered with yes, changed in one place at a time.

roles := {
	"thing.read": {"roles": ["LOW"]},
	"thing.write": {"roles": ["MIDDLE", "machine"]},
	"thing.end": {"roles": ["HIGH"]},
	"thing.nobody": {"roles": []},
	"approval.read": {"roles": ["LOW"], "own": ["machine"]},
	"approval.approve": {"roles": ["MIDDLE"]},
	"approval.complete": {"roles": ["MIDDLE"]},
	"approval.reject": {"roles": ["MIDDLE"]},
	"approval.revoke": {"roles": ["MIDDLE"], "own": ["machine"]},
	"approval.mint": {"roles": ["HIGH"], "own": ["MIDDLE", "machine"]},
	"approval.review": {"roles": ["MIDDLE"]},
	"approval.break_glass": {"roles": []},
}

pending := {
	"id": "approval-1",
	"state": "pending",
	"cmd_hash": "hash",
	"requested_by": "ann",
	"approvers": [],
	"break_glass": false,
	"expires_ms": 2000,
}

approved := object.union(pending, {"state": "approved", "approvers": ["bob"]})

broken_glass := object.union(pending, {"state": "approved", "break_glass": true})

question := {
	"now_ms": 1000,
	"channel": "gateway",
	"subject": {"id": "bob", "roles": ["MIDDLE"]},
	"credential": "bearer",
	"permission": "thing.write",
	"approval": null,
}

# The question with other values at some paths.
asked(changes) := object.union(question, changes)

# About an approval, by somebody.
asked_over(verb, facts, id, role) := asked({
	"permission": concat(".", ["approval", verb]),
	"approval": facts,
	"subject": {"id": id, "roles": [role]},
})

people := {"four_eyes": true, "min_approvers": 1, "break_glass": {"roles": []}}

found(input_) := found_where(input_, people, [])

found_where(input_, approvals, legacy) := violations if {
	violations := access.violations with input as input_
		with data.access.hierarchy as ["LOW", "MIDDLE", "HIGH"]
		with data.access.permissions as roles
		with data.access.legacy as legacy
		with data.approval.four_eyes as approvals.four_eyes
		with data.approval.min_approvers as approvals.min_approvers
		with data.approval.break_glass as approvals.break_glass
}

rules(violations) := {violation.rule | some violation in violations}

has(input_) if access.held with input as input_
	with data.access.hierarchy as ["LOW", "MIDDLE", "HIGH"]
	with data.access.permissions as roles
	with data.approval.break_glass as {"roles": []}
