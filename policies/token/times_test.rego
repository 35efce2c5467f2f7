package token_test

import data.lib_test.changed
import data.lib_test.gateway_request

# The request at a time, with a token of these times.
at(now_ms, times) := changed({"now_ms": now_ms, "token": times})

# METADATA
# custom: {requirements: [EXE-02]}
test_deny_at_expiry if {
	found(at(1700000060000, {})) == {{
		"rule": "token/expired",
		"message": "Token expired",
		"requirements": ["EXE-02"],
		"detail": {"exp_s": 1700000060, "now_ms": 1700000060000},
	}}
}

test_allow_last_millisecond_before_expiry if found(at(1700000059999, {})) == set()

test_deny_after_expiry if rules(found(at(1700000060001, {}))) == {"token/expired"}

# METADATA
# custom: {requirements: [EXE-02]}
test_deny_before_begin if {
	found(at(1700000009999, {"nbf_s": 1700000010})) == {{
		"rule": "token/not_yet_valid",
		"message": "Token not valid yet",
		"requirements": ["EXE-02"],
		"detail": {"nbf_s": 1700000010, "now_ms": 1700000009999},
	}}
}

test_allow_from_begin if {
	found(at(1700000010000, {"nbf_s": 1700000010})) == set()
	found(at(1700000010001, {"nbf_s": 1700000010})) == set()
}

test_allow_no_begin if found(at(1700000010000, {"nbf_s": null})) == set()

test_allow_longest_lifetime if found(at(1700000010000, {"exp_s": 1700000300})) == set()

test_allow_one_second_less_than_longest_lifetime if found(at(1700000010000, {"exp_s": 1700000299})) == set()

# METADATA
# custom: {requirements: [EXE-02]}
test_deny_longer_lifetime if {
	found(at(1700000010000, {"exp_s": 1700000301})) == {{
		"rule": "token/lifetime_too_long",
		"message": "Token lives too long",
		"requirements": ["EXE-02"],
		"detail": {"iat_s": 1700000000, "exp_s": 1700000301},
	}}
}

test_deny_endless_lifetime if {
	every exp_s in [253402300799, 9007199254740993, 1e99] {
		rules(found(at(1700000010000, {"exp_s": exp_s}))) == {"token/lifetime_too_long"}
	}
}

# METADATA
# custom: {requirements: [EXE-02]}
test_deny_issue_in_future if {
	found(at(1699999999999, {"nbf_s": null})) == {{
		"rule": "token/issued_in_future",
		"message": "Token issued in the future",
		"requirements": ["EXE-02"],
		"detail": {"iat_s": 1700000000, "now_ms": 1699999999999},
	}}
}

test_allow_from_issue if {
	found(at(1700000000000, {})) == set()
	found(at(1700000000001, {})) == set()
}

test_deny_negative_times if {
	rules(found(at(1700000010000, {"iat_s": -60, "nbf_s": -60, "exp_s": -1, "store_since_s": -61}))) == {"token/expired"}
}

# METADATA
# custom: {requirements: [EXE-04]}
test_deny_token_older_than_store if {
	found(at(1700000010000, {"store_since_s": 1700000001})) == {{
		"rule": "token/issued_before_store",
		"message": "Token older than the nonce store",
		"requirements": ["EXE-04"],
		"detail": {"iat_s": 1700000000, "store_since_s": 1700000001},
	}}
}

test_allow_token_as_old_as_store if {
	found(at(1700000010000, {"store_since_s": 1700000000})) == set()
	found(at(1700000010000, {"store_since_s": 1699999999})) == set()
}

test_allow_within_leeway if {
	found_with_leeway(at(1700000064999, {}), 5) == set()
	found_with_leeway(at(1699999995000, {}), 5) == set()
}

test_deny_past_leeway if {
	rules(found_with_leeway(at(1700000065000, {}), 5)) == {"token/expired"}
	rules(found_with_leeway(at(1699999994999, {}), 5)) == {"token/not_yet_valid", "token/issued_in_future"}
}

# The leeway is for clocks, which have nothing to do with how long a token lives.
test_deny_longer_lifetime_within_leeway if {
	rules(found_with_leeway(at(1700000010000, {"exp_s": 1700000301}), 5)) == {"token/lifetime_too_long"}
}

# `found` fixes the leeway at 0; without any leeway in the data, no time can be judged.
test_deny_unknown_time if {
	every request in [
		object.remove(gateway_request, {"now_ms"}),
		at(null, {}),
		at(true, {}),
		at("1700000010500", {}),
		at([], {}),
	] {
		rules(found(request)) == {"token/expired", "token/not_yet_valid", "token/issued_in_future"}
	}
}
