package command

import data.lib

# METADATA
# title: Too many or too few arguments
# description: |
#   The number of words that are no options is within `min` and `max`, and where the description says which options they need,
#   one of those is given
# custom: {id: command/positional_count, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"count": count(_positional_places)}) if {
	not _count_fits
}

# METADATA
# title: An argument is not accepted
# description: A word that is no option has the type that the description gives to its place
# custom: {id: command/positional_value, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"argument": argument, "position": i}) if {
	_description.positionals
	some nth, i in _positional_places
	argument := _argv[i]
	not _fits(_positional_type(nth), argument)
}

_count_fits if {
	positionals := _description.positionals
	number := count(_positional_places)
	number <= object.get(positionals, "max", 1000)
	_enough(number, positionals)
	_needs_met(number, positionals)
} else if {
	not _description.positionals
	count(_positional_places) == 0
}

_enough(number, positionals) if {
	number >= object.get(positionals, "min", 0)
} else if {
	# An option such as --version may stand alone.
	_one_given(positionals.unless)
}

_needs_met(number, positionals) if {
	not positionals.needs
} else if {
	number == 0
} else if {
	_one_given(positionals.needs)
}

_one_given(options) if {
	some option in options
	option in _given
}

# The first word may be another kind of thing, such as the pattern of `grep`, unless an option has said it already.
_positional_type(nth) := positionals.first.type if {
	positionals := _description.positionals
	nth == 0
	not _one_given(object.get(positionals.first, "unless", []))
} else := object.get(_description, ["positionals", "type"], null)
