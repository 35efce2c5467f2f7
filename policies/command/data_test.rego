package command_test

# Policy data as it is: what the JSON Schema of data.command cannot say of it.

descriptions[[name]] := program if some name, program in data.command.programs

descriptions[[name, sub]] := inner if {
	some name, program in data.command.programs
	some sub, inner in program.subcommands
}

descriptions[[name, sub, nested]] := inner if {
	some name, program in data.command.programs
	some sub, outer in program.subcommands
	some nested, inner in outer.subcommands
}

option_tables[where] := description.options if some where, description in descriptions

option_tables[["shared", name]] := options if some name, options in data.command.shared

# All names of the options that a description knows.
names_of(description) := object.keys(object.get(description, "options", {})) | {name |
	some set in description.shared
	some name, _ in data.command.shared[set]
}

types_named contains [where, name] if {
	some where, options in option_tables
	some option in options
	some name in names_in(option.type)
}

types_named contains [where, name] if {
	some where, description in descriptions
	some type in [description.positionals.type, description.positionals.first.type]
	some name in names_in(type)
}

types_named contains [["environment", variable], name] if {
	some variable, type in data.command.environment.allowed
	some name in names_in(type)
}

types_named contains [[program, variable], name] if {
	some program, description in data.command.programs
	some variable, type in description.env.allowed
	some name in names_in(type)
}

names_in(type) := {type} if is_string(type)

names_in(type) := {name | some name in type; is_string(name)} if is_array(type)

names_in(type) := set() if is_object(type)

test_allow_every_type_that_is_named_exists if {
	{found | some found in types_named; not data.command.types[found[1]]} == set()
	count(types_named) > 100
}

test_allow_every_pattern_is_sound_alone if {
	# To walk all of data.command would work out every rule of the package, too.
	areas := [data.command.types, data.command.environment, data.command.shared, data.command.programs]
	patterns := {type.regex | walk(areas, [_, type]); type.kind == "pattern"}
	{pattern | some pattern in patterns; not regex.is_valid(pattern)} == set()
	count(patterns) > 10
}

test_allow_every_other_name_leads_to_a_main_one if {
	{[where, name] |
		some where, options in option_tables
		some name, option in options
		option.as
		not leads_to_a_main_one(options, option.as)
	} == set()
}

leads_to_a_main_one(options, name) if not options[name].as

test_allow_every_shared_set_exists if {
	{[where, set] |
		some where, description in descriptions
		some set in description.shared
		not data.command.shared[set]
	} == set()
}

test_allow_every_option_that_is_referred_to_exists if {
	{[where, name] |
		some where, description in descriptions
		positionals := object.get(description, "positionals", {})
		some list in array.concat(
			[
				object.get(positionals, "unless", []),
				object.get(positionals, "needs", []),
				object.get(positionals, ["first", "unless"], []),
			],
			object.get(description, "conflicts", []),
		)
		some name in list
		not is_main_name(name, description)
	} == set()
}

is_main_name(name, description) if {
	name in names_of(description)
	not object.get(description, ["options", name, "as"], false)
}

test_allow_every_profile_and_sandbox_exists if {
	{[where, profile] |
		some where, description in descriptions
		some profile in description.profiles
		not data.command.profiles[profile]
	} == set()
	{[where, description.sandbox] |
		some where, description in descriptions
		description.sandbox != null
		not data.sandbox.profiles[description.sandbox]
	} == set()
}

# Else a program could not be called by its path, and two could stand for one another.
test_allow_every_program_goes_by_the_name_of_its_file if {
	{name |
		some name, program in data.command.programs
		not endswith(program.path, concat("", ["/", name]))
	} == set()
}

# The environment that is fixed for git says how many settings there are, and there are as many.
test_allow_the_configuration_of_git_is_complete if {
	fixed := data.command.programs.git.env.fixed
	total := to_number(fixed.GIT_CONFIG_COUNT)
	total == count([name | some name, _ in fixed; startswith(name, "GIT_CONFIG_KEY_")])
	every i in numbers.range(0, total - 1) {
		fixed[concat("", ["GIT_CONFIG_KEY_", format_int(i, 10)])]
		is_string(fixed[concat("", ["GIT_CONFIG_VALUE_", format_int(i, 10)])])
	}
}

# Whatever looks at a repository asks whether it is trusted.
test_allow_git_asks_for_a_trusted_repository if {
	data.command.programs.git.repository == "trusted"
	{where | some where, description in descriptions; where[0] == "git"; description.repository == "none"} == set()
}
