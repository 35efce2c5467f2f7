package output

# METADATA
# title: What happens to the finding
# description: |
#   What its kind says of the place, else what it says in general. What is not understood is blocked, with an alert.
treatment := {"treatment": "pass", "alert": false} if {
	kind_known
	place_known
	harmless_field
} else := {"treatment": chosen, "alert": data.output.kinds[input.finding.kind].alert} if {
	place_known
} else := {"treatment": "block", "alert": true}

chosen := object.get(kind, ["places", input.finding.place], kind["default"]) if {
	kind := data.output.kinds[input.finding.kind]
}

# A field whose name is not there to be looked at is not harmless.
harmless_field if {
	input.finding.kind == "field"
	is_string(input.finding.field)
	not sensitive
}
