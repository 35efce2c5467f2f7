package command_test

import data.command

test_deny_control_and_invisible_characters if {
	every character in [
		"\u0000", "\u0001", "\u0007", "\b", "\t", "\n", "\u000b", "\f", "\r", "\u001b", "\u001f", "\u007f", "\u0080", "\u0085",
		"\u009b", "\u00a0", "\u00ad", "\u034f", "\u061c", "\u115f", "\u1680", "\u180e", "\u2003", "\u200b", "\u200c", "\u200d",
		"\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u202f", "\u205f", "\u2060", "\u2066", "\u2069", "\u2800",
		"\u3164", "\ue000", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\udb40\udc20",
	] {
		objections(["echo", concat("", ["a", character, "b"])]) == {"command/control_character"}
	}
}

test_allow_ordinary_text_of_any_script if {
	every word in ["é", "日本語", "привет", "עברית", "العربية", "नमस्ते", "naïve café", "→", "😀", "`$(id)`", "\"a\\b\"", "a\u3000b", "e\u0301"] {
		objections(["echo", word]) == set()
	}
	objections(["cat", "über/日本.txt"]) == set()
}

test_deny_a_character_says_where if {
	command.violations == {{
		"rule": "command/control_character",
		"message": "An argument holds a control or invisible character",
		"requirements": ["EXE-15"],
		"detail": {"position": 2},
	}} with input as request(["echo", "a", "b\nc"])
}

test_deny_a_control_character_in_the_name if "command/control_character" in objections(["ls\n"])

test_allow_a_long_command if {
	objections(array.concat(["echo"], [word | some i in numbers.range(1, 127); word := "x"])) == set()
	objections(["echo", concat("", [word | some i in numbers.range(1, 1000); word := "12345678"]), "1234"]) == {"command/positional_value"}
}

test_deny_a_command_that_is_too_long if {
	objections(array.concat(["echo"], [word | some i in numbers.range(1, 128); word := "x"])) == {"command/too_long"}
	objections(["echo", concat("", [word | some i in numbers.range(1, 1000); word := "1234567890"])]) == {"command/too_long"}
	command.violations == {{
		"rule": "command/too_long",
		"message": "The command is too long",
		"requirements": ["EXE-15"],
		"detail": {},
	}} with input as request(["true", concat("", [word | some i in numbers.range(1, 8189); word := "x"])])
}

test_deny_argv_that_is_no_list_of_words if {
	every argv in [null, "ls", 5, true, {}, {"0": "ls"}, [], [5], [null], ["ls", 5], ["ls", null], ["ls", ["-l"]], [["ls"]]] {
		count(objections(argv)) > 0
	}
	rules := {violation.rule | some violation in command.violations with input as {"channel": "local", "repository": {"config_keys": []}}}
	count(rules) > 0
}

# The bound is one of all words together, and nothing between them counts.
test_allow_as_many_characters_as_the_bound if {
	small := {"words": 3, "characters": 10, "variables": 0}
	longest := ["echo", "abc", "def"]
	command._argv == longest with input as request(longest) with data.command.bounds as small
	command._argv == [] with input as request(["echo", "abc", "defg"]) with data.command.bounds as small
	command._argv == [] with input as request(["a", "b", "c", "d"]) with data.command.bounds as small
}
