# METADATA
# custom: {requirements: [MEX-03]}
package quota_test

import data.lib_test.changed
import data.lib_test.gateway_request
import data.lib_test.without
import data.quota

known_limits := {
	"runs": {"scope": "subject", "resource": "executions", "window_ms": 60000, "limit": 10},
	"task-cpu": {"scope": "task", "resource": "cpu_ms", "window_ms": 3600000, "limit": 5000},
}

run_limits := {"cpu_ms": 2000, "wall_ms": 3000}

found(request) := found_with(request, known_limits)

found_with(request, limits) := violations if {
	violations := quota.violations with input as request
		with data.quota.limits as limits
		with data.sandbox.run_limits as run_limits
}

consumed(request) := consumed_with(request, known_limits)

consumed_with(request, limits) := consumptions if {
	consumptions := quota.consumptions with input as request
		with data.quota.limits as limits
		with data.sandbox.run_limits as run_limits
}

used(id, amount) := changed({"usage": {id: {"used": amount}}})

rules(violations) := {violation.rule | some violation in violations}

outside_tasks := changed({"task": null})

test_allow_within_every_limit if {
	found(gateway_request) == set()
	consumed(gateway_request) == [
		{"key": "subject:agent-7/runs", "window_ms": 60000, "limit": 10, "amount": 1},
		{"key": "task:task-1/task-cpu", "window_ms": 3600000, "limit": 5000, "amount": 2000},
	]
}

test_allow_up_to_limit if {
	found(used("runs", 8)) == set()
	found(used("runs", 9)) == set()
	found(used("task-cpu", 2999)) == set()
	found(used("task-cpu", 3000)) == set()
}

test_deny_over_limit_of_executions if {
	found(used("runs", 10)) == {{
		"rule": "quota/exceeded",
		"message": "Quota exceeded",
		"requirements": ["MEX-03"],
		"detail": {"id": "runs", "resource": "executions", "used": 10, "amount": 1, "limit": 10, "frees_at_ms": 1700000020000},
	}}
}

# Something else than a run is reserved at what the run may use at most.
test_deny_over_limit_at_worst if {
	found(used("task-cpu", 3001)) == {{
		"rule": "quota/exceeded",
		"message": "Quota exceeded",
		"requirements": ["MEX-03"],
		"detail": {"id": "task-cpu", "resource": "cpu_ms", "used": 3001, "amount": 2000, "limit": 5000, "frees_at_ms": null},
	}}
}

test_deny_far_over_limit if {
	rules(found(used("runs", 9007199254740991))) == {"quota/exceeded"}
	rules(found(used("runs", 1e99))) == {"quota/exceeded"}
}

test_deny_over_two_limits if {
	violations := found(changed({"usage": {"runs": {"used": 10}, "task-cpu": {"used": 5000}}}))
	{violation.detail.id | some violation in violations} == {"runs", "task-cpu"}
	rules(violations) == {"quota/exceeded"}
}

test_deny_run_larger_than_limit if {
	limits := {"cpu": {"scope": "subject", "resource": "cpu_ms", "window_ms": 60000, "limit": 1999}}
	rules(found_with(changed({"usage": {"cpu": {"used": 0, "frees_at_ms": null}}}), limits)) == {"quota/exceeded"}
}

test_deny_under_limit_of_nothing if {
	limits := {"runs": {"scope": "subject", "resource": "executions", "window_ms": 60000, "limit": 0}}
	rules(found_with(used("runs", 0), limits)) == {"quota/exceeded"}
}

test_allow_task_limits_outside_tasks if {
	found(outside_tasks) == set()
	consumed(outside_tasks) == [{"key": "subject:agent-7/runs", "window_ms": 60000, "limit": 10, "amount": 1}]
}

test_allow_several_subject_limits_outside_tasks if {
	limits := object.union(known_limits, {"day": object.union(known_limits.runs, {"window_ms": 86400000})})
	request := object.union(outside_tasks, {"usage": {"day": {"used": 0, "frees_at_ms": null}}})
	[consumption.key | some consumption in consumed_with(request, limits)] == ["subject:agent-7/day", "subject:agent-7/runs"]
	found_with(request, limits) == set()
}

test_deny_subject_limits_outside_tasks if {
	rules(found(object.union(outside_tasks, {"usage": {"runs": {"used": 10}}}))) == {"quota/exceeded"}
}

test_allow_without_any_limit if {
	found_with(gateway_request, {}) == set()
	consumed_with(gateway_request, {}) == []
}

test_deny_unknown_usage if {
	found(object.union(without("usage"), {"usage": {"task-cpu": {"used": 0, "frees_at_ms": null}}})) == {{
		"rule": "quota/usage_unknown",
		"message": "Usage unknown",
		"requirements": ["MEX-03"],
		"detail": {"id": "runs"},
	}}
}

# What is known of other limits says nothing of this one.
test_deny_usage_of_other_limits if {
	usage := {"Runs": {"used": 0}, "runs ": {"used": 0}, "task-cpu": {"used": 0, "frees_at_ms": null}}
	rules(found(object.union(without("usage"), {"usage": usage}))) == {"quota/usage_unknown"}
}

test_deny_no_usage_at_all if {
	rules(found(without("usage"))) == {"quota/usage_unknown"}
	count(found(without("usage"))) == 2
}

test_deny_usage_that_is_no_amount if {
	every amount in [null, true, "0", "", [], {}, -1, -0.5] {
		rules(found(used("runs", amount))) == {"quota/usage_unknown"}
		rules(found(used("task-cpu", amount))) == {"quota/usage_unknown"}
	}
}

# Limits are looked at one by one only for a run that does not fit.
test_allow_silence_on_run_that_fits if {
	every request in [without("usage"), used("runs", 10)] {
		violations := quota.violations with input as request
			with data.quota.consumptions as []
			with data.quota.limits as known_limits
			with data.sandbox.run_limits as run_limits
		violations == set()
	}
}

test_deny_nothing_to_consume_where_a_limit_is_exceeded if {
	consumes(gateway_request)
	not consumes(used("runs", 10))
	not consumes(without("usage"))
	not consumes(without("subject"))
	not consumes(without("task"))
	not consumes(changed({"task": 7}))
}

consumes(request) if consumed(request)

# A name cannot be chosen so that its use is counted as somebody else's, or as that of another limit.
test_allow_keys_that_do_not_collide if {
	limits := {"a": known_limits.runs, "b": object.union(known_limits["task-cpu"], {"resource": "executions"})}
	usage := {"usage": {"a": {"used": 0, "frees_at_ms": null}, "b": {"used": 0, "frees_at_ms": null}}}
	keys := {consumption.key |
		some id in ["x", "x/a", "x/b", "task:x", "subject:x"]
		request := changed(object.union(usage, {"subject": {"id": id}, "task": id}))
		some consumption in consumed_with(request, limits)
	}
	count(keys) == 10
}

test_deny_limit_of_unknown_scope if {
	limits := {"runs": object.union(known_limits.runs, {"scope": "team"})}
	rules(found_with(gateway_request, limits)) == {"quota/usage_unknown"}
	not consumes_with(gateway_request, limits)
}

# A limit whose holder is unknown is nobody's, and nothing fits into it.
test_deny_unknown_holder if {
	rules(found(without("subject"))) == {"quota/usage_unknown"}
	rules(found(without("task"))) == {"quota/usage_unknown"}
	rules(found(changed({"task": 7}))) == {"quota/usage_unknown"}
}

# A resource without a limit of its own could be used without end.
test_deny_resource_without_limit if {
	limits := {"disk": {"scope": "subject", "resource": "disk_bytes", "window_ms": 60000, "limit": 100}}
	request := changed({"usage": {"disk": {"used": 0, "frees_at_ms": null}}})
	consumes_with(request, {})
	not consumes_with(request, limits)
}

consumes_with(request, limits) if consumed_with(request, limits)
