package command

# METADATA
# title: Path of the program
# description: The absolute path of the executable; undefined unless the program is described
program_path := _program.path

# METADATA
# title: Risk
# description: The risk that the description of the command states
risk := object.get(_description, "risk", _program.risk)

# METADATA
# title: Stated sandbox
# description: The sandbox profile that the description of the command asks for; null where it asks for none
stated_sandbox := object.get(_description, "sandbox", object.get(_program, "sandbox", null))

# A program goes by its described name or by exactly its absolute path. Any other spelling of the path (`/bin/./cat`,
# `/proc/self/root/bin/cat`, a link) is another word, and no word is looked up on a search path.
default _program := null

_program := program if {
	program := data.command.programs[input.action.argv[0]]
} else := program if {
	words := split(input.action.argv[0], "/")
	program := data.command.programs[words[count(words) - 1]]
	program.path == input.action.argv[0]
}

# The description that holds for the arguments, which is the program's own or a subcommand's, and where they begin. Null where
# there is none: an undefined rule would be asked again each time.
_description := _located[0]

_first := _located[1]

default _located := [null, 1]

_located := [_program, 1] if {
	not _program.subcommands
} else := [_program, 1] if {
	_program.subcommand == "optional"
	_subcommand_at == 0
} else := [_outer, _subcommand_at + 1] if {
	not _outer.subcommands
} else := [inner, _subcommand_at + 2] if {
	inner := _outer.subcommands[_argv[_subcommand_at + 1]]
} else := [_outer, _subcommand_at + 1] if {
	_outer.subcommand == "optional"
	not _is_word(_subcommand_at + 1)
}

default _outer := null

_outer := _program.subcommands[_argv[_subcommand_at]]

# The subcommand is the first word that is no option: options before it are flags or carry their value in the same word.
default _subcommand_at := 0

_subcommand_at := 1 if {
	_program.subcommands
	_is_word(1)
} else := min([i | some i, _ in _argv; i > 0; _is_word(i)]) if {
	_program.subcommands
}

_is_word(i) if {
	argument := _argv[i]
	not startswith(argument, "-")
}
