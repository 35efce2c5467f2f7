# METADATA
# title: Entrypoints
# description: |
#   The questions that may be asked, each always answered with one decision. Allow needs a well-formed input, something
#   that grants, and no objection from any area.
# related_resources:
#   - {ref: ../../docs/policies/main.md, description: How a decision is composed}
package main

import data.approval
import data.command
import data.lib
import data.quota
import data.sandbox
import data.token

# METADATA
# title: May this run?
# description: Decides over one command. Always defined, whatever the input.
# entrypoint: true
request := {"allow": true, "violations": [], "obligations": obligations} if {
	unobjected
	ready
} else := {"allow": false, "violations": sort(violations), "obligations": lib.no_obligations}

# METADATA
# title: What an allowed run owes
# description: Defined only when every part of it is; a part that is missing cannot be allowed.
obligations := {
	"run": {"path": command.program_path, "env": command.fixed_env, "risk": command.risk},
	"isolation": sandbox.isolation,
	"limits": sandbox.run_limits,
	"consume": quota.consumptions,
	"filter": null,
}

# METADATA
# title: Ready to run
# description: Something grants, and everything that the run owes is known.
ready if {
	granted
	obligations
}

# METADATA
# title: Nobody objects
# description: The same areas as in `violations`, asked without collecting, because most requests are allowed.
unobjected if {
	well_formed
	kill_switch_released
	count(token.violations) == 0
	count(approval.violations) == 0
	count(command.violations) == 0
	count(sandbox.violations) == 0
	count(quota.violations) == 0
}

violations contains malformed_input if not well_formed

# METADATA
# title: The kill switch is engaged
# description: Nothing new starts until an ADMIN lifts it.
# custom: {id: main/kill_switch, requirements: [WFL-06]}
kill_switch := lib.violation(rego.metadata.rule(), {})

# METADATA
# custom: {requirements: [WFL-06]}
violations contains kill_switch if {
	well_formed
	not kill_switch_released
}

# METADATA
# title: Nothing grants this request
# description: |
#   The channel is not in policy data, or something that a run needs is unknown and no area has said so. What a known
#   channel asks for in vain is said by `token/missing` and `command/profile_not_granted`.
# custom: {id: main/not_granted, requirements: [MEX-01]}
not_granted := lib.violation(rego.metadata.rule(), {"channel": input.channel})

# METADATA
# custom: {requirements: [MEX-01]}
violations contains not_granted if {
	well_formed
	nothing_grants
}

violations contains violation if {
	well_formed
	some violation in area_violations
}

# METADATA
# title: What the areas object to
# description: Asked only once the input is known to be well formed.
area_violations := union({
	token.violations,
	approval.violations,
	command.violations,
	sandbox.violations,
	quota.violations,
})

nothing_grants if not channel_known

nothing_grants if {
	not ready
	count(area_violations) == 0
}

channel_known if is_object(data.token.channels[input.channel])

kill_switch_released if input.kill_switch.engaged == false
