package command_test

import data.command

git := tool({
	"subcommand": "optional",
	"options": {
		"--no-pager": {},
		"--version": {},
		"--level": {"arity": "required", "type": "count"},
	},
	"subcommands": {
		"log": {"description": "Log", "options": {"-n": {"arity": "required", "type": "count"}}, "positionals": {"type": "path"}},
		"add": {"description": "Add", "profiles": ["build"], "risk": "medium", "sandbox": "contained"},
		"stash": {"description": "Stash", "subcommands": {"list": {"description": "List", "options": {"-a": {}}}}},
		"remote": {
			"description": "Remote",
			"options": {"-v": {}},
			"subcommand": "optional",
			"subcommands": {"show": {"description": "Show", "positionals": {"type": "word"}}},
		},
	},
})

test_allow_subcommands if allow_all(git, [
	"tool log",
	"tool log -n 5 file",
	"tool --no-pager log -n5",
	"tool --level=5 log",
	"tool --no-pager --level=5 log -- -x",
	"tool --version",
	"tool",
	"tool stash list -a",
	"tool remote",
	"tool remote -v",
	"tool remote show origin",
])

test_deny_unknown_subcommands if deny_all(git, "command/unknown_subcommand", [
	"tool push",
	"tool --no-pager push",
	"tool stash",
	"tool stash drop",
	"tool stash -a list",
	"tool remote add",
	"tool LOG",
	"tool lo",
])

test_deny_unknown_subcommand_says_which if {
	objections_with(git, ["tool", "remote", "add"]) == {{
		"rule": "command/unknown_subcommand",
		"message": "Unknown subcommand",
		"requirements": ["EXE-15"],
		"detail": {"program": "tool", "subcommand": "add"},
	}}
	objections_with(git, ["tool", "push"]) == {{
		"rule": "command/unknown_subcommand",
		"message": "Unknown subcommand",
		"requirements": ["EXE-15"],
		"detail": {"program": "tool", "subcommand": "push"},
	}}
}

test_deny_a_missing_subcommand if {
	objections_with(object.union(git, {"tool": {"subcommand": "required"}}), ["tool", "--version"]) == {{
		"rule": "command/unknown_subcommand",
		"message": "Unknown subcommand",
		"requirements": ["EXE-15"],
		"detail": {"program": "tool", "subcommand": null},
	}}
}

# The options of a subcommand are its own, and a program's stand before it.
test_deny_options_before_and_after if deny_all(git, "command/unknown_option", [
	"tool log --no-pager",
	"tool --level=x log",
	"tool --exec-path=x log",
	"tool --no-page log",
	"tool -- log",
	"tool remote -v -a",
])

# Only options that carry their value in the same word may stand before a subcommand, so that it is the first other word.
test_deny_separate_values_before_a_subcommand if {
	rules_with(git, "tool --level 5 log") == {"command/unknown_option", "command/unknown_subcommand"}
}

test_deny_words_after_a_subcommand_that_takes_none if {
	deny_all(git, "command/positional_count", ["tool stash list x", "tool remote -v show"])
}

test_deny_a_subcommand_of_another_profile if deny_all(git, "command/not_allowed", ["tool add"])

test_deny_programs_that_are_not_described if {
	every name in [
		"rm",
		"Tool",
		"tool ",
		" tool",
		"./tool",
		"bin/tool",
		"/bin/tool",
		"/usr/bin/./tool",
		"/usr/bin//tool",
		"/usr/bin/../bin/tool",
		"/usr/bin/tool/",
		"/proc/self/root/usr/bin/tool",
		"\\tool",
		"",
		"/",
	] {
		{violation.rule | some violation in objections_with(tool({}), [name])} == {"command/not_allowed"}
	}
}

test_allow_the_absolute_path if allow_all(tool({}), ["/usr/bin/tool -a"])

test_deny_a_program_says_which if {
	objections_with(tool({}), ["rm", "-rf", "/"]) == {{
		"rule": "command/not_allowed",
		"message": "The program is not allowed",
		"requirements": ["EXE-15"],
		"detail": {"program": "rm", "profile": "readonly"},
	}}
}

test_deny_a_program_of_another_profile if deny_all(tool({"profiles": ["build"]}), "command/not_allowed", ["tool -a"])

test_allow_states_what_the_run_needs if {
	command.program_path == "/usr/bin/tool" with input as request(["tool", "log"]) with data.command.programs as git
	command.risk == "low" with input as request(["tool", "log"]) with data.command.programs as git
	command.risk == "medium" with input as request(["tool", "add"]) with data.command.programs as git
	command.stated_sandbox == null with input as request(["tool", "log"]) with data.command.programs as git
	command.stated_sandbox == "contained" with input as request(["tool", "add"]) with data.command.programs as git
}

test_deny_states_nothing_of_what_is_not_described if {
	not command.program_path with input as request(["rm"])
	not command.risk with input as request(["rm"])
	not command.stated_sandbox with input as request(["rm"])
}

test_allow_states_the_sandbox_of_the_program if {
	programs := {"tool": object.union(git.tool, {"sandbox": "measured"})}
	command.stated_sandbox == "measured" with input as request(["tool", "log"]) with data.command.programs as programs
	command.stated_sandbox == "contained" with input as request(["tool", "add"]) with data.command.programs as programs
}

test_deny_options_where_the_subcommand_is_optional if deny_all(git, "command/unknown_option", [
	"tool --exec",
	"tool --version --exec",
	"tool remote -x",
])

# Where arguments begin, and at which word the subcommand stands.
test_allow_places_of_subcommands if {
	every example in [
		["tool", 1, 0],
		["tool --version", 1, 0],
		["tool log x", 2, 1],
		["tool --no-pager log x", 3, 2],
		["tool --no-pager --level=5 log x", 4, 3],
		["tool stash list", 3, 1],
		["tool remote -v", 2, 1],
		["tool push", 2, 1],
	] {
		[command._first, command._subcommand_at] == [example[1], example[2]] with input as request(words(example[0])) with data.command.programs as git
	}
	[command._first, command._subcommand_at] == [1, 0] with input as request(["tool", "x"]) with data.command.programs as tool({})
	[command._first, command._subcommand_at] == [1, 0] with input as request(["rm", "x"])
}
