package quota_test

import data.lib_test.gateway_request
import data.quota

# Policy data as it is. Nothing was used but what a test says.
untouched := {"used": 0, "frees_at_ms": null}

usage(changes) := object.union(
	{id: untouched | some id in [
		"subject-minute", "subject-hour", "subject-cpu", "subject-output",
		"task-day", "task-wall",
	]},
	{id: {"used": used} | some id, used in changes},
)

# A run at its worst: a second of CPU time, two seconds in all, a thousand bytes of output.
worst := {"cpu_ms": 1000, "wall_ms": 2000, "output_bytes": 1000}

with_usage(changes) := object.union(object.remove(gateway_request, ["usage"]), {"usage": usage(changes)})

taken(changes) := consumptions if {
	consumptions := quota.consumptions with input as with_usage(changes)
		with data.sandbox.run_limits as worst
}

exceeded(changes) := {violation.detail.id |
	some violation in quota.violations with input as with_usage(changes)
		with data.sandbox.run_limits as worst
	violation.rule == "quota/exceeded"
}

test_allow_a_run_takes_of_every_limit if {
	taken({}) == [
		{"key": "subject:agent-7/subject-cpu", "window_ms": 3600000, "limit": 3600000, "amount": 1000},
		{"key": "subject:agent-7/subject-hour", "window_ms": 3600000, "limit": 10000, "amount": 1},
		{"key": "subject:agent-7/subject-minute", "window_ms": 60000, "limit": 100, "amount": 1},
		{"key": "subject:agent-7/subject-output", "window_ms": 86400000, "limit": 1073741824, "amount": 1000},
		{"key": "task:task-1/task-day", "window_ms": 86400000, "limit": 500, "amount": 1},
		{"key": "task:task-1/task-wall", "window_ms": 86400000, "limit": 7200000, "amount": 2000},
	]
}

last_that_fits := {
	"subject-minute": 99,
	"subject-hour": 9999,
	"subject-cpu": 3599000,
	"subject-output": 1073740824,
	"task-day": 499,
	"task-wall": 7198000,
}

test_allow_up_to_every_limit if exceeded(last_that_fits) == set()

test_deny_beyond_every_limit if {
	every id, used in last_that_fits {
		exceeded({id: used + 1}) == {id}
	}
}
