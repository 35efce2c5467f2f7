package command

# What a word in the place of an option says, as `[names, option, value, takes_next]`: the options it gives, each by its main
# name; the description of the one that has a value, or null; the value if it is in this word, or null; whether it is the next
# word. Where the word gives no described option, `_unknown`. (Lists, because objects are slow to make.)
_unknown := [null, null, null, false]

_read(word, syntax, description) := _read_whole(name, option) if {
	# The word is an option as it stands.
	[name, option] := _resolve(word, description)
} else := _unknown if {
	# `find` knows no other form.
	syntax == "find"
} else := _read_joined(word, description) if {
	_is_long(word, syntax)
} else := [[name], option, substring(word, 2, -1), false] if {
	# `-n5`
	[name, option] := _resolve(substring(word, 0, 2), description)
	_has_value(option)
} else := [["-NUMBER"], null, null, false] if {
	# `-20`
	description.number_option
	_is_digits(substring(word, 1, -1))
} else := _read_cluster(word, description) if {
	# `-rn`, `-rn5`
	syntax != "exact"
} else := _unknown

_is_long(word, syntax) if {
	startswith(word, "--")
} else if {
	# Go's flags are long with one dash.
	syntax == "go"
}

_read_whole(name, option) := [[name], null, null, false] if {
	not option.arity
} else := [[name], option, null, true] if {
	option.arity in {"required", "default"}
} else := [[name], option, null, false] if {
	# Its value is missing, and nothing else will be one.
	option.arity == "attached"
} else := [[name], null, null, false]

# `--name=value`. Said of a flag, the value is what will be refused. An abbreviated name is no name.
_read_joined(word, description) := [[name], option, substring(word, at + 1, -1), false] if {
	at := indexof(word, "=")
	[name, option] := _resolve(substring(word, 0, at), description)
} else := _unknown

# As getopt does: flags up to the first letter that has a value, which takes the rest of the word or else the next word.
_read_cluster(word, description) := [names, null, null, false] if {
	letters := _letters(word, description)
	names := [name | some [name, option] in letters; name != null; not _has_value(option)]
	count(names) == count(word) - 1
} else := reading if {
	letters := _letters(word, description)
	last := min([at | some at, [_, option] in letters; _has_value(option)])
	flags := [name | some at, [name, _] in letters; at < last]
	not null in flags
	reading := _read_last(letters[last], substring(word, last + 2, -1), flags)
} else := _unknown

_read_last([name, option], "", flags) := [array.concat(flags, [name]), option, null, true] if {
	option.arity in {"required", "default"}
} else := [array.concat(flags, [name]), null, null, false] if {
	option.arity == "optional"
}

_read_last([name, option], rest, flags) := [array.concat(flags, [name]), option, rest, false] if rest != ""

# What the letters of a cluster name, in order.
_letters(word, description) := [_letter(letter, description) | some letter in split(substring(word, 1, -1), "")]

_letter(letter, description) := found if {
	found := _resolve(concat("", ["-", letter]), description)
} else := [null, null]

_has_value(option) if option.arity in {"required", "optional", "default", "attached"}

# The main name and the description of an option, from the description's own options or from a set it shares with others.
_resolve(name, description) := found if {
	found := _named(name, description.options)
} else := [found | some set in description.shared; found := _named(name, data.command.shared[set])][0]

# `as` leads to the main name, which has the description.
_named(name, options) := [name, option] if {
	option := options[name]
	not option.as
} else := [option.as, options[option.as]] if {
	option := options[name]
	not options[option.as].as
}
