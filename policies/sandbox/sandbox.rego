# METADATA
# title: Sandbox
# description: |
#   What must hold a run in. The channel asks for a profile by the command's risk, the program may state a need of its
#   own, and both are met. What is not in force, as probed, is not assumed.
# related_resources:
#   - {ref: ../../docs/policies/sandbox.md, description: How isolation is asked for and configured}
package sandbox

import data.command
import data.lib

# METADATA
# title: Isolation missing
# description: |
#   The sandbox here cannot hold in what this risk asks to be held in, or the program's risk is none that the data knows.
#   Silent on that where the command was refused, for then it may have no risk.
# custom: {id: sandbox/isolation_missing, requirements: [MEX-02]}
isolation_missing := lib.violation(
	rego.metadata.rule(),
	{"risk": risk_name, "profile": profile_name, "missing": missing},
)

# METADATA
# custom: {requirements: [MEX-02]}
violations contains isolation_missing if {
	risk_known
	not held
}

violations contains isolation_missing if {
	not risk_known
	count(command.violations) == 0
}

risk_known if is_object(data.sandbox.limits[command.risk])

default risk_name := null

risk_name := command.risk

held if {
	every kind in isolation.requires {
		input.isolation[kind] == true
	}
}

missing := sort([kind |
	some kind in isolation.requires
	not input.isolation[kind] == true
])

default profile_name := null

profile_name := isolation.profile
