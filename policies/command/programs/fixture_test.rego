# METADATA
# title: What the descriptions let through, line by line
# description: |
#   A second statement of every description in data, as the command lines that it is for: an entry that is lost, a limit
#   that is moved and a type that is widened each change what becomes of a line.
package command.programs_test

import data.command

asked(profile, argv) := {
	"channel": "local",
	"action": {
		"kind": "command",
		"profile": profile,
		"argv": argv,
		"cwd": "/ws/app/src",
		"workspace": "/ws",
		"env": {},
	},
	"repository": {"config_keys": []},
}

objections(profile, argv) := violations if {
	violations := command.violations with input as asked(profile, argv)
}

# What objects to the beginning of a command with further words behind it.
details(form, line, rule) := [violation.detail |
	some violation in objections(form.profiles[0], words([form.command, line]))
	violation.rule == rule
]

words(parts) := [word | some part in parts; some word in split(part, " "); word != ""]

# A form of a command says:
#   command: the program with its subcommands
#   profiles: all profiles that it runs under
#   allowed: what may follow; every option and every value of a list is in one of these
#   same: other names of an option count as that option (`-a | --all`), which may be given once
#   often: how often something may be given at most
#   refused: values that options do not take, each of them refused
#   misfits: what is no positional here
#   counts: what makes too many or too few positionals
#   unknown: what is no option
holds(form) if {
	every line in form.allowed {
		objections(form.profiles[0], words([form.command, line])) == set()
	}
	profiles_of(words([form.command, form.allowed[0]])) == {profile | some profile in form.profiles}
	times_of(form) == sort([count(split(names, " | ")) | some names in object.get(form, "same", [])])
	every what, times in object.get(form, "often", {}) {
		line := concat(" ", [what | some _ in numbers.range(0, times)])
		{detail.allowed | some detail in details(form, line, "command/option_repeated")} == {times}
	}
	count(details(form, concat(" ", object.get(form, "refused", [])), "command/option_value")) == count(object.get(form, "refused", []))
	each_objected(form, "misfits", "command/positional_value")
	each_objected(form, "counts", "command/positional_count")
	each_objected(form, "unknown", "command/unknown_option")
}

each_objected(form, part, rule) if {
	every line in object.get(form, part, []) {
		count(details(form, line, rule)) > 0
	}
}

profiles_of(argv) := {profile |
	some profile in ["readonly", "build"]
	objections(profile, argv) == set()
}

times_of(form) := [] if {
	not form.same
} else := sort([detail.times |
	line := replace(concat(" ", form.same), "|", "")
	some detail in details(form, line, "command/option_repeated")
])
