package command

import data.lib

# METADATA
# title: Unknown option
# description: |
#   Every option is described, spelt in full. An abbreviation of a described one is unknown too, because what it stands for
#   changes with the version of the program
# custom: {id: command/unknown_option, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"argument": argument, "position": i}) if {
	some i, argument in _unknown_options
}

# METADATA
# title: The value of an option is not accepted
# description: A value has the type that its option describes; one is missing, or stands where none is taken
# custom: {id: command/option_value, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"option": names[count(names) - 1], "position": i}) if {
	some i, [names, option, value, takes_next] in _used
	option != null
	not _value_fits(i, option, value, takes_next)
}

# METADATA
# title: An option is given too often
# description: An option may be given as often as `repeat` says, once by default, whatever its spelling
# custom: {id: command/option_repeated, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"option": option, "times": times, "allowed": allowed}) if {
	some option in _counted
	times := count([name | some name in _all_given; name == option])
	allowed := _allowed_times(option)
	times > allowed
}

# METADATA
# title: Options exclude each other
# description: Of the options in a set of `conflicts`, only one may be given
# custom: {id: command/conflict, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"options": sort(options)}) if {
	some conflict in _description.conflicts
	options := _given & {name | some name in conflict}
	count(options) > 1
}

_unknown_options[i] := _argv[i] if {
	some i, reading in _used
	reading[0] == null
}

# The program's own options stand before the subcommand, each in one word.
_unknown_options[i] := _argv[i] if {
	_subcommand_at > 1
	some i in numbers.range(1, _subcommand_at - 1)
	not _flag_or_joined(_argv[i])
}

_flag_or_joined(argument) if {
	[names, option, value, takes_next] := _read(argument, _program.syntax, _program)
	names != null
	not takes_next
	_joined_fits(option, value)
}

_joined_fits(null, _)

_joined_fits(option, value) if _fits(option.type, value)

_value_fits(i, option, value, takes_next) if {
	value != null
	_fits(option.type, value)
} else if {
	takes_next
	_fits(option.type, _argv[i + 1])
} else if {
	# At the end, an option with a default takes it.
	option.arity == "default"
	takes_next
	i == count(_argv) - 1
}

_all_given := [name | some reading in _used; some name in reading[0]]

_given := {name | some name in _all_given}

# All different, as they mostly are, there is nothing to count.
_counted := set() if {
	count(_given) == count(_all_given)
} else := _given

# The tests of `find` are repeated by nature.
_allowed_times(name) := times if {
	times := _resolve(name, _description)[1].repeat
} else := 1000 if {
	_syntax == "find"
} else := 1
