package command_test

import data.command

with_env(env) := object.union(request(["tool", "-a"]), {"action": {"env": env}})

equipped := tool({"env": {
	"fixed": {"MODE": "safe"},
	"allowed": {"LEVEL": "count", "MODE": "text"},
}})

everywhere := {
	"fixed": {"BASE": "1"},
	"allowed": {"LANG": {"kind": "pattern", "regex": "[A-Za-z_.0-9-]+"}},
}

variables_refused(env) := {violation.detail.variable |
	some violation in command.violations with input as with_env(env)
		with data.command.programs as equipped
		with data.command.environment as everywhere
	violation.rule == "command/env_not_allowed"
}

environment(env) := fixed if {
	fixed := command.fixed_env with input as with_env(env)
		with data.command.programs as equipped
		with data.command.environment as everywhere
}

test_allow_listed_variables if {
	variables_refused({}) == set()
	variables_refused({"LANG": "C.UTF-8", "LEVEL": "5"}) == set()
}

test_deny_other_variables_and_values if {
	variables_refused({"LEVEL": "x", "LANG": "../x"}) == {"LEVEL", "LANG"}
	variables_refused({"PATH": ".", "LD_PRELOAD": "x.so", "lang": "C"}) == {"PATH", "LD_PRELOAD", "lang"}
	variables_refused({"LEVEL": 5}) == {"LEVEL"}
	variables_refused(null) == {null}
	variables_refused(["LANG"]) == {null}
}

test_deny_what_is_fixed_even_if_listed if variables_refused({"MODE": "safe", "BASE": "1"}) == {"MODE", "BASE"}

test_allow_gives_what_is_fixed_and_what_is_asked_for if {
	environment({}) == {"MODE": "safe", "BASE": "1"}
	environment({"LANG": "C", "LEVEL": "5"}) == {"MODE": "safe", "BASE": "1", "LANG": "C", "LEVEL": "5"}
}

test_deny_a_variable_says_which if {
	command.violations == {{
		"rule": "command/env_not_allowed",
		"message": "The environment is not accepted",
		"requirements": ["EXE-15"],
		"detail": {"variable": "LD_PRELOAD"},
	}} with input as object.union(request(["ls"]), {"action": {"env": {"LD_PRELOAD": "x.so"}}})
}

test_deny_variables_that_start_or_load_or_read_something if {
	every name in [
		"PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV", "ENV", "IFS", "SHELL", "HOME",
		"GIT_DIR", "GIT_EXTERNAL_DIFF", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_PAGER", "GIT_SSH_COMMAND",
		"PAGER", "EDITOR", "VISUAL", "LESSOPEN", "NODE_OPTIONS", "NODE_PATH", "PYTHONPATH", "PERL5OPT", "RIPGREP_CONFIG_PATH",
		"GREP_OPTIONS", "TERMINFO", "LOCPATH", "TZDIR", "POSIXLY_CORRECT", "_POSIX2_VERSION", "MAGIC", "JQ_COLORS", "TMPDIR",
	] {
		rules := {violation.rule | some violation in command.violations with input as object.union(request(["git", "log"]), {"action": {"env": {name: "x"}}})}
		rules == {"command/env_not_allowed"}
	}
}

test_deny_where_the_environment_is_missing if {
	complete := request(["ls"])
	partial := object.union(object.remove(complete, ["action"]), {"action": object.remove(complete.action, ["env"])})
	rules := {violation.rule | some violation in command.violations with input as partial}
	rules == {"command/env_not_allowed"}
	every wrong in [null, "PATH=.", 5, true] {
		{violation.rule |
			some violation in command.violations with input as object.union(complete, {"action": {"env": wrong}})
		} == {"command/env_not_allowed"}
	}
}

test_deny_more_variables_than_the_bound if {
	many := {sprintf("LC_%d", [n]): "C" | some n in numbers.range(1, 65)}
	variables_refused(many) == {null}
	count(variables_refused(object.remove(many, ["LC_65"]))) == 64
}

# What is fixed for one program is fixed for it, whoever lists it.
test_deny_what_is_fixed_wherever_it_is_listed if {
	both := {"fixed": {"LANG": "C"}, "allowed": {"LANG": "text"}}
	{violation.detail.variable | some violation in command.violations} == {"LANG"} with input as with_env({"LANG": "C"})
		with data.command.programs as equipped
		with data.command.environment as both
	{violation.detail.variable | some violation in command.violations} == {"MODE"} with input as with_env({"MODE": "safe"})
		with data.command.programs as equipped
		with data.command.environment as {"fixed": {}, "allowed": {"MODE": {"kind": "text"}}}
}

test_allow_gives_what_the_program_fixes_alone if {
	command.fixed_env == {"MODE": "safe"} with input as with_env({})
		with data.command.programs as equipped
		with data.command.environment as {"fixed": {}, "allowed": {}}
}
