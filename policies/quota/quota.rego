# METADATA
# title: Quotas
# description: |
#   How much a subject or a task may use within a window. What a run may use at most is reserved before it starts and
#   settled afterwards. Usage comes in with the input; the ledger checks it once more when it opens.
# related_resources:
#   - {ref: ../../docs/policies/quota.md, description: How quotas are counted and configured}
package quota

import data.lib

# METADATA
# title: Quota exceeded
# description: With this run, more would be used within the window than the limit allows.
# custom: {id: quota/exceeded, requirements: [MEX-03]}
exceeded(id, limit) := lib.violation(rego.metadata.rule(), {
	"id": id,
	"resource": limit.resource,
	"used": lib.fact(["usage", id, "used"]),
	"amount": amount(limit),
	"limit": limit.limit,
	"frees_at_ms": lib.fact(["usage", id, "frees_at_ms"]),
})

# METADATA
# custom: {requirements: [MEX-03]}
violations contains exceeded(id, limit) if {
	not consumptions
	some id, limit in data.quota.limits
	not room(id, limit)
	usage_known(id, limit)
}

# METADATA
# title: Usage unknown
# description: Nobody said how much of this limit is used, or by whom, so it may all be.
# custom: {id: quota/usage_unknown, requirements: [MEX-03]}
usage_unknown(id) := lib.violation(rego.metadata.rule(), {"id": id})

# METADATA
# custom: {requirements: [MEX-03]}
violations contains usage_unknown(id) if {
	not consumptions
	some id, limit in data.quota.limits
	not exempt(limit)
	not usage_known(id, limit)
}

usage_known(id, limit) if {
	holder(limit.scope)
	used := input.usage[id].used
	is_number(used)
	used >= 0
}
