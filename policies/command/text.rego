package command

import data.lib

# METADATA
# title: The command is too long
# description: The number of words and of their characters is within `data.command.bounds`
# custom: {id: command/too_long, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {}) if not _within_bounds

# METADATA
# title: An argument holds a control or invisible character
# description: |
#   No control characters (also not line feed and tab), no zero-width or bidirectional ones, no separators but the space.
#   A person who approves a command must see what will run. Other characters of any script are text.
# custom: {id: command/control_character, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"position": i}) if {
	some i, argument in _unusual
	regex.match(_invisible, argument)
}

# Control, format (which is zero-width and bidirectional), surrogate and private characters; separators of lines and
# paragraphs; spaces that look like the space; fillers and variation selectors that look like nothing.
_invisible := `[\p{C}\p{Zl}\p{Zp}\x{A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{34F}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{2800}\x{3164}\x{FE00}-\x{FE0F}\x{FFA0}\x{E0100}-\x{E01EF}]`

# What the other rules read: nothing of a command that is too long.
_argv := input.action.argv if {
	_within_bounds
} else := []

_within_bounds if {
	count(input.action.argv) <= data.command.bounds.words
	count(_text) <= data.command.bounds.characters
}

_text := concat("", input.action.argv)

# Most commands are plain ASCII, which is told much faster without a regular expression. The letters come in the order in which
# they are frequent, for each character is looked for from the left.
_unusual := [] if {
	trim_left(_text, _printable) == ""
} else := input.action.argv

_printable := "etaoinsrlcdpmhugfb-./_ vkwyxzjq1023=456789,*:'\"ABCDEFGHIJKLMNOPQRSTUVWXYZ[]()$^{}|\\+?!#%&;<>@`~"
