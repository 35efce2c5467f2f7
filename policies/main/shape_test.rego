package main_test

import data.lib_test.changed
import data.lib_test.gateway_request
import data.lib_test.local_request
import data.lib_test.without
import data.lib_test.without_in
import data.main

formed(request) if main.well_formed with input as request

parts := ["action", "subject", "token", "approval", "kill_switch"]

test_allow_well_formed_requests if {
	formed(gateway_request)
	formed(local_request)
	formed(changed({"now_ms": 0, "token": {"iat_s": 0, "nbf_s": 0, "store_since_s": 0}}))
}

test_deny_each_missing_field if {
	every field, _ in gateway_request {
		not formed(without(field))
	}
	every part in parts {
		every field, _ in gateway_request[part] {
			not formed(without_in(part, field))
		}
	}
}

wrong_values := [[], ["x"], {}, {"x": 1}, true, -1, "", null]

# Null is a value of these, and what it means is for the areas to say.
nullable := {"task", "approval_id", "token", "approval", "repository", "stdin_sha256", "binary_sha256", "bundle_sha256", "nbf_s"}

# The wrong values of another type than the right one; text is right where null stands for no text.
wrong_for(field, right) := [wrong |
	some wrong in wrong_values
	type_name(wrong) != type_name(right)
	not null_allowed(field, wrong)
	not text_allowed(right, wrong)
]

null_allowed(field, wrong) if {
	wrong == null
	field in nullable
}

text_allowed(right, wrong) if {
	right == null
	wrong == ""
}

test_deny_each_wrong_type if {
	every field, right in gateway_request {
		every wrong in wrong_for(field, right) {
			not formed(object.union(without(field), {field: wrong}))
		}
	}
	every part in parts {
		every field, right in gateway_request[part] {
			every wrong in wrong_for(field, right) {
				not formed(object.union(without(part), {part: object.union(without_in(part, field)[part], {field: wrong})}))
			}
		}
	}
}

test_deny_elements_of_wrong_type if {
	every wrong in [null, 1, true, ["echo"], {"word": "echo"}] {
		not formed(changed({"action": {"argv": ["echo", wrong]}}))
		not formed(changed({"action": {"env": {"A": wrong}}}))
		not formed(changed({"approval": {"approvers": ["alice", wrong]}}))
	}
}

test_deny_objects_in_place_of_lists if {
	not formed(object.union(without("action"), {"action": object.union(
		without_in("action", "argv").action,
		{"argv": {"0": "echo", "1": "test"}},
	)}))
	not formed(object.union(without("approval"), {"approval": object.union(
		without_in("approval", "approvers").approval,
		{"approvers": {"0": "alice"}},
	)}))
}

test_deny_empty_names if {
	every changes in [
		{"subject": {"id": ""}},
		{"task": ""},
		{"approval_id": ""},
		{"token": {"sub": ""}},
		{"token": {"jti": ""}},
		{"token": {"approval_id": ""}},
		{"approval": {"id": ""}},
		{"approval": {"requested_by": ""}},
		{"approval": {"approvers": ["alice", ""]}},
		{"action": {"cmd_hash": ""}},
		{"action": {"argv": []}},
	] {
		not formed(changed(changes))
	}
}

test_deny_negative_times if {
	every changes in [
		{"now_ms": -1},
		{"token": {"iat_s": -1}},
		{"token": {"nbf_s": -1}},
		{"token": {"exp_s": -1}},
		{"token": {"store_since_s": -1}},
		{"approval": {"expires_ms": -1}},
	] {
		not formed(changed(changes))
	}
}

test_deny_other_kind_of_action if not formed(changed({"action": {"kind": "code"}}))

test_allow_facts_of_a_repository if formed(changed({"repository": {"config_keys": ["core.bare"]}}))

test_deny_repository_without_keys if {
	not formed(changed({"repository": {}}))
	not formed(changed({"repository": {"config_keys": "core.bare"}}))
}
