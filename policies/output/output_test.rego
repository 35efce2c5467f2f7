package output_test

import data.output

known_kinds := {
	"field": {"default": "redact", "alert": false},
	"github": {"default": "tokenise", "alert": true, "places": {"event": "block", "stdout": "pass"}},
	"private_key": {"default": "block", "alert": true, "places": {"log": "redact"}},
}

known_places := {"stdout": {}, "log": {}, "event": {}}

known_fields := {"apikey": {}, "password": {}, "token": {}, "pin": {"whole": true}}

asked(kind, place, field) := {"now_ms": 1, "channel": "gateway", "finding": {"kind": kind, "place": place, "field": field}}

found(question) := violations if {
	violations := output.violations with input as question
		with data.output.kinds as known_kinds
		with data.output.places as known_places
		with data.output.fields as known_fields
}

treated(question) := treatment if {
	treatment := output.treatment with input as question
		with data.output.kinds as known_kinds
		with data.output.places as known_places
		with data.output.fields as known_fields
}

blocked := {"treatment": "block", "alert": true}

test_allow_default_of_kind if {
	found(asked("github", "log", null)) == set()
	treated(asked("github", "log", null)) == {"treatment": "tokenise", "alert": true}
}

test_allow_what_kind_says_of_place if {
	treated(asked("github", "stdout", null)) == {"treatment": "pass", "alert": true}
	treated(asked("private_key", "log", null)) == {"treatment": "redact", "alert": true}
	found(asked("private_key", "log", null)) == set()
}

test_deny_blocked_in_place if {
	found(asked("github", "event", null)) == {{
		"rule": "output/blocked",
		"message": "Output blocked",
		"requirements": ["SBX-41"],
		"detail": {"kind": "github", "place": "event"},
	}}
	treated(asked("github", "event", null)) == blocked
}

test_deny_blocked_everywhere_else if {
	{violation.rule | some violation in found(asked("private_key", "stdout", null))} == {"output/blocked"}
	treated(asked("private_key", "stdout", null)) == blocked
}

test_deny_unknown_kind if {
	found(asked("new-service", "log", null)) == {{
		"rule": "output/unknown_kind",
		"message": "Unknown kind of finding",
		"requirements": ["SBX-41"],
		"detail": {"kind": "new-service"},
	}}
	treated(asked("new-service", "log", null)) == blocked
}

test_deny_unknown_place if {
	found(asked("github", "pigeon", null)) == {{
		"rule": "output/unknown_place",
		"message": "Unknown place",
		"requirements": ["SBX-41"],
		"detail": {"place": "pigeon"},
	}}
	treated(asked("github", "pigeon", null)) == blocked
}

test_deny_unknown_place_even_for_harmless_field if {
	treated(asked("field", "pigeon", "name")) == blocked
}

test_deny_missing_or_wrong_facts if {
	both := {"output/unknown_kind", "output/unknown_place"}
	every question in [
		{},
		{"finding": null},
		{"finding": "github"},
		{"finding": {"kind": 1, "place": true}},
		{"finding": {"kind": ["github"], "place": {"log": {}}}},
		{"finding": {"kind": "GitHub", "place": "Log"}},
	] {
		{violation.rule | some violation in found(question)} == both
		treated(question) == blocked
	}
}

test_deny_field_where_data_does_not_know_fields if {
	treatment := output.treatment with input as asked("field", "log", "name")
		with data.output.kinds as {}
		with data.output.places as known_places
		with data.output.fields as known_fields
	treatment == blocked
}

# An entry that is broken in the data lets nothing out.
test_deny_treatment_that_is_none if {
	question := asked("github", "log", null)
	every treatment in ["Pass", "", "none", null, true] {
		violations := output.violations with input as question
			with data.output.kinds as {"github": {"default": treatment, "alert": false}}
			with data.output.places as known_places
		{violation.rule | some violation in violations} == {"output/blocked"}
	}
}

test_deny_kind_without_treatment if {
	treatment := output.treatment with input as asked("github", "log", null)
		with data.output.kinds as {"github": {"alert": false}}
		with data.output.places as known_places
	treatment == blocked
}
