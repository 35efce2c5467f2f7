package command

# Functions are asked anew each time and try each of their bodies, but `else` only where the one before failed: the common
# case comes first.

# A type is a name in `data.command.types`, a description of its own, or a list of these, of which one must fit.
_fits(type, value) if {
	is_string(type)
	_is(data.command.types[type], value)
} else if {
	is_object(type)
	_is(type, value)
} else if {
	is_array(type)
	some one in type
	_fits_one(one, value)
}

_fits_one(type, value) if _is(data.command.types[type], value)

_fits_one(type, value) if _is(type, value)

_is(type, value) if {
	type.kind == "path"
	_is_path(type, value)
	not _is_excepted(type, value)
} else if {
	# Control and invisible characters are refused in every argument, so text is any other.
	type.kind == "text"
	count(value) <= object.get(type, "max", 4096)
	not _holds_forbidden(type, value)
} else if {
	type.kind == "integer"
	_is_whole(value)
	number := to_number(value)
	number >= type.min
	number <= type.max
} else if {
	type.kind == "enum"
	value in type.values
} else if {
	# The whole value, not a part of it, matches.
	type.kind == "pattern"
	regex.match(concat("", [`^(?:`, type.regex, `)$`]), value)
}

# A whole number as programs write it: no plus, no leading zero, no fraction, no exponent. Its letters are looked at first,
# because `to_number` of other text ends the compiled policy.
_is_whole(value) if {
	digits := trim_prefix(value, "-")
	_is_digits(digits)
	not startswith(digits, "0")
} else if {
	value == "0"
}

_is_digits(text) if {
	text != ""
	count(text) < 16
	trim_left(text, "0123456789") == ""
}

_holds_forbidden(type, value) if {
	some part in type.without
	contains(value, part)
}

# A word that the program takes for a command of its own, though it could be a file's name.
_is_excepted(type, value) if value in type.except
