package sandbox_test

import data.lib_test.changed
import data.lib_test.gateway_request
import data.lib_test.without_in
import data.sandbox

requested(limits) := changed({"action": {"limits": limits}})

effective(request, risk) := limits if {
	limits := sandbox.run_limits with input as request
		with data.command.risk as risk
		with data.sandbox.limits as known_limits
}

test_allow_limits_of_risk if {
	effective(gateway_request, "low") == {"wall_ms": 10000, "memory_bytes": 1000000}
	effective(gateway_request, "high") == {"wall_ms": 60000, "memory_bytes": 4000000}
}

test_allow_tightened_limit if {
	every value in [1, 9999, 10000] {
		found(requested({"wall_ms": value}), "low", null) == set()
		effective(requested({"wall_ms": value}), "low") == {"wall_ms": value, "memory_bytes": 1000000}
	}
}

test_deny_loosened_limit if {
	found(requested({"wall_ms": 10001}), "low", null) == {{
		"rule": "sandbox/limit_loosened",
		"message": "Limit loosened",
		"requirements": ["MEX-02"],
		"detail": {"limit": "wall_ms", "requested": 10001, "allowed": 10000},
	}}
}

# However much was asked for, no more is given.
test_deny_loosened_limit_takes_no_effect if {
	effective(requested({"wall_ms": 10001}), "low") == {"wall_ms": 10000, "memory_bytes": 1000000}
}

test_deny_no_limit_at_all if {
	every value in [0, -1, 0.5, 1e99] {
		rules(found(requested({"wall_ms": value}), "low", null)) == {"sandbox/limit_loosened"}
	}
}

test_deny_limit_that_is_no_number if {
	every value in [null, true, false, "5000", [5000], {"ms": 5000}] {
		rules(found(requested({"wall_ms": value}), "low", null)) == {"sandbox/limit_loosened"}
	}
}

test_deny_limit_that_policy_does_not_have if {
	found(requested({"wallMs": 1}), "low", null) == {{
		"rule": "sandbox/limit_loosened",
		"message": "Limit loosened",
		"requirements": ["MEX-02"],
		"detail": {"limit": "wallMs", "requested": 1, "allowed": null},
	}}
}

# No limits are not the limits of nothing.
test_deny_limits_that_are_no_limits if {
	has_limits(gateway_request, "low")
	not has_limits(without_in("action", "limits"), "low")
	not has_limits(gateway_request, "extreme")
	every value in [null, 1, "none", []] {
		not has_limits(object.union(without_in("action", "limits"), {"action": {"limits": value}}), "low")
	}
}

has_limits(request, risk) if effective(request, risk)

test_deny_each_loosened_limit if {
	violations := found(requested({"wall_ms": 10001, "memory_bytes": 1000001}), "low", null)
	{violation.detail.limit | some violation in violations} == {"wall_ms", "memory_bytes"}
}

test_allow_a_single_limit if {
	limits := sandbox.run_limits with input as requested({"wall_ms": 5})
		with data.command.risk as "low"
		with data.sandbox.limits as {"low": {"wall_ms": 10}}
	limits == {"wall_ms": 5}
}
