package main

import data.access as area
import data.lib

# METADATA
# title: May this role do that?
# description: Decides over one permission, for the roles that a credential names. Always defined, whatever the input.
# entrypoint: true
# custom: {requirements: [WFL-02]}
access := {"allow": true, "violations": [], "obligations": lib.no_obligations} if {
	well_formed_access
	area.held
	count(area.violations) == 0
} else := {"allow": false, "violations": sort(area.violations), "obligations": lib.no_obligations} if {
	well_formed_access
} else := {"allow": false, "violations": [malformed_input], "obligations": lib.no_obligations}

# METADATA
# title: The input of `access` is well formed
# description: Every field that the rules read is there with its type.
well_formed_access if {
	is_moment(input.now_ms)
	is_string(input.channel)
	is_name(input.subject.id)
	is_array(input.subject.roles)
	every role in input.subject.roles {
		is_name(role)
	}
	input.credential in {"bearer", "legacy"}
	is_name(input.permission)
	is_null_or_approval(input.approval)
	is_plain_about_emergency(input.approval)
}

# Whether the glass was broken is told by a boolean, or not told, which is no.
is_plain_about_emergency(approval) if is_boolean(approval.break_glass)

is_plain_about_emergency(approval) if not "break_glass" in object.keys(approval)

is_plain_about_emergency(approval) if approval == null
