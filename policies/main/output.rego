package main

import data.lib
import data.output as findings

# METADATA
# title: What happens to this finding?
# description: |
#   Asked once for each kind of finding and place. Always defined; the treatment stands in `obligations.filter`, also where
#   it is to block.
# entrypoint: true
output := {"allow": true, "violations": [], "obligations": filtering(findings.treatment)} if {
	well_formed_finding
	count(findings.violations) == 0
} else := {"allow": false, "violations": sort(findings.violations), "obligations": filtering(findings.treatment)} if {
	well_formed_finding
} else := {"allow": false, "violations": [malformed_input], "obligations": filtering({"treatment": "block", "alert": true})}

# METADATA
# title: The input of `output` is well formed
# description: Every field that the rules read is there with its type, and a sensitive field has its name.
well_formed_finding if {
	finding := input.finding
	is_string(finding.kind)
	is_string(finding.place)
	is_field(finding)
}

is_field(finding) if is_string(finding.field)

is_field(finding) if {
	finding.field == null
	finding.kind != "field"
}

filtering(treatment) := object.union(lib.no_obligations, {"filter": treatment})
