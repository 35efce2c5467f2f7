package main_test

import data.main

access_question := {
	"now_ms": 1,
	"channel": "gateway",
	"subject": {"id": "bob", "roles": ["OPERATOR"]},
	"credential": "bearer",
	"permission": "thing.do",
	"approval": null,
}

about_approval := object.union(access_question, {"approval": {
	"id": "approval-1",
	"state": "pending",
	"cmd_hash": "hash",
	"requested_by": "ann",
	"approvers": ["bob"],
	"break_glass": false,
	"expires_ms": 2,
}})

access_decided(question) := decision if {
	decision := main.access with input as question
		with data.access.hierarchy as ["VIEWER", "OPERATOR", "ADMIN"]
		with data.access.permissions as {"thing.do": {"roles": ["OPERATOR"]}, "thing.undo": {"roles": ["ADMIN"]}}
		with data.access.legacy as []
		with data.approval.break_glass as {"roles": []}
}

# METADATA
# custom: {requirements: [WFL-02]}
test_allow_access if {
	access_decided(access_question) == {"allow": true, "violations": [], "obligations": nothing}
	access_decided(about_approval) == {"allow": true, "violations": [], "obligations": nothing}
}

# METADATA
# custom: {requirements: [WFL-02]}
test_allow_approval_that_does_not_tell_of_an_emergency if {
	question := object.union(access_question, {"approval": object.remove(about_approval.approval, {"break_glass"})})
	access_decided(question).allow == true
}

# METADATA
# custom: {requirements: [WFL-02]}
test_deny_access_with_reason if {
	access_decided(object.union(access_question, {"permission": "thing.undo"})) == {
		"allow": false,
		"violations": [{
			"rule": "access/role_lacks_permission",
			"message": "Role lacks permission",
			"requirements": ["WFL-02", "WFL-03"],
			"detail": {"permission": "thing.undo", "roles": ["ADMIN"], "own_roles": []},
		}],
		"obligations": nothing,
	}
}

# METADATA
# custom: {requirements: [WFL-02]}
test_deny_access_for_each_reason_in_sorted_order if {
	question := object.union(access_question, {"permission": "thing.burn", "credential": "legacy"})
	rules(access_decided(question)) == ["access/legacy_off", "access/unknown_permission"]
}

# What the area objects to is heard, also where somebody holds the permission.
# METADATA
# custom: {requirements: [WFL-02]}
test_deny_access_that_is_held_and_objected_to if {
	decision := main.access with input as access_question
		with data.access.violations as {objection}
		with data.access.held as true
	decision == {"allow": false, "violations": [objection], "obligations": nothing}
}

# Without somebody who holds it, silence allows nothing.
# METADATA
# custom: {requirements: [WFL-02]}
test_deny_access_that_nobody_objects_to_and_nobody_holds if {
	decision := main.access with input as access_question
		with data.access.violations as set()
		with data.access.permissions as {}
	decision == {"allow": false, "violations": [], "obligations": nothing}
}

# METADATA
# custom: {requirements: [WFL-02]}
test_deny_access_with_a_missing_field if {
	every field, _ in about_approval {
		access_decided(object.remove(about_approval, {field})) == malformed
	}
	every part in ["subject", "approval"] {
		every field, _ in object.remove(about_approval[part], {"break_glass"}) {
			question := object.union(
				object.remove(about_approval, {part}),
				{part: object.remove(about_approval[part], {field})},
			)
			access_decided(question) == malformed
		}
	}
}

# METADATA
# custom: {requirements: [WFL-02]}
test_deny_access_with_a_wrong_type if {
	every change in [
		{"now_ms": "1"},
		{"now_ms": -1},
		{"now_ms": null},
		{"channel": null},
		{"channel": 1},
		{"subject": {"id": ""}},
		{"subject": {"id": 1}},
		{"subject": {"id": ["bob"]}},
		{"subject": {"roles": "OPERATOR"}},
		{"subject": {"roles": null}},
		{"subject": {"roles": ["OPERATOR", 1]}},
		{"subject": {"roles": ["OPERATOR", ""]}},
		{"subject": {"roles": [["OPERATOR"]]}},
		{"subject": {"roles": {"0": "OPERATOR"}}},
		{"credential": null},
		{"credential": "Bearer"},
		{"credential": ["bearer"]},
		{"permission": ""},
		{"permission": null},
		{"permission": ["thing.do"]},
		{"approval": "approval-1"},
		{"approval": []},
		{"approval": {"state": null}},
		{"approval": {"requested_by": ""}},
		{"approval": {"approvers": "bob"}},
		{"approval": {"approvers": [1]}},
		{"approval": {"expires_ms": "2"}},
		{"approval": {"break_glass": "true"}},
		{"approval": {"break_glass": null}},
	] {
		access_decided(object.union(about_approval, change)) == malformed
	}
}

# METADATA
# custom: {requirements: [WFL-02]}
test_deny_access_that_is_no_question if {
	every question in [{}, [], "question", 1, null, true] {
		access_decided(question) == malformed
	}
}
