# METADATA
# custom: {requirements: [MEX-01]}
package main_test

import data.lib_test.bundle_hash
import data.lib_test.changed
import data.lib_test.gateway_request
import data.lib_test.local_request
import data.main

# The decision over a request, with a command area that has nothing against it and data that the tests fix.
decided(request) := decided_with(request, set())

decided_with(request, command_violations) := decision if {
	decision := main.request with input as request
		with data.command.violations as command_violations
		with data.command.program_path as "/usr/bin/echo"
		with data.command.fixed_env as {"LC_ALL": "C"}
		with data.command.risk as "low"
		with data.command.stated_sandbox as null
		with data.token.issuer as "lockkeeper"
		with data.token.audience as "lockkeeper-gateway"
		with data.token.typ as "lockkeeper-capability+jwt"
		with data.token.max_lifetime_s as 300
		with data.token.leeway_s as 0
		with data.token.channels as {
			"gateway": {"capability": "required"},
			"local": {"capability": "none", "profiles": ["readonly"]},
		}
		with data.approval.four_eyes as true
		with data.approval.min_approvers as 1
		with data.sandbox.profiles as {"open": [], "contained": ["user", "net"]}
		with data.sandbox.channels as {"gateway": {"low": "contained"}, "local": {"low": "open"}}
		with data.sandbox["default"] as "contained"
		with data.sandbox.limits as {"low": {"wall_ms": 10000, "cpu_ms": 2000}}
		with data.quota.limits as {
			"runs": {"scope": "subject", "resource": "executions", "window_ms": 60000, "limit": 10},
			"task-cpu": {"scope": "task", "resource": "cpu_ms", "window_ms": 3600000, "limit": 5000},
		}
}

rules(decision) := [violation.rule | some violation in decision.violations]

nothing := {
	"run": null,
	"isolation": {"profile": null, "requires": []},
	"limits": null,
	"consume": [],
	"filter": null,
}

malformed := {
	"allow": false,
	"violations": [{
		"rule": "main/malformed_input",
		"message": "Malformed input",
		"requirements": ["EXE-18"],
		"detail": {},
	}],
	"obligations": nothing,
}

denies(decision, expected) if {
	decision.allow == false
	decision.obligations == nothing
	rules(decision) == expected
}

test_allow_gateway_request_with_token_and_approval if {
	decided(gateway_request) == {
		"allow": true,
		"violations": [],
		"obligations": {
			"run": {"path": "/usr/bin/echo", "env": {"LC_ALL": "C"}, "risk": "low"},
			"isolation": {"profile": "contained", "requires": ["net", "user"]},
			"limits": {"wall_ms": 10000, "cpu_ms": 2000},
			"consume": [
				{"key": "subject:agent-7/runs", "window_ms": 60000, "limit": 10, "amount": 1},
				{"key": "task:task-1/task-cpu", "window_ms": 3600000, "limit": 5000, "amount": 2000},
			],
			"filter": null,
		},
	}
}

test_allow_local_request_without_token if {
	decided(local_request) == {
		"allow": true,
		"violations": [],
		"obligations": {
			"run": {"path": "/usr/bin/echo", "env": {"LC_ALL": "C"}, "risk": "low"},
			"isolation": {"profile": "open", "requires": []},
			"limits": {"wall_ms": 10000, "cpu_ms": 2000},
			"consume": [{"key": "subject:agent-7/runs", "window_ms": 60000, "limit": 10, "amount": 1}],
			"filter": null,
		},
	}
}

test_allow_tightened_limits if {
	decision := decided(changed({"action": {"limits": {"cpu_ms": 500}}}))
	decision.obligations.limits == {"wall_ms": 10000, "cpu_ms": 500}
	decision.obligations.consume[1].amount == 500
}

# METADATA
# custom: {requirements: [WFL-06]}
test_allow_while_kill_switch_is_released if {
	decided(changed({"kill_switch": {"engaged": false}})).allow == true
}

# METADATA
# custom: {requirements: [WFL-06]}
test_deny_kill_switch if {
	decided(changed({"kill_switch": {"engaged": true}})) == {
		"allow": false,
		"violations": [{
			"rule": "main/kill_switch",
			"message": "The kill switch is engaged",
			"requirements": ["WFL-06"],
			"detail": {},
		}],
		"obligations": nothing,
	}
}

test_deny_unknown_channel if {
	decided(changed({"channel": "pigeon"})) == {
		"allow": false,
		"violations": [{
			"rule": "main/not_granted",
			"message": "Nothing grants this request",
			"requirements": ["MEX-01"],
			"detail": {"channel": "pigeon"},
		}],
		"obligations": nothing,
	}
}

test_deny_profile_that_local_channel_does_not_list if {
	denies(decided(object.union(local_request, {"action": {"profile": "build"}})), ["main/not_granted"])
}

# What the command area says of the profile needs no second voice.
test_deny_profile_in_the_words_of_the_command_area if {
	violation := {"rule": "command/profile_not_granted", "message": "", "requirements": ["MEX-01"], "detail": {}}
	request := object.union(local_request, {"action": {"profile": "build"}})
	denies(decided_with(request, {violation}), ["command/profile_not_granted"])
}

test_deny_missing_token if {
	denies(decided(changed({"token": null})), ["token/missing"])
}

test_deny_each_area if {
	every area in [
		{"changes": {"token": {"replayed": true}}, "expected": ["token/replayed"]},
		{"changes": {"approval": {"state": "used"}}, "expected": ["approval/used"]},
		{"changes": {"isolation": {"net": false}}, "expected": ["sandbox/isolation_missing"]},
		{"changes": {"action": {"limits": {"wall_ms": 0}}}, "expected": ["sandbox/limit_loosened"]},
		{"changes": {"usage": {"runs": {"used": 10}}}, "expected": ["quota/exceeded"]},
	] {
		denies(decided(changed(area.changes)), area.expected)
	}
}

test_deny_what_command_area_refuses if {
	violation := {"rule": "command/not_allowed", "message": "", "requirements": ["EXE-15"], "detail": {}}
	denies(decided_with(gateway_request, {violation}), ["command/not_allowed"])
}

objection := {"rule": "area/rule", "message": "", "requirements": [], "detail": {}}

# Whatever an area objects to is heard, also where it withholds nothing.
test_deny_what_any_area_objects_to if {
	decision_token := main.request with input as local_request with data.token.violations as {objection}
	decision_approval := main.request with input as local_request with data.approval.violations as {objection}
	decision_command := main.request with input as local_request with data.command.violations as {objection}
	decision_sandbox := main.request with input as local_request with data.sandbox.violations as {objection}
	decision_quota := main.request with input as local_request
		with data.quota.violations as {objection}
		with data.quota.consumptions as []
	every decision in [decision_token, decision_approval, decision_command, decision_sandbox, decision_quota] {
		decision.allow == false
		"area/rule" in rules(decision)
	}
}

# METADATA
# custom: {requirements: [EXE-18, WFL-06]}
test_deny_malformed_input_for_no_other_reason if {
	decided(changed({"kill_switch": {"engaged": true}, "channel": "pigeon", "now_ms": null})) == malformed
	decided(changed({"kill_switch": {"engaged": "yes"}})) == malformed
}

test_allow_grants if {
	grants(gateway_request)
	grants(local_request)
}

test_deny_grants if {
	not grants(changed({"token": null}))
	not grants(object.union(local_request, {"action": {"profile": "build"}}))
	not grants(changed({"channel": "narrow", "token": null}))
	not grants(changed({"channel": "pigeon"}))
	not grants({})
}

grants(request) if main.granted with input as request
	with data.token.channels as {
		"gateway": {"capability": "required"},
		"narrow": {"capability": "required", "profiles": ["readonly"]},
		"local": {"capability": "none", "profiles": ["readonly"]},
	}

test_deny_in_sorted_order if {
	changes := {
		"now_ms": 1700000600000,
		"kill_switch": {"engaged": true},
		"usage": {"runs": {"used": 10}},
		"token": {"sub": "agent-8", "replayed": true},
	}
	decision := decided(changed(changes))
	decision.violations == sort(decision.violations)
	{violation.rule | some violation in decision.violations} == {
		"main/kill_switch", "token/expired", "token/wrong_subject", "token/replayed", "approval/expired", "quota/exceeded",
	}
}

# A run that nobody objects to, but of which something is unknown, is not granted.
test_deny_without_everything_that_a_run_needs if {
	decision := main.request with input as gateway_request
		with data.command.violations as set()
		with data.command.programs as {}
		with data.sandbox.violations as set()
		with data.quota.violations as set()
	denies(decision, ["main/not_granted"])
}

test_deny_without_data if {
	decision := main.request with input as gateway_request with data.token.channels as {}
	decision.allow == false
	"main/not_granted" in rules(decision)
}

test_deny_input_that_is_not_well_formed if {
	every value in [{}, [], [gateway_request], "request", 0, 1, true, false, null] {
		decided(value) == malformed
	}
	decided(changed({"now_ms": null})) == malformed
	decided(changed({"action": {"argv": ["echo", 1]}})) == malformed
	decided(object.remove(gateway_request, {"token"})) == malformed
}

# There are seven limits. Refusing a thousand unknown ones, one by one and in order, would keep the gate busy.
test_deny_more_limits_than_there_are if {
	limits := {format_int(n, 10): 1 | some n in numbers.range(1, 8)}
	decided(changed({"action": {"limits": limits}})) == malformed
	seven := {name: amount | some name, amount in limits; name != "8"}
	decision := decided(changed({"action": {"limits": seven}}))
	{violation.rule | some violation in decision.violations} == {"sandbox/limit_loosened"}
}

# The edge refuses these; were it not there, an hour that never ends and a use below nothing would open everything.
test_deny_numbers_that_are_none if {
	every changes in [
		{"token": {"exp_s": 1e99}},
		{"approval": {"expires_ms": "never"}},
		{"usage": {"runs": {"used": -1}}},
		{"action": {"limits": {"wall_ms": 1e99}}},
	] {
		decided(changed(changes)).allow == false
	}
}

test_allow_facts_of_a_repository if {
	decided(changed({"repository": {"config_keys": ["core.bare"]}})).allow
}

test_allow_token_bound_to_bundle_in_force if {
	decided(changed({"token": {"bundle_sha256": bundle_hash}})).allow
	denies(decided(changed({"bundle_sha256": "other"})), ["token/bundle_mismatch"])
}
