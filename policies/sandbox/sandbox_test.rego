# METADATA
# custom: {requirements: [MEX-02]}
package sandbox_test

import data.lib_test.changed
import data.lib_test.gateway_request
import data.lib_test.without
import data.lib_test.without_in
import data.sandbox

known_profiles := {
	"open": [],
	"contained": ["user", "mount", "pid", "net"],
	"measured": ["memory", "pids", "user"],
	"confined": ["user", "mount", "pid", "net", "ipc", "seccomp", "memory", "pids", "disk"],
}

known_channels := {
	"local": {"low": "open", "high": "open"},
	"gateway": {"low": "contained", "high": "confined"},
}

known_limits := {
	"low": {"wall_ms": 10000, "memory_bytes": 1000000},
	"medium": {"wall_ms": 20000, "memory_bytes": 2000000},
	"high": {"wall_ms": 60000, "memory_bytes": 4000000},
}

found(request, risk, stated) := violations if {
	violations := sandbox.violations with input as request
		with data.command.risk as risk
		with data.command.stated_sandbox as stated
		with data.command.violations as set()
		with data.sandbox.profiles as known_profiles
		with data.sandbox.channels as known_channels
		with data.sandbox["default"] as "contained"
		with data.sandbox.limits as known_limits
}

isolation(request, risk, stated) := required if {
	required := sandbox.isolation with input as request
		with data.command.risk as risk
		with data.command.stated_sandbox as stated
		with data.sandbox.profiles as known_profiles
		with data.sandbox.channels as known_channels
		with data.sandbox["default"] as "contained"
		with data.sandbox.limits as known_limits
}

rules(violations) := {violation.rule | some violation in violations}

test_allow_with_everything_in_force if {
	found(gateway_request, "low", null) == set()
	found(gateway_request, "high", "confined") == set()
}

test_allow_profile_of_channel_and_risk if {
	isolation(gateway_request, "low", null) == {"profile": "contained", "requires": ["mount", "net", "pid", "user"]}
	isolation(gateway_request, "high", null) == {
		"profile": "confined",
		"requires": ["disk", "ipc", "memory", "mount", "net", "pid", "pids", "seccomp", "user"],
	}
	isolation(changed({"channel": "local"}), "high", null) == {"profile": "open", "requires": []}
}

test_allow_default_where_channel_says_nothing if {
	contained := {"profile": "contained", "requires": ["mount", "net", "pid", "user"]}
	isolation(gateway_request, "medium", null) == contained
	isolation(changed({"channel": "elsewhere"}), "low", null) == contained
}

test_allow_need_that_channel_meets if {
	isolation(gateway_request, "low", "contained").profile == "contained"
	isolation(gateway_request, "low", "open") == {"profile": "contained", "requires": ["mount", "net", "pid", "user"]}
}

test_allow_need_beyond_channel if {
	isolation(gateway_request, "low", "confined").profile == "confined"
	count(isolation(gateway_request, "low", "confined").requires) == 9
	isolation(changed({"channel": "local"}), "low", "contained") == {
		"profile": "contained",
		"requires": ["mount", "net", "pid", "user"],
	}
}

test_allow_union_of_needs if {
	isolation(gateway_request, "low", "measured") == {
		"profile": "contained+measured",
		"requires": ["memory", "mount", "net", "pid", "pids", "user"],
	}
}

test_deny_isolation_not_in_force if {
	found(changed({"isolation": {"net": false, "pid": false}}), "low", null) == {{
		"rule": "sandbox/isolation_missing",
		"message": "Isolation missing",
		"requirements": ["MEX-02"],
		"detail": {"risk": "low", "profile": "contained", "missing": ["net", "pid"]},
	}}
}

test_allow_isolation_that_nobody_asks_for_to_be_missing if {
	found(changed({"isolation": {"ipc": false, "disk": false}}), "low", null) == set()
}

test_deny_each_missing_kind if {
	every kind in known_profiles.confined {
		violations := found(changed({"isolation": {kind: false}}), "high", null)
		{violation.detail.missing | some violation in violations} == {[kind]}
		rules(violations) == {"sandbox/isolation_missing"}
	}
}

test_deny_isolation_of_need_not_in_force if {
	rules(found(changed({"isolation": {"memory": false}}), "low", "measured")) == {"sandbox/isolation_missing"}
}

# Only true is true.
test_deny_isolation_not_plainly_in_force if {
	every value in [null, 1, "true", [], {"held": true}] {
		rules(found(changed({"isolation": {"net": value}}), "low", null)) == {"sandbox/isolation_missing"}
	}
}

test_deny_unknown_isolation if {
	violations := found(without("isolation"), "low", null)
	{violation.detail.missing | some violation in violations} == {["mount", "net", "pid", "user"]}
	rules(violations) == {"sandbox/isolation_missing"}
	rules(found(without_in("isolation", "net"), "low", null)) == {"sandbox/isolation_missing"}
}

test_deny_profile_that_data_does_not_know if {
	found(gateway_request, "low", "strongest") == {{
		"rule": "sandbox/isolation_missing",
		"message": "Isolation missing",
		"requirements": ["MEX-02"],
		"detail": {"risk": "low", "profile": null, "missing": []},
	}}
	violations := sandbox.violations with input as gateway_request
		with data.command.risk as "low"
		with data.command.stated_sandbox as null
		with data.command.violations as set()
		with data.sandbox.profiles as {}
	rules(violations) == {"sandbox/isolation_missing"}
}

# A need of the program's own is no reason to forget the channel's.
test_deny_profile_of_channel_that_data_does_not_know if {
	violations := sandbox.violations with input as gateway_request
		with data.command.risk as "low"
		with data.command.stated_sandbox as "open"
		with data.command.violations as set()
		with data.sandbox.profiles as {"open": []}
		with data.sandbox.channels as {"gateway": {"low": "strongest"}}
	rules(violations) == {"sandbox/isolation_missing"}
}

test_deny_limits_of_unknown_risk_for_one_reason if {
	rules(found(changed({"action": {"limits": {"wall_ms": 1}}}), "extreme", null)) == {"sandbox/isolation_missing"}
}

test_deny_unknown_risk if {
	found(gateway_request, "extreme", null) == {{
		"rule": "sandbox/isolation_missing",
		"message": "Isolation missing",
		"requirements": ["MEX-02"],
		"detail": {"risk": "extreme", "profile": "contained", "missing": []},
	}}
}

test_deny_risk_of_wrong_type if {
	every risk in [null, 1, true, ["low"], {"risk": "low"}] {
		rules(found(gateway_request, risk, null)) == {"sandbox/isolation_missing"}
	}
}

# The command has been refused already, and a program that is not described has no risk.
test_allow_silence_on_refused_command if {
	violations := sandbox.violations with input as gateway_request
		with data.command.risk as "extreme"
		with data.command.stated_sandbox as null
		with data.command.violations as {{"rule": "command/not_allowed"}}
	violations == set()
}

test_allow_silence_on_refused_command_where_nothing_holds if {
	violations := sandbox.violations with input as changed({"isolation": {"net": false, "mount": false}})
		with data.command.risk as "extreme"
		with data.command.stated_sandbox as null
		with data.command.violations as {{"rule": "command/not_allowed"}}
	violations == set()
}

test_deny_no_risk_without_refusal if {
	violations := sandbox.violations with input as changed({"action": {"argv": ["no-such-program"]}})
		with data.command.programs as {}
		with data.command.violations as set()
	rules(violations) == {"sandbox/isolation_missing"}
	{violation.detail.risk | some violation in violations} == {null}
}
