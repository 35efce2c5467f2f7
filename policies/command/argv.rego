package command

# Arguments are read as the program itself would read them. Whether a word is an option or the value of the option before it
# can only be told from the left, so each word is first read as if it were in the place of an option (`_readings`), and
# then the words that an option takes are found (`_taken`).
#
# In the compiled policy a rule is worked out once, but each reference to it is a look-up, so what a loop needs is named
# before it.

default _syntax := "words"

_syntax := object.get(_description, "syntax", _program.syntax)

# For each word of argv what it says as an option, or null where it is none.
_readings := [reading |
	first := _first
	syntax := _syntax
	description := _description
	some i, word in _argv
	reading := _reading(i < first, word, syntax, description)
]

_reading(before, word, syntax, description) := null if {
	before
} else := _read(word, syntax, description) if {
	_looks_like_an_option(word, syntax, description)
} else := null

_looks_like_an_option(word, syntax, description) if {
	startswith(word, "-")
	word != "-"
	syntax != "words"
	not _ends_options(word, syntax)
} else if {
	# The operators and tests of `find` need no dash.
	syntax == "find"
	description.options[word]
}

_ends_options("--", syntax) if syntax in {"gnu", "posix", "exact"}

_wants_next := {i | some i, [_, _, _, true] in _readings}

_next_of_wanting := {next | some i in _wants_next; next := i + 1}

# INVARIANT: a word is taken if and only if the word before it is an option in force that takes one. Where no two words in a
# row want the next, each of them is in force; else the steps from the first word on tell.
_taken := _next_of_wanting if {
	count(_wants_next & _next_of_wanting) == 0
} else := {i |
	some i in _next_of_wanting
	not i in _steps
}

_steps := graph.reachable({i: [_step(i)] | some i, _ in _argv}, {_first})

_step(i) := i + 2 if {
	i in _wants_next
} else := i + 1

# Where options end: `_end` is the first word that is none any more, `_rest` the first that is text whatever it looks like.
_end := count(_argv) if {
	_syntax != "posix"
	not "--" in _argv
} else := min(_ends) if {
	count(_ends) > 0
} else := count(_argv)

_rest := _end + 1 if {
	_ends_options(_argv[_end], _syntax)
} else := _end

_ends contains i if {
	some i, "--" in _argv
	i >= _first
	_ends_options("--", _syntax)
	not i in _taken
}

_ends contains i if {
	_syntax == "posix"
	some i, null in _readings
	i >= _first
	not i in _taken
}

# The options in force, by their place; mostly all that look like one.
_used := _readings if {
	count(_taken) == 0
	_end == count(_argv)
} else := {i: reading |
	taken := _taken
	end := _end
	some i, reading in _readings
	reading != null
	i < end
	not i in taken
}

# The places of the words that are neither options nor their values, in order.
default _positional_places := []

_positional_places := [i |
	first := _first
	taken := _taken
	end := _end
	rest := _rest
	some i, reading in _readings
	i >= first
	_is_positional(i, reading, taken, end, rest)
] if {
	_description != null
}

_is_positional(i, reading, taken, end, rest) if {
	reading == null
	i < end
	not i in taken
} else if {
	i >= rest
}
