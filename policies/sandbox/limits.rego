package sandbox

import data.command
import data.lib

# METADATA
# title: Limit loosened
# description: |
#   A request may tighten the limits of its risk, not loosen them, and may not name one that policy does not have. 0 is
#   refused, because to many programs it means no limit at all.
# custom: {id: sandbox/limit_loosened, requirements: [MEX-02]}
limit_loosened(name, value) := lib.violation(rego.metadata.rule(), {
	"limit": name,
	"requested": value,
	"allowed": object.get(data.sandbox.limits, [command.risk, name], null),
})

# METADATA
# custom: {requirements: [MEX-02]}
violations contains limit_loosened(name, value) if {
	risk_known
	some name, value in input.action.limits
	not tightens(name, value)
}

# METADATA
# title: The limits of this run
# description: The lower of what policy allows and what was requested.
run_limits := data.sandbox.limits[command.risk] if {
	is_object(input.action.limits)
	count(input.action.limits) == 0
} else := lowered if {
	requested := input.action.limits
	lowered := {name: lowest |
		some name, allowed in data.sandbox.limits[command.risk]
		lowest := min([allowed, object.get(requested, name, allowed)])
	}
	count(lowered) > 0
}

tightens(name, value) if {
	value >= 1
	value <= data.sandbox.limits[command.risk][name]
}
