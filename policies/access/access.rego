# METADATA
# title: Access
# description: |
#   Which role may do what. Roles and permissions are data; who has the role is what the credential says, and no body.
# related_resources:
#   - {ref: ../../docs/policies/access.md, description: How access is judged and configured}
package access

import data.lib

# METADATA
# title: Unknown permission
# description: Nobody has said who may do this, so nobody may.
# custom: {id: access/unknown_permission, requirements: [WFL-02]}
unknown_permission := lib.violation(rego.metadata.rule(), {"permission": lib.fact(["permission"])})

# METADATA
# custom: {requirements: [WFL-02]}
violations contains unknown_permission if not known

known if is_object(data.access.permissions[input.permission])

# METADATA
# title: Role lacks permission
# description: None of the subject's roles has it. The detail names those that would.
# custom: {id: access/role_lacks_permission, requirements: [WFL-02, WFL-03]}
role_lacks_permission := lib.violation(rego.metadata.rule(), {
	"permission": lib.fact(["permission"]),
	"roles": sort(holders),
	"own_roles": sort(own_holders),
})

# METADATA
# custom: {requirements: [WFL-02, WFL-03]}
violations contains role_lacks_permission if {
	known
	not held
}

# METADATA
# title: A role of the subject has the permission
# description: Over anything, or over what the subject asked for.
held if {
	some role in input.subject.roles
	role in holders
}

held if {
	input.approval.requested_by == input.subject.id
	some role in input.subject.roles
	role in own_holders
}

# METADATA
# title: The older header
# description: It names a pilot and proves nothing. Accepted only for permissions that the data lists.
# custom: {id: access/legacy_off, requirements: [WFL-01]}
legacy_off := lib.violation(rego.metadata.rule(), {"permission": lib.fact(["permission"])})

# METADATA
# custom: {requirements: [WFL-01]}
violations contains legacy_off if not credential_accepted

credential_accepted if input.credential == "bearer"

credential_accepted if {
	input.credential == "legacy"
	input.permission in data.access.legacy
}
