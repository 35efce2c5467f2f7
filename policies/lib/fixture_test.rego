# METADATA
# title: A request that is allowed
# description: What the tests of the areas start from, changed in one place at a time.
package lib_test

import data.lib

command_hash := "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f"

bundle_hash := "f1d2d2f924e986ac86fdf7b36c94bcdf32beec15f1d2d2f924e986ac86fdf7b3"

gateway_request := {
	"now_ms": 1700000010500,
	"channel": "gateway",
	"action": {
		"kind": "command",
		"profile": "readonly",
		"argv": ["echo", "test"],
		"cwd": "/srv/project",
		"env": {},
		"stdin_sha256": null,
		"cmd_hash": command_hash,
		"workspace": "/srv/project",
		"limits": {},
	},
	"subject": {"id": "agent-7", "roles": ["agent"]},
	"task": "task-1",
	"approval_id": "approval-1",
	"token": {
		"typ": "lockkeeper-capability+jwt",
		"iss": "lockkeeper",
		"aud": "lockkeeper-gateway",
		"sub": "agent-7",
		"jti": "token-1",
		"approval_id": "approval-1",
		"cmd_hash": command_hash,
		"binary_sha256": null,
		"bundle_sha256": bundle_hash,
		"iat_s": 1700000000,
		"nbf_s": 1700000000,
		"exp_s": 1700000060,
		"replayed": false,
		"store_since_s": 1690000000,
	},
	"approval": {
		"id": "approval-1",
		"state": "approved",
		"cmd_hash": command_hash,
		"requested_by": "agent-7",
		"approvers": ["alice"],
		"expires_ms": 1700000600000,
	},
	"usage": {"runs": {"used": 3, "frees_at_ms": 1700000020000}, "task-cpu": {"used": 0, "frees_at_ms": null}},
	"kill_switch": {"engaged": false},
	"isolation": {
		"user": true,
		"mount": true,
		"pid": true,
		"net": true,
		"ipc": true,
		"seccomp": true,
		"memory": true,
		"pids": true,
		"disk": true,
	},
	"repository": null,
	"bundle_sha256": bundle_hash,
}

# The same from a person at a terminal, with nothing but their own rights.
local_request := object.union(gateway_request, {"channel": "local", "approval_id": null, "token": null, "approval": null, "task": null})

# The request with other values at some paths.
changed(changes) := object.union(gateway_request, changes)

# The request without one member, and without a member of a member.
without(key) := object.remove(gateway_request, {key})

without_in(part, key) := object.union(
	object.remove(gateway_request, {part}),
	{part: object.remove(gateway_request[part], {key})},
)

test_violation_takes_title_as_message if {
	rule := {"title": "A title", "custom": {"id": "area/rule", "requirements": ["REQ-01"]}}
	lib.violation(rule, {"seen": 1}) == {
		"rule": "area/rule",
		"message": "A title",
		"requirements": ["REQ-01"],
		"detail": {"seen": 1},
	}
}

test_violation_prefers_message_of_its_own if {
	rule := {"title": "A title", "custom": {"id": "area/rule", "requirements": [], "message": "A message"}}
	lib.violation(rule, {}).message == "A message"
}

test_fact_is_null_where_there_is_nothing if {
	lib.fact(["subject", "id"]) == "agent-7" with input as gateway_request
	lib.fact(["subject", "name"]) == null with input as gateway_request
	lib.fact(["nothing", "at", "all"]) == null with input as gateway_request
}

test_refusal_obliges_to_nothing if {
	lib.no_obligations == {
		"run": null,
		"isolation": {"profile": null, "requires": []},
		"limits": null,
		"consume": [],
		"filter": null,
	}
}

test_violation_is_told_without_metadata if {
	lib.violation({}, {"seen": 1}) == {
		"rule": "main/unnamed",
		"message": "Refused",
		"requirements": [],
		"detail": {"seen": 1},
	}
}
