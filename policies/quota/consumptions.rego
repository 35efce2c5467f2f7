package quota

import data.sandbox

# METADATA
# title: What the run consumes
# description: |
#   Sorted by limit. Undefined unless the run fits into every limit that applies, and so is everything that needs it.
consumptions := fitting if count(fitting) == applicable

fitting := [consumption |
	limits := data.quota.limits
	some id in sort(object.keys(limits))
	limit := limits[id]
	consumption := {
		"key": concat("", [limit.scope, ":", holder(limit.scope), "/", id]),
		"window_ms": limit.window_ms,
		"limit": limit.limit,
		"amount": room(id, limit),
	}
]

applicable := count(data.quota.limits) if {
	is_string(input.task)
} else := count([id | some id, limit in data.quota.limits; not exempt(limit)])

# A run outside any task is held to its subject's limits only.
exempt(limit) if {
	limit.scope == "task"
	input.task == null
}

# Whose use is counted. No limit's id holds a slash, so a key that ends with one and the id is unambiguous.
holder("subject") := input.subject.id

holder("task") := input.task if is_string(input.task)

# What the run may use at most, where that is still free.
room(id, limit) := 1 if {
	limit.resource == "executions"
	used := input.usage[id].used
	used >= 0
	used < limit.limit
} else := most if {
	most := sandbox.run_limits[limit.resource]
	used := input.usage[id].used
	used >= 0
	used + most <= limit.limit
}

amount(limit) := 1 if {
	limit.resource == "executions"
} else := sandbox.run_limits[limit.resource]
