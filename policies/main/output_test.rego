package main_test

import data.main

asked(kind, place, field) := {"now_ms": 1, "channel": "gateway", "finding": {"kind": kind, "place": place, "field": field}}

answered(question) := decision if {
	decision := main.output with input as question
		with data.output.kinds as {
			"field": {"default": "redact", "alert": false},
			"github": {"default": "tokenise", "alert": true, "places": {"event": "block"}},
		}
		with data.output.places as {"log": {}, "event": {}}
		with data.output.fields as {"password": {}}
}

filtering(treatment, alert) := object.union(nothing, {"filter": {"treatment": treatment, "alert": alert}})

test_allow_with_treatment if {
	answered(asked("github", "log", null)) == {
		"allow": true,
		"violations": [],
		"obligations": filtering("tokenise", true),
	}
	answered(asked("field", "log", "user_password")) == {
		"allow": true,
		"violations": [],
		"obligations": filtering("redact", false),
	}
	answered(asked("field", "log", "user_name")) == {
		"allow": true,
		"violations": [],
		"obligations": filtering("pass", false),
	}
}

test_deny_with_treatment if {
	answered(asked("github", "event", null)) == {
		"allow": false,
		"violations": [{
			"rule": "output/blocked",
			"message": "Output blocked",
			"requirements": ["SBX-41"],
			"detail": {"kind": "github", "place": "event"},
		}],
		"obligations": filtering("block", true),
	}
}

test_deny_unknown_kind_and_place_in_sorted_order if {
	decision := answered(asked("new-service", "pigeon", null))
	decision.allow == false
	decision.obligations == filtering("block", true)
	rules(decision) == ["output/unknown_kind", "output/unknown_place"]
}

test_deny_malformed_question if {
	every question in [
		{},
		[],
		"question",
		1,
		null,
		{"now_ms": 1, "channel": "gateway"},
		{"finding": []},
		asked(null, "log", null),
		asked("github", null, null),
		asked("github", "log", 1),
		asked("github", "log", ["name"]),
		asked("field", "log", null),
		{"finding": {"kind": "github", "place": "log"}},
		{"finding": {"kind": "github", "field": null}},
		{"finding": {"place": "log", "field": null}},
	] {
		answered(question) == {
			"allow": false,
			"violations": malformed.violations,
			"obligations": filtering("block", true),
		}
	}
}
