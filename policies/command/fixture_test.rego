package command_test

import data.command

# A request that nothing is wrong with but perhaps its argv, in a folder below the workspace and in no repository.
request(argv) := {
	"channel": "local",
	"action": {
		"kind": "command",
		"profile": "readonly",
		"argv": argv,
		"cwd": "/ws/app/src",
		"workspace": "/ws",
		"env": {},
	},
	"repository": {"config_keys": []},
}

words(line) := split(line, " ")

# The ids of the rules that object, to policy data as it is.
objections(argv) := {violation.rule | some violation in command.violations with input as request(argv)}

# The violations in full, to programs that these tests describe.
objections_with(programs, argv) := violations if {
	violations := command.violations with input as request(argv)
		with data.command.programs as programs
		with data.command.shared as {"common": {
			"--shared": {},
			"--also": {"as": "--shared"},
		}}
}

rules_with(programs, line) := {violation.rule | some violation in objections_with(programs, words(line))}

# A program with an option of each kind.
tool(changes) := {"tool": object.union(
	{
		"description": "A tool",
		"path": "/usr/bin/tool",
		"profiles": ["readonly"],
		"syntax": "gnu",
		"risk": "low",
		"options": {
			"-a": {},
			"--all": {"as": "-a"},
			"-b": {},
			"-n": {"arity": "required", "type": "count"},
			"--number": {"as": "-n"},
			"-s": {"arity": "optional", "type": "count"},
			"--size": {"as": "-s"},
			"-u": {"arity": "attached", "type": "count"},
			"--unit": {"as": "-u"},
			"-c": {"arity": "default", "type": "word"},
			"--name": {"arity": "required", "type": "text"},
			"-v": {"repeat": 2},
		},
		"positionals": {"type": "path"},
	},
	changes,
)}

# A command without quotes as a line, any other as its words.
argv_of(line) := words(line) if is_string(line)

argv_of(line) := line if is_array(line)

each_allowed(lines) if {
	every line in lines {
		objections(argv_of(line)) == set()
	}
}

each_refused(rules, lines) if {
	every line in lines {
		objections(argv_of(line)) == rules
	}
}
