package command_test

import data.command

test_deny_too_many_or_too_few if {
	programs := tool({"positionals": {"type": "path", "min": 1, "max": 2, "unless": ["-a"]}})
	allow_all(programs, ["tool x", "tool x y", "tool -a", "tool --all", "tool -a x"])
	deny_all(programs, "command/positional_count", ["tool", "tool -b", "tool x y z", "tool -a x y z"])
	objections_with(programs, ["tool", "x", "y", "z"]) == {{
		"rule": "command/positional_count",
		"message": "Too many or too few arguments",
		"requirements": ["EXE-15"],
		"detail": {"count": 3},
	}}
}

test_deny_any_where_none_is_described if {
	programs := {"tool": object.remove(tool({}).tool, ["positionals"])}
	allow_all(programs, ["tool", "tool -a"])
	deny_all(programs, "command/positional_count", ["tool x", "tool -- -a"])
}

test_allow_a_first_of_another_type if {
	programs := tool({"positionals": {"first": {"type": "text", "unless": ["-n"]}, "type": "path"}})
	allow_all(programs, ["tool /pattern/", "tool /pattern/ file", "tool -n 5 file", "tool"])
	deny_all(programs, "command/positional_value", ["tool /pattern/ /file", "tool -n 5 /file", "tool --number=5 /file x"])
}

test_allow_a_first_whatever_else_is_given if {
	programs := tool({"positionals": {"first": {"type": "text"}, "type": "path"}})
	allow_all(programs, ["tool -n 5 /pattern/ file"])
	deny_all(programs, "command/positional_value", ["tool -n 5 /pattern/ /file"])
}

test_deny_words_without_the_option_they_need if {
	programs := tool({"positionals": {"type": "path", "needs": ["-a", "-n"]}})
	allow_all(programs, ["tool", "tool -b", "tool -a x", "tool x --number=5", "tool --all x"])
	deny_all(programs, "command/positional_count", ["tool x", "tool -b x"])
}

test_deny_says_which_word_and_where if {
	objections_with(tool({}), ["tool", "-a", "x", "/etc/passwd"]) == {{
		"rule": "command/positional_value",
		"message": "An argument is not accepted",
		"requirements": ["EXE-15"],
		"detail": {"argument": "/etc/passwd", "position": 3},
	}}
}

# Where the description sets no bound there is one all the same.
test_deny_more_than_a_thousand if {
	command._count_fits with data.command._positional_places as numbers.range(1, 1000)
		with data.command._description as {"positionals": {"type": "text"}}
	not too_many_fit
	command._count_fits with data.command._positional_places as []
		with data.command._description as {"positionals": {"type": "text"}}
}

too_many_fit if {
	command._count_fits with data.command._positional_places as numbers.range(1, 1001)
		with data.command._description as {"positionals": {"type": "text"}}
}

test_deny_words_of_no_type if {
	command._positional_type(0) == null with data.command._description as {}
	deny_all(tool({"positionals": {"type": null, "max": 2}}), "command/positional_value", ["tool x"])
}

test_deny_a_count_says_how_many if {
	objections_with(tool({"positionals": {"type": "path", "min": 1}}), ["tool"]) == {{
		"rule": "command/positional_count",
		"message": "Too many or too few arguments",
		"requirements": ["EXE-15"],
		"detail": {"count": 0},
	}}
}
