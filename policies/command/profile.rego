# METADATA
# title: Commands
# description: |
#   A program may run only if policy data describes it, and only with arguments that the description accepts. The rules read
#   argv as `execve` gets it; nothing is parsed a second time.
package command

import data.lib

# METADATA
# title: Unknown profile
# description: The profile a command asks to run under is described in `data.command.profiles`
# custom: {id: command/unknown_profile, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"profile": _profile}) if {
	not data.command.profiles[_profile]
}

# METADATA
# title: The channel does not grant the profile
# description: |
#   A channel that asks for no capability lists the profiles it grants in `data.token.channels`; one that asks for a
#   capability grants by the capability, and may list profiles to narrow what it accepts
# custom: {id: command/profile_not_granted, requirements: [MEX-01]}
violations contains lib.violation(rego.metadata.rule(), {"profile": _profile}) if not _profile_granted

# METADATA
# title: The program is not allowed
# description: The first word names a program that is described and listed for the profile
# custom: {id: command/not_allowed, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"program": _program_name, "profile": _profile}) if {
	not _listed
}

# METADATA
# title: Unknown subcommand
# description: A program with subcommands is called with one that is described
# custom: {id: command/unknown_subcommand, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"program": _program_name, "subcommand": _subcommand}) if {
	_program != null
	_description == null
}

_profile := object.get(input, ["action", "profile"], null)

_profile_granted if {
	channel := data.token.channels[input.channel]
	channel.capability == "required"
	not channel.profiles
}

_profile_granted if _profile in data.token.channels[input.channel].profiles

_listed if _profile in _description.profiles

_listed if {
	not _description.profiles
	_profile in _program.profiles
}

_program_name := object.get(input, ["action", "argv", 0], null)

# The word that names no subcommand; null where there is none.
default _subcommand := null

_subcommand := _argv[_subcommand_at] if {
	_subcommand_at > 0
	_outer == null
} else := _argv[_subcommand_at + 1] if {
	_subcommand_at > 0
}
