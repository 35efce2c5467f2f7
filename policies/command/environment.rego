package command

import data.lib

# METADATA
# title: The environment is not accepted
# description: |
#   A variable is listed, for every program or for this one, and its value has the type given there; what policy fixes
#   cannot be asked for
# custom: {id: command/env_not_allowed, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"variable": name}) if {
	some name in _refused_variables
}

# METADATA
# title: Fixed environment
# description: What the program is started with, and nothing else; what policy fixes and what of the request it allows
fixed_env := _fixed if {
	input.action.env == {}
} else := object.union(input.action.env, _fixed)

_refused_variables contains name if {
	_few_variables
	some name, value in input.action.env
	not _variable_fits(name, value)
}

# One objection for too many, as for none at all: to sort a thousand would take longer than to decide.
_refused_variables contains null if not _few_variables

_few_variables if {
	is_object(input.action.env)
	count(input.action.env) <= data.command.bounds.variables
}

_fixed := _program.env.fixed if {
	data.command.environment.fixed == {}
} else := object.union(data.command.environment.fixed, object.get(_program, ["env", "fixed"], {}))

_variable_fits(name, value) if {
	not name in object.keys(_fixed)
	_fits(data.command.environment.allowed[name], value)
}

_variable_fits(name, value) if {
	not name in object.keys(_fixed)
	_fits(_program.env.allowed[name], value)
}
