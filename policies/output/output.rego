# METADATA
# title: Output
# description: |
#   What happens to a secret that was found, by what it is and where it was about to go. Finding is done elsewhere; these
#   rules are asked once for each kind and place.
# related_resources:
#   - {ref: ../../docs/policies/output.md, description: How findings are treated and configured}
package output

import data.lib

# METADATA
# title: Unknown kind of finding
# description: Nobody has said what to do with it, so nothing goes out.
# custom: {id: output/unknown_kind, requirements: [SBX-41]}
unknown_kind := lib.violation(rego.metadata.rule(), {"kind": lib.fact(["finding", "kind"])})

# METADATA
# custom: {requirements: [SBX-41]}
violations contains unknown_kind if {
	not kind_known
}

# METADATA
# title: Unknown place
# description: Nobody has said who reads there, so nothing goes out.
# custom: {id: output/unknown_place, requirements: [SBX-41]}
unknown_place := lib.violation(rego.metadata.rule(), {"place": lib.fact(["finding", "place"])})

# METADATA
# custom: {requirements: [SBX-41]}
violations contains unknown_place if {
	not place_known
}

# METADATA
# title: Output blocked
# description: What was found may not go out here in any form.
# custom: {id: output/blocked, requirements: [SBX-41]}
blocked := lib.violation(rego.metadata.rule(), {"kind": input.finding.kind, "place": input.finding.place})

# METADATA
# custom: {requirements: [SBX-41]}
violations contains blocked if {
	kind_known
	place_known
	not let_out
}

kind_known if is_object(data.output.kinds[input.finding.kind])

place_known if is_object(data.output.places[input.finding.place])

let_out if treatment.treatment in {"pass", "redact", "tokenise"}
