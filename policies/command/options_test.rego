package command_test

import data.command

test_deny_says_which_option_and_where if {
	objections_with(tool({}), ["tool", "-a", "--exec"]) == {{
		"rule": "command/unknown_option",
		"message": "Unknown option",
		"requirements": ["EXE-15"],
		"detail": {"argument": "--exec", "position": 2},
	}}
	objections_with(tool({}), ["tool", "-n", "x"]) == {{
		"rule": "command/option_value",
		"message": "The value of an option is not accepted",
		"requirements": ["EXE-15"],
		"detail": {"option": "-n", "position": 1},
	}}
}

test_deny_repetition_says_which_and_how_often if {
	objections_with(tool({}), ["tool", "-vv", "-v"]) == {{
		"rule": "command/option_repeated",
		"message": "An option is given too often",
		"requirements": ["EXE-15"],
		"detail": {"option": "-v", "times": 3, "allowed": 2},
	}}
}

test_deny_options_that_exclude_each_other if {
	programs := tool({"conflicts": [["-a", "-b"], ["-b", "-n", "-s"]]})
	allow_all(programs, ["tool -a", "tool -a -n 5", "tool -b"])
	deny_all(programs, "command/conflict", ["tool -ab", "tool --all -b", "tool -n5 --size"])
}

test_deny_a_conflict_says_which if {
	programs := tool({"conflicts": [["-a", "-b"]]})
	objections_with(programs, ["tool", "--all", "-b"]) == {{
		"rule": "command/conflict",
		"message": "Options exclude each other",
		"requirements": ["EXE-15"],
		"detail": {"options": ["-a", "-b"]},
	}}
}

test_allow_the_tests_of_find_a_thousand_times if {
	command._allowed_times("-print") == 1000 with data.command._syntax as "find" with data.command._description as {}
	command._allowed_times("-print") == 1 with data.command._syntax as "gnu" with data.command._description as {}
}
