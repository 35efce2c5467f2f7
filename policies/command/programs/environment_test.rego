package command.programs_test

import data.command

# The environment that programs get, and the variables that may be asked for with values that they take.

fixed(program) := env if {
	env := command.fixed_env with input as asked("build", [program])
}

test_allow_what_is_fixed_for_each_program if {
	{program: env | some program, _ in data.command.programs; env := fixed(program); env != {}} == {
		"node": {
			"PATH": "/usr/local/bin:/usr/bin:/bin",
		},
		"npm": {
			"PATH": "/usr/local/bin:/usr/bin:/bin",
		},
		"tsc": {
			"PATH": "/usr/local/bin:/usr/bin:/bin",
		},
		"go": {
			"PATH": "/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin",
		},
		"make": {
			"PATH": "/usr/local/bin:/usr/bin:/bin",
		},
		"cargo": {
			"PATH": "/usr/local/bin:/usr/bin:/bin",
		},
		"git": {
			"GIT_CONFIG_NOSYSTEM": "1",
			"GIT_CONFIG_GLOBAL": "/dev/null",
			"GIT_OPTIONAL_LOCKS": "0",
			"GIT_TERMINAL_PROMPT": "0",
			"GIT_PAGER": "cat",
			"GIT_CONFIG_COUNT": "9",
			"GIT_CONFIG_KEY_0": "core.fsmonitor",
			"GIT_CONFIG_VALUE_0": "false",
			"GIT_CONFIG_KEY_1": "core.hooksPath",
			"GIT_CONFIG_VALUE_1": "/dev/null",
			"GIT_CONFIG_KEY_2": "diff.ignoreSubmodules",
			"GIT_CONFIG_VALUE_2": "all",
			"GIT_CONFIG_KEY_3": "status.submoduleSummary",
			"GIT_CONFIG_VALUE_3": "false",
			"GIT_CONFIG_KEY_4": "diff.submodule",
			"GIT_CONFIG_VALUE_4": "short",
			"GIT_CONFIG_KEY_5": "submodule.recurse",
			"GIT_CONFIG_VALUE_5": "false",
			"GIT_CONFIG_KEY_6": "log.showSignature",
			"GIT_CONFIG_VALUE_6": "false",
			"GIT_CONFIG_KEY_7": "protocol.allow",
			"GIT_CONFIG_VALUE_7": "never",
			"GIT_CONFIG_KEY_8": "diff.autoRefreshIndex",
			"GIT_CONFIG_VALUE_8": "false",
		},
	}
}

variables_refused(program, variables) := {violation.detail.variable |
	some violation in command.violations with input as object.union(
		asked("build", [program, "--version"]),
		{"action": {"env": variables}},
	)
	violation.rule == "command/env_not_allowed"
}

# Of each variable the values that it takes, and values that it does not take.
takes(program, variables) if {
	every name, values in variables {
		{value | some value in values.in; variables_refused(program, {name: value}) == set()} == {value | some value in values.in}
		{value | some value in values.out; variables_refused(program, {name: value}) == {name}} == {value | some value in values.out}
	}
}

test_allow_variables_of_every_program if takes("ls", {
	"LANG": {"in": ["C.UTF-8", "de_DE@euro"], "out": ["", "../x"]},
	"LC_ALL": {"in": ["C", "en_GB.UTF-8"], "out": ["", "/x"]},
	"LC_COLLATE": {"in": ["C", "en_GB.UTF-8"], "out": ["", "/x"]},
	"LC_CTYPE": {"in": ["C", "en_GB.UTF-8"], "out": ["", "/x"]},
	"TZ": {"in": ["UTC", "Europe/Vienna"], "out": ["", "/etc/passwd", ":x"]},
	"TERM": {"in": ["xterm-256color"], "out": ["", "../x", "X"]},
	"COLUMNS": {"in": ["1", "10000"], "out": ["0", "10001", "x"]},
	"LINES": {"in": ["1", "10000"], "out": ["0", "10001", "x"]},
	"NO_COLOR": {"in": ["", "1"], "out": ["/x", "123456789"]},
	"CI": {"in": ["true", "1"], "out": ["", "false"]},
})

test_allow_variables_of_node if takes("node", {
	"NODE_ENV": {"in": ["development", "production", "test"], "out": ["%"]},
	"FORCE_COLOR": {"in": ["0", "1", "2", "3"], "out": ["%"]},
})

test_allow_variables_of_npm if takes("npm", {
	"NODE_ENV": {"in": ["development", "production", "test"], "out": ["%"]},
	"FORCE_COLOR": {"in": ["0", "1", "2", "3"], "out": ["%"]},
})

test_allow_variables_of_go if takes("go", {
	"CGO_ENABLED": {"in": ["0", "1"], "out": ["%"]},
	"GOOS": {"in": ["linux", "darwin", "windows", "wasip1", "js", "freebsd"], "out": ["%"]},
	"GOARCH": {"in": ["amd64", "arm64", "386", "arm", "wasm", "riscv64"], "out": ["%"]},
	"GOCACHE": {"in": ["cache"], "out": ["/x", "../../../x"]},
	"GOMODCACHE": {"in": ["cache"], "out": ["/x", "../../../x"]},
	"GOPATH": {"in": ["cache"], "out": ["/x", "../../../x"]},
})

test_deny_variables_of_another_program if {
	every name, value in {"NODE_ENV": "test", "FORCE_COLOR": "1", "GOOS": "linux", "CGO_ENABLED": "0"} {
		variables_refused("ls", {name: value}) == {name}
	}
}
