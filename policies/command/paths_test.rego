package command_test

import data.command

test_allow_paths_in_the_workspace if fits({"kind": "path"}, [
	"a",
	"a/b.c",
	"./a",
	".",
	"..",
	"../..",
	"../../other/x",
	"../a..b/c",
	"a..b",
	"...",
	"HEAD~1..HEAD",
	"/ws",
	"/ws/x",
	"/ws/app/src/a",
	"-rf",
	"~/x",
	"ä/日本",
	"a b",
])

test_deny_paths_outside if fits_none({"kind": "path"}, [
	"",
	"-",
	"/",
	"/etc/passwd",
	"/ws2",
	"/wsx/y",
	"//ws/x",
	"/ws/../etc",
	"/ws/..",
	"/ws/app/../../../etc",
	"../../..",
	"../../../etc",
	"a/..",
	"a/../../../../etc",
	"../a/../../../x",
	"./..",
	"/proc/self/environ",
	"/dev/stdin",
])

test_allow_named_words_besides if {
	type := {"kind": "path", "also": ["-", "/dev/null"]}
	fits(type, ["-", "/dev/null", "x"])
	fits_none(type, ["/dev/nul", "/dev/null/", "/dev/tty"])
}

test_deny_words_that_the_program_takes_for_something_else if {
	type := {"kind": "path", "except": ["inspect"]}
	fits(type, ["inspect.js", "./inspect", "x"])
	fits_none(type, ["inspect"])
}

place(cwd, workspace, argument) := {violation.rule |
	some violation in command.violations with input as object.union(
		request(["cat", argument]),
		{"action": {"cwd": cwd, "workspace": workspace}},
	)
}

test_allow_working_directories_in_the_workspace if {
	place("/ws", "/ws", "x") == set()
	place("/ws/a", "/ws", "../x") == set()
	place("/", "/", "etc") == set()
	place("/a", "/", "/etc/passwd") == set()
	place("/a/b", "/", "../../x") == set()
	place("/ws/..a", "/ws", "x") == set()
}

test_deny_working_directories_elsewhere if {
	every cwd in ["/", "/etc", "/ws2", "/ws/../etc", "/ws/..", "/ws/", "/ws//a", "/ws/./a", "/ws/.", "ws", "", "./ws"] {
		"command/cwd_outside_workspace" in place(cwd, "/ws", "x")
	}
}

test_deny_workspaces_that_are_not_plain if {
	every workspace in ["", "ws", "/ws/", "/ws/../ws", "/ws/.", "//", "/./ws"] {
		"command/cwd_outside_workspace" in place("/ws", workspace, "x")
	}
}

test_deny_above_the_workspace if {
	place("/ws", "/ws", "..") == {"command/positional_value"}
	place("/ws/a", "/ws", "../..") == {"command/positional_value"}
	place("/a/b", "/", "../../../x") == {"command/positional_value"}
}

test_deny_a_working_directory_says_which if {
	command.violations == {{
		"rule": "command/cwd_outside_workspace",
		"message": "The working directory is outside the workspace",
		"requirements": ["EXE-15"],
		"detail": {"cwd": "/etc", "workspace": "/ws"},
	}} with input as object.union(request(["pwd"]), {"action": {"cwd": "/etc"}})
}

test_deny_without_a_working_directory if {
	complete := request(["pwd"])
	every missing in ["cwd", "workspace"] {
		partial := object.union(object.remove(complete, ["action"]), {"action": object.remove(complete.action, [missing])})
		rules := {violation.rule | some violation in command.violations with input as partial}
		rules == {"command/cwd_outside_workspace"}
	}
	every wrong in [null, 5, {}, ["/ws"], true] {
		rules := {violation.rule | some violation in command.violations with input as object.union(complete, {"action": {"cwd": wrong}})}
		rules == {"command/cwd_outside_workspace"}
	}
}

test_deny_says_that_there_is_no_place if {
	{violation.detail | some violation in command.violations} == {{"cwd": null, "workspace": null}} with input as object.union(
		object.remove(request(["pwd"]), ["action"]),
		{"action": object.remove(request(["pwd"]).action, ["cwd", "workspace"])},
	)
}

# The working directory that is the workspace lies nothing below it, also where the workspace is all.
test_allow_depths_of_working_directories if {
	every example in [["/ws", "/ws", 0], ["/ws/a", "/ws", 1], ["/ws/a/b", "/ws", 2], ["/", "/", 0], ["/a", "/", 1]] {
		command._depth == example[2] with input as {"action": {"cwd": example[0], "workspace": example[1]}}
	}
}

test_deny_ways_up_after_a_name if {
	place("/ws/a/b/c", "/ws", "../x/..") == {"command/positional_value"}
	place("/ws/a/b/c", "/ws", "../x/../..") == {"command/positional_value"}
	place("/ws/a/b/c", "/ws", "../../..") == set()
}
