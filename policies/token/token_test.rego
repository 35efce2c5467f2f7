# METADATA
# custom: {requirements: [EXE-05, EXE-07, MEX-01]}
package token_test

import data.lib_test.changed
import data.lib_test.command_hash
import data.lib_test.gateway_request
import data.lib_test.local_request
import data.lib_test.without
import data.lib_test.without_in
import data.token

# The violations of a request, under data that the tests fix.
found(request) := violations if {
	violations := token.violations with input as request
		with data.token.issuer as "lockkeeper"
		with data.token.audience as "lockkeeper-gateway"
		with data.token.typ as "lockkeeper-capability+jwt"
		with data.token.max_lifetime_s as 300
		with data.token.leeway_s as 0
		with data.token.channels as {
			"gateway": {"capability": "required"},
			"local": {"capability": "none", "profiles": ["readonly"]},
		}
}

found_with_leeway(request, leeway_s) := violations if {
	violations := token.violations with input as request with data.token.leeway_s as leeway_s
}

rules(violations) := {violation.rule | some violation in violations}

with_token(changes) := changed({"token": changes})

other := "other"

test_allow_good_token if found(gateway_request) == set()

test_allow_no_token_where_none_is_required if found(local_request) == set()

test_deny_missing_token if {
	found(changed({"token": null})) == {{
		"rule": "token/missing",
		"message": "Token missing",
		"requirements": ["MEX-01"],
		"detail": {"channel": "gateway"},
	}}
}

test_deny_absent_token if rules(found(without("token"))) == {"token/missing"}

test_deny_token_that_is_no_object if {
	every value in [true, 5, "token", ["token"]] {
		rules(found(object.union(without("token"), {"token": value}))) == {"token/missing"}
	}
}

# A token is judged wherever it is presented.
test_deny_bad_token_on_local_channel if {
	rules(found(changed({"channel": "local", "token": {"replayed": true}}))) == {"token/replayed"}
}

# METADATA
# custom: {requirements: [EXE-03]}
test_deny_wrong_type if {
	found(with_token({"typ": "lockkeeper-identity+jwt"})) == {{
		"rule": "token/wrong_type",
		"message": "Token of the wrong type",
		"requirements": ["EXE-03"],
		"detail": {"typ": "lockkeeper-identity+jwt"},
	}}
}

# METADATA
# custom: {requirements: [EXE-03]}
test_deny_wrong_issuer if {
	found(with_token({"iss": "Lockkeeper"})) == {{
		"rule": "token/wrong_issuer",
		"message": "Token from another issuer",
		"requirements": ["EXE-03"],
		"detail": {"iss": "Lockkeeper"},
	}}
}

# METADATA
# custom: {requirements: [EXE-03]}
test_deny_wrong_audience if {
	found(with_token({"aud": "lockkeeper-gateway-2"})) == {{
		"rule": "token/wrong_audience",
		"message": "Token for another audience",
		"requirements": ["EXE-03"],
		"detail": {"aud": "lockkeeper-gateway-2"},
	}}
}

test_deny_audience_as_list if {
	rules(found(with_token({"aud": ["lockkeeper-gateway"]}))) == {"token/wrong_audience"}
}

test_deny_prefixes_of_the_right_names if {
	rules(found(with_token({"typ": "lockkeeper", "iss": "lock", "aud": "lockkeeper"}))) == {
		"token/wrong_type",
		"token/wrong_issuer",
		"token/wrong_audience",
	}
}

# METADATA
# custom: {requirements: [EXE-04]}
test_deny_used_token if {
	found(with_token({"replayed": true})) == {{
		"rule": "token/replayed",
		"message": "Token already used",
		"requirements": ["EXE-04"],
		"detail": {},
	}}
}

test_deny_token_of_somebody_else if {
	found(with_token({"sub": "agent-8"})) == {{
		"rule": "token/wrong_subject",
		"message": "Token of somebody else",
		"requirements": ["MEX-01"],
		"detail": {"sub": "agent-8", "subject": "agent-7"},
	}}
}

# Subjects are compared exactly: what only looks alike is somebody else.
test_deny_subject_that_looks_alike if {
	every sub in ["Agent-7", "agent-7 ", " agent-7", "agent-7\u0000", "аgent-7", "agent-7\u200b", "agent‐7", "*", ""] {
		rules(found(with_token({"sub": sub}))) == {"token/wrong_subject"}
	}
}

test_deny_token_for_another_approval if {
	found(with_token({"approval_id": "approval-2"})) == {{
		"rule": "token/approval_mismatch",
		"message": "Token for another approval",
		"requirements": ["EXE-05"],
		"detail": {"token": "approval-2", "request": "approval-1"},
	}}
}

test_deny_request_that_names_no_approval if {
	rules(found(changed({"approval_id": null}))) == {"token/approval_mismatch"}
}

test_deny_token_for_another_command if {
	found(with_token({"cmd_hash": other})) == {{
		"rule": "token/command_mismatch",
		"message": "Token for another command",
		"requirements": ["EXE-07"],
		"detail": {"token": "other", "request": command_hash},
	}}
}

test_allow_token_bound_to_this_binary if {
	found(changed({"token": {"binary_sha256": "b1"}, "action": {"binary_sha256": "b1"}})) == set()
}

test_deny_token_bound_to_another_binary if {
	rules(found(changed({"token": {"binary_sha256": "b1"}, "action": {"binary_sha256": "b2"}}))) == {"token/command_mismatch"}
}

# Whoever says no binary has not checked that it is the right one.
test_deny_token_bound_to_a_binary_nobody_checked if {
	rules(found(with_token({"binary_sha256": "b1"}))) == {"token/command_mismatch"}
	rules(found(changed({"token": {"binary_sha256": "b1"}, "action": {"binary_sha256": null}}))) == {"token/command_mismatch"}
}

test_deny_token_for_other_policies if {
	found(with_token({"bundle_sha256": other})) == {{
		"rule": "token/bundle_mismatch",
		"message": "Token for other policies",
		"requirements": ["EXE-07"],
		"detail": {"token": "other", "request": gateway_request.bundle_sha256},
	}}
}

test_allow_token_not_bound_to_policies if found(with_token({"bundle_sha256": null})) == set()

test_deny_everything_at_once if {
	every_rule := {
		"token/wrong_type", "token/wrong_issuer", "token/wrong_audience", "token/expired", "token/not_yet_valid",
		"token/lifetime_too_long", "token/issued_in_future", "token/issued_before_store", "token/replayed",
		"token/wrong_subject", "token/approval_mismatch", "token/command_mismatch", "token/bundle_mismatch",
	}
	rules(found(object.union(without("token"), {"token": {}}))) == every_rule
}

# For each field that is gone, exactly the rules that read it object.
test_deny_missing_field if {
	every field, expected in readers {
		rules(found(without_in("token", field))) == expected
	}
}

test_deny_wrong_type_of_field if {
	every field, expected in readers {
		rules(found(with_token({field: {"no": "such value"}}))) & expected == expected
	}
}

# Null comes before every number in Rego's order, so a store without a beginning would be older than every token.
test_deny_store_of_unknown_age if {
	every since in [null, false, true, "", []] {
		rules(found(with_token({"store_since_s": since}))) == {"token/issued_before_store"}
	}
}

readers := {
	"typ": {"token/wrong_type"},
	"iss": {"token/wrong_issuer"},
	"aud": {"token/wrong_audience"},
	"sub": {"token/wrong_subject"},
	"jti": set(),
	"approval_id": {"token/approval_mismatch"},
	"cmd_hash": {"token/command_mismatch"},
	"binary_sha256": {"token/command_mismatch"},
	"bundle_sha256": {"token/bundle_mismatch"},
	"iat_s": {"token/lifetime_too_long", "token/issued_in_future", "token/issued_before_store"},
	"nbf_s": {"token/not_yet_valid"},
	"exp_s": {"token/expired", "token/lifetime_too_long"},
	"replayed": {"token/replayed"},
	"store_since_s": {"token/issued_before_store"},
}
