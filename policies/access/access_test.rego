package access_test

import data.access

test_allow_role_that_has_it if found(question) == set()

test_deny_unknown_permission if {
	found(asked({"permission": "thing.burn"})) == {{
		"rule": "access/unknown_permission",
		"message": "Unknown permission",
		"requirements": ["WFL-02"],
		"detail": {"permission": "thing.burn"},
	}}
}

test_deny_permission_in_other_spelling if {
	every permission in ["Thing.write", "thing.write ", "", "thing", "roles"] {
		rules(found(asked({"permission": permission}))) == {"access/unknown_permission"}
	}
}

test_deny_role_that_lacks_it if {
	found(asked({"subject": {"roles": ["LOW", "other"]}})) == {{
		"rule": "access/role_lacks_permission",
		"message": "Role lacks permission",
		"requirements": ["WFL-02", "WFL-03"],
		"detail": {"permission": "thing.write", "roles": ["HIGH", "MIDDLE", "machine"], "own_roles": []},
	}}
}

test_deny_what_is_for_nobody if {
	every role in ["LOW", "MIDDLE", "HIGH", "machine", ""] {
		rules(found(asked({"permission": "thing.nobody", "subject": {"roles": [role]}}))) == {"access/role_lacks_permission"}
	}
}

test_deny_without_roles if {
	rules(found(asked({"subject": {"roles": []}}))) == {"access/role_lacks_permission"}
}

test_allow_one_role_of_several if found(asked({"subject": {"roles": ["other", "machine"]}})) == set()

test_deny_role_in_other_spelling if {
	every role in ["middle", "Middle", "MIDDLE ", "MIDDLE,HIGH"] {
		rules(found(asked({"subject": {"roles": [role]}}))) == {"access/role_lacks_permission"}
	}
}

test_deny_roles_that_are_no_list if {
	every value in [null, true, "MIDDLE", 1] {
		rules(found(asked({"subject": {"roles": value}}))) == {"access/role_lacks_permission"}
	}
	rules(found(object.remove(question, {"subject"}))) == {"access/role_lacks_permission"}
}

test_deny_missing_field if {
	every field, expected in {
		"subject": {"access/role_lacks_permission"},
		"credential": {"access/legacy_off"},
		"permission": {"access/unknown_permission"},
		"approval": set(),
	} {
		rules(found(object.remove(question, {field}))) == expected
	}
}

test_allow_own_approval if {
	found(asked_over("read", pending, "ann", "machine")) == set()
	found(asked_over("revoke", pending, "ann", "machine")) == set()
}

test_allow_own_approval_with_one_role_of_several if {
	found(object.union(asked_over("read", pending, "ann", "machine"), {"subject": {"roles": ["other", "machine"]}})) == set()
}

test_deny_approval_of_somebody_else if {
	found(asked_over("read", pending, "eve", "machine")) == {{
		"rule": "access/role_lacks_permission",
		"message": "Role lacks permission",
		"requirements": ["WFL-02", "WFL-03"],
		"detail": {"permission": "approval.read", "roles": ["HIGH", "LOW", "MIDDLE"], "own_roles": ["machine"]},
	}}
	rules(found(asked_over("read", pending, "ANN", "machine"))) == {"access/role_lacks_permission"}
}

test_deny_own_approval_with_another_role if {
	rules(found(asked_over("read", pending, "ann", "other"))) == {"access/role_lacks_permission"}
}

# Nobody asked for it is nobody, not everybody.
test_deny_approval_of_nobody if {
	not has(asked_over("read", object.remove(pending, {"requested_by"}), "ann", "machine"))
	not has(object.remove(asked_over("read", pending, "ann", "machine"), {"subject"}))
	not has({"permission": "approval.read"})
}

test_allow_and_deny_holding if {
	has(question)
	has(asked_over("read", pending, "ann", "machine"))
	not has(asked({"permission": "thing.end"}))
	not has({})
}

test_deny_older_header if {
	found(asked({"credential": "legacy"})) == {{
		"rule": "access/legacy_off",
		"message": "The older header",
		"requirements": ["WFL-01"],
		"detail": {"permission": "thing.write"},
	}}
}

test_allow_older_header_where_it_is_listed if {
	found_where(asked({"credential": "legacy"}), people, ["thing.write"]) == set()
}

test_deny_older_header_for_what_is_not_listed if {
	rules(found_where(asked({"credential": "legacy"}), people, ["thing.read"])) == {"access/legacy_off"}
}

test_deny_other_credentials if {
	every credential in [null, "", "Bearer", "basic", true, ["bearer"]] {
		rules(found_where(asked({"credential": credential}), people, ["thing.write"])) == {"access/legacy_off"}
	}
}

# An older header gives no role.
test_deny_older_header_without_the_role if {
	request := asked({"credential": "legacy", "subject": {"roles": ["LOW"]}})
	rules(found_where(request, people, ["thing.write"])) == {"access/role_lacks_permission"}
}

# A permission about which the data says too little is for nobody.
test_deny_permission_without_roles if {
	violations := access.violations with input as question
		with data.access.permissions as {"thing.write": {}}
	violations == {{
		"rule": "access/role_lacks_permission",
		"message": "Role lacks permission",
		"requirements": ["WFL-02", "WFL-03"],
		"detail": {"permission": "thing.write", "roles": [], "own_roles": []},
	}}
}
