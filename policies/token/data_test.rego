package token_test

import data.lib_test.changed
import data.lib_test.gateway_request
import data.lib_test.local_request
import data.token

# Policy data as it is.
objections(request) := {violation.rule | some violation in token.violations with input as request}

moment(now_ms) := changed({"now_ms": now_ms})

test_allow_a_token_for_all_of_its_life if {
	objections(moment(1700000000000)) == set()
	objections(moment(1700000059999)) == set()
}

test_deny_a_token_the_moment_it_expires if objections(moment(1700000060000)) == {"token/expired"}

test_deny_a_token_a_moment_before_it_begins if {
	objections(moment(1699999999999)) == {"token/not_yet_valid", "token/issued_in_future"}
}

test_allow_the_longest_life if objections(with_token({"exp_s": 1700000300})) == set()

test_deny_a_life_a_second_longer if {
	# Than max_lifetime_s, which is 300 seconds.
	objections(with_token({"exp_s": 1700000301})) == {"token/lifetime_too_long"}
}

test_deny_a_gateway_without_a_token if {
	count(objections(changed({"token": null}))) > 0
	objections(gateway_request) == set()
}

test_allow_a_terminal_without_a_token if objections(local_request) == set()
