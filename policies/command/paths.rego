package command

import data.lib

# Paths are judged by their letters, which is all that a decision can see: what a link inside the workspace leads to is for
# the sandbox to hold, where nobody can swap it.

# METADATA
# title: The working directory is outside the workspace
# description: Both are absolute and plain, and the working directory is the workspace or below it
# custom: {id: command/cwd_outside_workspace, requirements: [EXE-15]}
violations contains lib.violation(rego.metadata.rule(), {"cwd": cwd, "workspace": workspace}) if {
	not _cwd_inside
	cwd := object.get(input, ["action", "cwd"], null)
	workspace := object.get(input, ["action", "workspace"], null)
}

_cwd_inside if {
	cwd := input.action.cwd
	_is_plain(input.action.workspace)
	_below_workspace(cwd)
	_is_plain(cwd)
}

# Absolute, without empty, `.` or `..` segments.
_is_plain("/")

_is_plain(path) if {
	startswith(path, "/")
	not endswith(path, "/")
	not contains(path, "//")
	not contains(path, "/./")
	not contains(path, "/../")
	not endswith(path, "/.")
	not endswith(path, "/..")
}

_below_workspace(path) if {
	path == input.action.workspace
} else if {
	startswith(path, _workspace_prefix)
}

_workspace_prefix := "/" if {
	input.action.workspace == "/"
} else := concat("", [input.action.workspace, "/"])

_is_path(type, path) if {
	# Mostly.
	not startswith(path, "/")
	not contains(path, "..")
	not path in {"", "-"}
} else if {
	path in type.also
} else if {
	startswith(path, "/")
	_below_workspace(path)
	not ".." in split(path, "/")
} else if {
	# `..` may lead up as far as the workspace, and only at the start: after a name it would go up from wherever a link
	# leads.
	not startswith(path, "/")
	segments := split(path, "/")
	up := [i | some i, ".." in segments]
	count(up) > 0
	count(up) <= _depth
	every i in up {
		i < count(up)
	}
} else if {
	# Two dots in a name are no way up.
	not startswith(path, "/")
	contains(path, "..")
	not ".." in split(path, "/")
}

# How far the working directory lies below the workspace, in segments.
_depth := 0 if {
	input.action.cwd == input.action.workspace
} else := count(split(trim_prefix(input.action.cwd, _workspace_prefix), "/"))
