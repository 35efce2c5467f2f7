package command_test

import data.command

takes(type) := tool({"positionals": {"type": type}})

fits(type, values) if {
	every value in values {
		objections_with(takes(type), ["tool", "--", value]) == set()
	}
}

fits_none(type, values) if {
	every value in values {
		{violation.rule | some violation in objections_with(takes(type), ["tool", "--", value])} == {"command/positional_value"}
	}
}

test_allow_integers if {
	type := {"kind": "integer", "min": -5, "max": 50}
	fits(type, ["0", "5", "50", "-5"])
	fits_none(type, ["51", "-6", "+5", "05", "5.0", "5.5", "1e1", "0x5", "0b1", "1_0", "NaN", "nan", "Infinity", "inf", "-Inf", "0x1p-2", "-0", "-", ".", "1.", "+", "-.", "--5", "５", " 5", "5 ", "", "five", "1234567890123456"])
}

test_allow_enums if {
	type := {"kind": "enum", "values": ["always", "never"]}
	fits(type, ["always", "never"])
	fits_none(type, ["Always", "alway", "always ", ""])
}

test_allow_patterns_that_match_the_whole if {
	type := {"kind": "pattern", "regex": "a|bc"}
	fits(type, ["a", "bc"])
	fits_none(type, ["ab", "abc", "xa", "bcx", ""])
}

test_allow_text if {
	type := {"kind": "text", "max": 5, "without": ["%G"]}
	fits(type, ["", "abcde", "-x", "/etc", "é日本語", "%g"])
	fits_none(type, ["abcdef", "a%Gb", "%G"])
}

test_allow_one_of_several if {
	type := ["count", {"kind": "enum", "values": ["auto"]}]
	fits(type, ["5", "auto"])
	fits_none(type, ["x", ""])
}

test_deny_where_the_type_is_unknown_or_missing if {
	fits_none("no-such-type", ["x"])
	fits_none(["no-such-type"], ["x"])
	fits_none({"kind": "anything"}, ["x"])
	fits_none({"kind": "integer"}, ["5"])
	fits_none({"kind": "pattern", "regex": "("}, ["x"])
	fits_none(5, ["x"])
}

test_deny_values_of_options_alike if {
	programs := tool({"options": {"-z": {"arity": "required"}, "-m": {"arity": "attached", "type": "no-such-type"}}})
	deny_all(programs, "command/option_value", ["tool -z 5", "tool -z5", "tool -m5"])
}

long_text(number) := concat("", [letter | some _ in numbers.range(1, number); letter := "x"])

test_allow_text_up_to_its_usual_length if {
	fits({"kind": "text"}, [long_text(4096)])
	fits_none({"kind": "text"}, [long_text(4097)])
}

# A kind holds whatever other kinds would make of what else is there.
test_deny_by_the_kind_alone if {
	fits_none({"kind": "text", "max": 3, "values": ["long"], "regex": "long"}, ["long"])
	fits_none({"kind": "text", "max": 0, "min": -9}, ["-5"])
	fits_none({"kind": "text", "max": 2, "min": -900}, ["-50"])
	fits_none({"kind": "enum", "values": ["a"], "min": 1, "max": 9, "regex": "b"}, ["5", "b"])
}

test_deny_nothing_as_digits if {
	command._is_digits("0")
	not command._is_digits("")
	not command._is_digits("mutated")
}
