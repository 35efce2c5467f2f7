package command

import data.lib

# A repository can name programs in its own configuration, which then run when someone only looks at it: filters, text
# converters, external diffs, monitors, hooks. Some of it the environment overrides; what it cannot must not be there.

# METADATA
# title: The repository is not trusted
# description: |
#   Every name set in the configuration of the repository at the working directory is listed in
#   `data.command.repository.keys`, and the configuration could be read
# custom: {id: command/repository_untrusted, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"keys": _untrusted_keys}) if {
	_repository == "trusted"
	not _repository_trusted
}

_repository := object.get(_description, "repository", object.get(_program, "repository", "none"))

_repository_trusted if {
	is_array(input.repository.config_keys)
	count(_untrusted_keys) == 0
}

_untrusted_keys := [key |
	listed := data.command.repository.keys
	some key in input.repository.config_keys
	not listed[key]
	not _is_listed(key, listed)
]

# `remote.origin.url` is listed as `remote.*.url`. Section and name are the same in any case, what is between is not.
_is_listed(key, listed) if {
	parts := split(lower(key), ".")
	count(parts) > 2
	listed[concat(".*.", [parts[0], parts[count(parts) - 1]])]
} else if {
	count(split(key, ".")) == 2
	listed[lower(key)]
}
