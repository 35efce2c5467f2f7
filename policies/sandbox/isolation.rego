package sandbox

import data.command

# METADATA
# title: The isolation in which it must run
# description: |
#   The kinds of the profile that the channel asks for, united with those of the program's own. Undefined when the data
#   does not know one of the two, and so is everything that needs it.
isolation := {"profile": asked, "requires": sort(data.sandbox.profiles[asked])} if {
	command.stated_sandbox == null
} else := {"profile": name, "requires": sort(asked_kinds | stated_kinds)} if {
	stated := command.stated_sandbox
	is_array(data.sandbox.profiles[asked])
	is_array(data.sandbox.profiles[stated])
	asked_kinds := {kind | some kind in data.sandbox.profiles[asked]}
	stated_kinds := {kind | some kind in data.sandbox.profiles[stated]}
	name := united_name(stated, asked_kinds, stated_kinds)
}

asked := object.get(data.sandbox.channels, [input.channel, command.risk], data.sandbox["default"])

# One name suffices where its kinds include the other's.
united_name(stated, asked_kinds, stated_kinds) := asked if {
	count(stated_kinds - asked_kinds) == 0
} else := stated if {
	count(asked_kinds - stated_kinds) == 0
} else := concat("+", [asked, stated])
